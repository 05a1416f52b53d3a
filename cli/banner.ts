/** The text that `uid2-mock start` prints. */

import type { Composed } from '../mock-server/compose.ts';
import type { MockOperatorOptions } from '../mock-server/options.ts';
import { type Credential, type ServedOperator, findCredential } from '../mock-server/serve.ts';

type BannerOptions = Pick<MockOperatorOptions, 'world' | 'admin' | 'deterministic'> & {
  readonly mutant?: string | undefined;
  /** how the reader calls the command line */
  readonly command: string;
};

const ROLES: readonly (readonly [role: string, who: string])[] = [
  ['GENERATOR', 'publisher'],
  ['MAPPER', 'advertiser'],
  ['ID_READER', 'DSP'],
  ['SHARER', 'sharer'],
  ['OPTOUT', 'opt-out'],
];

type Profile = ReturnType<Composed['deployment']>['profile'];

const testIdentities: readonly (readonly [identity: string, what: string])[] = [
  ['validate@email.com', 'token/validate answers true for its token'],
  ['optout@email.com', 'generates tokens, opted out on refresh'],
  ['validate@example.com', 'token/validate answers true for its token; phone +12345678901'],
  ['optout@example.com', 'opted out; on v2 and v3 at once; phone +00000000000'],
  ['refresh-optout@example.com', 'generates tokens, opted out on refresh; phone +00000000002'],
];
const optedOut = ['local-mock-optout@example.com', 'an opted-out user of the embedded world'] as const;

function credentialLines({ credentials }: ServedOperator): string[] {
  const [all] = credentials;
  const lines: [who: string, credential: Credential][] = all ? [['all roles', all]] : [];
  for (const [role, who] of ROLES) {
    const credential = findCredential(role, credentials);
    if (credential) lines.push([who, credential]);
  }
  return lines.map(([who, { key, secret }]) => `  ${who.padEnd(11)} ${key.padEnd(54)} ${secret}`);
}

function identityLines(profile: Profile, isEmbedded: boolean): string[] {
  const known = new Set(profile.testIdentities.map(({ identifier }) => identifier));
  const rows = testIdentities.filter(([identity]) => known.has(identity));
  return [...rows, ...(isEmbedded ? [optedOut] : [])].map(
    ([identity, what]) => `  ${identity.padEnd(30)} ${what}`,
  );
}

function example(operator: ServedOperator, profile: Profile, isEmbedded: boolean): string[] {
  const [first] = operator.credentials;
  if (!profile.routes.includes('v1') || !isEmbedded || first === undefined) {
    return [`  curl ${operator.url}/ops/healthcheck`];
  }
  return [
    `  curl -H 'Authorization: Bearer ${first.key}' \\`,
    `    '${operator.url}/v1/token/generate?email=reader@example.com'`,
  ];
}

/** Where control calls go. */
export const adminUrl = ({ url }: Pick<ServedOperator, 'url'>): string => `${url}/__admin`;

/** Where the inspector page is. */
export const pageUrl = (operator: Pick<ServedOperator, 'url'>): string => `${adminUrl(operator)}/ui`;

const PREDICTABLE =
  'warning: with --deterministic, IVs, nonces and keys follow from the seed: nothing that this mock seals is secret';

/** URL, test identities and a curl command; also the credentials of the embedded world, whose secrets are public. */
export function banner(operator: ServedOperator, profile: Profile, options: BannerOptions): string {
  const { world, admin = true, mutant, deterministic, command } = options;
  const isEmbedded = world === undefined;
  const source = isEmbedded
    ? 'the embedded world, whose secrets are public test values'
    : `the world of ${typeof world === 'string' ? world : 'the caller'}`;
  return [
    `UID2 mock operator on ${operator.url}`,
    `profile ${operator.profile}, ${source}${mutant === undefined ? '' : `, mutant ${mutant}`}`,
    ...(admin
      ? [`Control  ${adminUrl(operator)}  (${command} ctl --help)`, `Page     ${pageUrl(operator)}`]
      : []),
    ...(deterministic === undefined ? [] : [PREDICTABLE]),
    '',
    ...(isEmbedded ? ['API key and client secret per role', ...credentialLines(operator), ''] : []),
    ...(isEmbedded
      ? operator.clientSideKeypairs.flatMap(({ subscription_id, public_key }) => [
          `Client-side generation: subscription ${subscription_id}, public key`,
          `  ${public_key}`,
          '',
        ])
      : []),
    'Test identities',
    ...identityLines(profile, isEmbedded),
    '',
    'Try',
    ...example(operator, profile, isEmbedded),
    '',
    '',
  ].join('\n');
}
