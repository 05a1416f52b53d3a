/** The flags of `uid2-mock verify`, read and checked before the first request. */

import { readFileSync } from 'node:fs';
import {
  apis,
  participants,
  profiles,
  type Api,
  type ContractOptions,
  type Credential,
  type Participant,
  type Profile,
} from '../contract-tests/index.ts';
import { reporters, type ReportKind } from '../contract-tests/reporters/index.ts';
import { ConfigurationError } from '../mock-server/options.ts';
import { readBaseline, type Baseline } from './baseline.ts';

/** As commander hands them over. */
export interface VerifyFlags {
  target?: string[];
  world?: string[];
  profile?: string[];
  as?: string;
  api?: string;
  filter?: string[];
  list?: true;
  strict?: true;
  expectedFailures?: string;
  updateBaseline?: true;
  report?: string[];
  timeout?: string;
  wait?: string;
  concurrency?: string;
  rps?: string;
  allowProduction?: true;
  quiet?: true;
}

/** A target; without `url` a mock is started for the run. */
interface PlannedTarget {
  readonly url: string | undefined;
  readonly world: unknown;
  readonly profile: Profile | undefined;
}

export interface VerifyPlan {
  readonly targets: readonly PlannedTarget[];
  readonly credentials: readonly Credential[];
  readonly as: ContractOptions['as'];
  readonly api: ContractOptions['api'];
  readonly filter: readonly string[] | undefined;
  readonly baseline: Baseline | undefined;
  readonly updateBaseline: boolean;
  readonly reports: readonly { readonly kind: ReportKind; readonly file: string }[];
  /** Options that `runContract` takes unchanged. */
  readonly limits: Pick<
    ContractOptions,
    'strict' | 'timeoutMs' | 'waitMs' | 'concurrency' | 'rps' | 'allowProduction'
  >;
  readonly list: boolean;
  readonly quiet: boolean;
}

const wrong = (flag: string, expected: string, got: string): ConfigurationError =>
  new ConfigurationError(`${flag}: expected ${expected}; got ${got === '' ? 'nothing' : got}`);

const alternatives = (words: readonly string[]): string =>
  `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;

/** `a,b` of `words`, or `all`. */
function choice<T extends string>(flag: string, text: string, words: readonly T[]): T[] | 'all' {
  if (text === 'all') return 'all';
  return text.split(',').map((part) => {
    const found = words.find((word) => word === part.trim());
    if (found === undefined) throw wrong(flag, alternatives([...words, 'all']), part.trim());
    return found;
  });
}

function number(flag: string, text: string | undefined, expected: string, fits: (value: number) => boolean) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !fits(value)) throw wrong(flag, expected, text);
  return value;
}

function targetUrl(text: string): string {
  // The part before an @ may be a password.
  const shown = text.includes('@') ? 'one with a user name or password' : text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBase =
    url && /^https?:$/.test(url.protocol) && `${url.search}${url.hash}${url.username}${url.password}` === '';
  if (!isBase) throw wrong('--target', 'an http or https URL such as https://operator.example.com', shown);
  return text;
}

/** A flag that was given once for all targets, or once for each. */
function perTarget<T>(flag: string, values: readonly T[], targets: number): (index: number) => T | undefined {
  if (values.length > 1 && values.length !== targets) {
    throw wrong(
      flag,
      targets === 1 ? 'it once' : `it once, or once for each of ${targets} targets`,
      `it ${values.length} times`,
    );
  }
  return (index) => (values.length === 1 ? values[0] : values[index]);
}

function readWorldFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw wrong('--world', 'a file that can be read', `${file} (${code})`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw wrong('--world', 'a file of JSON', `${file}, which is not`);
  }
}

function profileNamed(name: string): Profile {
  const found = profiles.find((profile) => profile === name);
  if (found === undefined) throw wrong('--profile', alternatives(profiles), name);
  return found;
}

function plannedTargets(flags: VerifyFlags): PlannedTarget[] {
  const urls = (flags.target ?? []).map(targetUrl);
  const total = Math.max(urls.length, 1);
  const world = perTarget('--world', (flags.world ?? []).map(readWorldFile), total);
  const profile = perTarget('--profile', (flags.profile ?? []).map(profileNamed), total);
  return Array.from({ length: total }, (_, index) => ({
    url: urls[index],
    world: world(index),
    profile: profile(index),
  }));
}

/** The key of the environment; its value is never repeated in a message. */
function environmentCredentials(environment: NodeJS.ProcessEnv): Credential[] {
  const { UID2_API_KEY: key = '', UID2_CLIENT_SECRET: secret = '' } = environment;
  if (key === '' && secret === '') return [];
  if (key === '') throw wrong('UID2_API_KEY', 'the API key to which UID2_CLIENT_SECRET belongs', 'nothing');
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw wrong('UID2_API_KEY', 'printable characters without spaces', 'a value with others');
  }
  if (secret === '') return [{ key }];
  const length = Buffer.from(secret, 'base64').length;
  if (length !== 32 || !/^[A-Za-z0-9+/]+={0,2}$/.test(secret)) {
    throw wrong('UID2_CLIENT_SECRET', 'base64 of 32 bytes', `${secret.length} characters that are not`);
  }
  return [{ key, secret }];
}

const isKind = (text: string): text is ReportKind => Object.hasOwn(reporters, text);

function reportOf(text: string): { kind: ReportKind; file: string } {
  const [kind = '', ...rest] = text.split('=');
  const file = rest.join('=');
  const kinds = Object.keys(reporters);
  if (!isKind(kind) || file === '') throw wrong('--report', `KIND=FILE, KIND ${alternatives(kinds)}`, text);
  return { kind, file };
}

function limitsOf(flags: VerifyFlags): VerifyPlan['limits'] {
  const positive = (value: number): boolean => value > 0 && value <= 86_400;
  const timeout = number('--timeout', flags.timeout, 'seconds above 0', positive);
  const wait = number('--wait', flags.wait, 'seconds', (value) => value <= 86_400);
  const whole = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 1000;
  return {
    strict: flags.strict,
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    waitMs: wait === undefined ? undefined : wait * 1000,
    concurrency: number('--concurrency', flags.concurrency, 'a whole number from 1 to 1000', whole),
    rps: number('--rps', flags.rps, 'requests per second above 0', positive),
    allowProduction: flags.allowProduction,
  };
}

/** @throws ConfigurationError naming the flag or variable, what was expected and what came */
export function planOf(flags: VerifyFlags, environment: NodeJS.ProcessEnv): VerifyPlan {
  const updateBaseline = flags.updateBaseline === true;
  if (updateBaseline && flags.expectedFailures === undefined) {
    throw wrong('--update-baseline', '--expected-failures FILE with it', 'it alone');
  }
  const as = flags.as === undefined ? undefined : choice<Participant>('--as', flags.as, participants);
  const api = flags.api === undefined ? undefined : choice<Api>('--api', flags.api, apis);
  const { expectedFailures } = flags;
  return {
    targets: plannedTargets(flags),
    // A mock started for the run has its own credentials.
    credentials: flags.target === undefined ? [] : environmentCredentials(environment),
    as,
    api,
    filter: flags.filter,
    baseline: expectedFailures === undefined ? undefined : readBaseline(expectedFailures, updateBaseline),
    updateBaseline,
    reports: (flags.report ?? []).map(reportOf),
    limits: limitsOf(flags),
    list: flags.list === true,
    quiet: flags.quiet === true,
  };
}
