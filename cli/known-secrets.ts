/** Takes the secrets that were given to the suite out of what it prints. */

import type { TargetOptions } from '../contract-tests/index.ts';

const SHORTEST_SECRET = 16;

/** Reports contain no secrets by themselves, but an operator may echo one in an answer. */
export function withoutSecrets(targets: readonly TargetOptions[]): (text: string) => string {
  const known = targets
    .flatMap(({ credentials = [] }) => credentials)
    .flatMap(({ key, secret = '' }) => [key, secret]);
  const inWorlds = targets.flatMap(({ world }) => [...secretsIn(world)]);
  const secrets = [...new Set([...known, ...inWorlds])].filter(({ length }) => length >= SHORTEST_SECRET);
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '(secret)'), text);
}

const SECRET_MEMBERS = new Set([
  'key',
  'secret',
  'private_key',
  'salt',
  'first_level',
  'previous_salt',
  'id_secret',
]);

function* secretsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string' && SECRET_MEMBERS.has(name)) yield member;
    else yield* secretsIn(member);
  }
}
