/** The flags of `inspect`, checked. */

import { ConfigurationError } from '../mock-server/options.ts';
import { type ProfileName, profileNames } from '../mock-server/operator/profile.ts';

export interface InspectFlags {
  readonly header?: readonly string[];
  readonly secret?: string;
  readonly key?: string;
  readonly client?: string;
  readonly world?: string;
  readonly url?: string;
  readonly now?: string;
  readonly profile: string;
  readonly route?: string;
  readonly json?: boolean;
}

/** Whether what is read is the body of a request. */
export const isOfRequest = ({ header, secret, key, client, route }: InspectFlags): boolean =>
  header !== undefined ||
  secret !== undefined ||
  key !== undefined ||
  client !== undefined ||
  route !== undefined;

/** Whether a key has to be taken from the world, because nothing was said of the sender. */
export const needsKey = (
  { secret, key, client, route }: InspectFlags,
  headers: readonly (readonly [string, string])[],
): boolean =>
  secret === undefined &&
  key === undefined &&
  client === undefined &&
  route !== undefined &&
  headers.length === 0;

export function givenHeaders(lines: readonly string[]): (readonly [name: string, value: string])[] {
  return lines.map((line) => {
    const [, name, value] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*(.*)$/s.exec(line) ?? [];
    if (
      name === undefined ||
      value === undefined ||
      /[\r\n](?!$)|[^\t\r\n\x20-\x7e\u0080-\u00ff]/.test(value)
    ) {
      throw new ConfigurationError(
        `--header: expected 'Name: value'; got ${JSON.stringify(line.slice(0, 60))}`,
      );
    }
    return [name, value.replace(/[\r\n]+$/, '')] as const;
  });
}

export function givenSecret(secret: string | undefined): string | undefined {
  if (secret === undefined || /^[A-Za-z0-9+/]{43}=$/.test(secret)) return secret;
  throw new ConfigurationError(
    `--secret: expected base64 of 32 bytes (44 characters); got another text of ${secret.length} characters`,
  );
}

export function givenProfile(profile: string): ProfileName {
  const name = profileNames.find((one) => one === profile);
  if (name !== undefined) return name;
  throw new ConfigurationError(
    `--profile: expected one of ${profileNames.join(', ')}; got ${profile || 'nothing'}`,
  );
}

/** ms; undefined when no time is given */
export function givenTime(time: string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const ms = /^\d+$/.test(time) ? Number(time) : Date.parse(time);
  if (Number.isFinite(ms) && ms >= 0 && time !== '') return ms;
  throw new ConfigurationError(
    `--now: expected a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970; got ${time || 'nothing'}`,
  );
}

/** Routes of v2 and v3 take POST; older ones and the health check GET, but for their posts of lists. */
export function methodOf(target: string): 'GET' | 'POST' {
  if (!target.startsWith('/')) {
    throw new ConfigurationError(`--route: expected a path that begins with /; got ${target || 'nothing'}`);
  }
  const path = target.replace(/\?.*$/s, '');
  if (/\s/.test(target))
    throw new ConfigurationError(`--route: expected a path without blanks; got ${target}`);
  const isOld = /^\/+(?:v[01]\/)?(?:token|key|identity\/buckets|identity\/map)|^\/ops\//.test(path);
  return isOld && !(path.endsWith('/map') && !target.includes('?')) && !path.endsWith('/logout')
    ? 'GET'
    : 'POST';
}
