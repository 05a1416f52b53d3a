/** The text that `uid2-mock start` prints once it listens. */

import type { Credential, MockOperator, MockOperatorOptions } from '../mock-server/index.ts';

type BannerOptions = Pick<MockOperatorOptions, 'world'> & { readonly mutant?: string | undefined };

const ROLES: readonly (readonly [role: string, who: string])[] = [
  ['GENERATOR', 'publisher'],
  ['MAPPER', 'advertiser'],
  ['ID_READER', 'DSP'],
  ['SHARER', 'sharer'],
  ['OPTOUT', 'opt-out'],
];

const testIdentities: Readonly<Record<string, readonly (readonly [identity: string, what: string])[]>> = {
  seed: [
    ['validate@email.com', 'token/validate answers true for its token'],
    ['optout@email.com', 'generates tokens, opted out on refresh'],
  ],
  current: [
    ['validate@example.com', 'token/validate answers true for its token; phone +12345678901'],
    ['optout@example.com', 'opted out; on v2 and v3 at once; phone +00000000000'],
    ['refresh-optout@example.com', 'generates tokens, opted out on refresh; phone +00000000002'],
  ],
  embedded: [['local-mock-optout@example.com', 'a real opt-out of the embedded world']],
};

/** The first credential that has this role alone, else the first that has it among others. */
function credentialFor(role: string, credentials: readonly Credential[]): Credential | undefined {
  return (
    credentials.find(({ roles }) => roles.length === 1 && roles[0] === role) ??
    credentials.find(({ roles }) => roles.includes(role))
  );
}

function credentialLines({ credentials }: MockOperator): string[] {
  const [all] = credentials;
  const lines: [who: string, credential: Credential][] = all ? [['all roles', all]] : [];
  for (const [role, who] of ROLES) {
    const credential = credentialFor(role, credentials);
    if (credential) lines.push([who, credential]);
  }
  return lines.map(([who, { key, secret }]) => `  ${who.padEnd(11)} ${key.padEnd(54)} ${secret}`);
}

function identityLines({ profile }: MockOperator, { world }: BannerOptions): string[] {
  const eras = profile === 'local' ? ['seed', 'current'] : [profile === 'seed-v1' ? 'seed' : 'current'];
  const rows = [...eras, ...(world === undefined ? ['embedded'] : [])].flatMap(
    (era) => testIdentities[era] ?? [],
  );
  return rows.map(([identity, what]) => `  ${identity.padEnd(30)} ${what}`);
}

function example(operator: MockOperator, options: BannerOptions): string[] {
  const [first] = operator.credentials;
  if (operator.profile === 'current' || options.world !== undefined || first === undefined) {
    return [`  curl ${operator.url}/ops/healthcheck`];
  }
  return [
    `  curl -H 'Authorization: Bearer ${first.key}' \\`,
    `    '${operator.url}/v1/token/generate?email=user@example.com'`,
  ];
}

/** URL, keys and secrets (of the embedded world only, whose secrets are public), test identities, a curl to paste. */
export function banner(operator: MockOperator, options: BannerOptions): string {
  const { world, mutant } = options;
  const embedded = world === undefined;
  const source = embedded
    ? 'the embedded world, whose secrets are public test values'
    : `the world of ${typeof world === 'string' ? world : 'the caller'}`;
  return [
    `UID2 mock operator on ${operator.url}`,
    `profile ${operator.profile}, ${source}${mutant === undefined ? '' : `, mutant ${mutant}`}`,
    '',
    ...(embedded ? ['API key and client secret per role', ...credentialLines(operator), ''] : []),
    ...(embedded
      ? operator.clientSideKeypairs.flatMap(({ subscription_id, public_key }) => [
          `Client-side generation: subscription ${subscription_id}, public key`,
          `  ${public_key}`,
          '',
        ])
      : []),
    'Test identities',
    ...identityLines(operator, options),
    '',
    'Try',
    ...example(operator, options),
    '',
    '',
  ].join('\n');
}
