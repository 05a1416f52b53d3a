/** Keys of the key endpoints (Protocol §8.10), or of the world if there is one. */
import type { Keys } from '../wire/index.ts';
import type { Caller } from '../target/credentials.ts';
import type { Answer } from '../check/answer.ts';
import { fail } from '../check/departure.ts';
import { expectList, expectObject, isRecord } from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';

export type KeyEndpoint = 'latest' | 'sharing' | 'bidstream';

export function askKeys(ctx: ScenarioContext, endpoint: KeyEndpoint, caller: Caller): Promise<Answer> {
  if (ctx.sealed) return askSealed(ctx, `/v2/key/${endpoint}`, undefined, { caller });
  return askPlain(ctx, 'GET', `${ctx.prefix}/key/latest`, { caller }).then((answer) => ({
    ...answer,
    wrapped: ctx.api !== 'v0',
  }));
}

/** The list of key objects in an answer of any of the three endpoints. */
export function readKeys(answer: Answer, endpoint: KeyEndpoint): Record<string, unknown>[] {
  if (endpoint === 'latest') return expectList(answer);
  const keys = expectObject(answer)['keys'];
  if (!Array.isArray(keys) || !keys.every(isRecord))
    return fail({ sent: answer.sent }, 'keys: a list of objects', typeof keys);
  return keys;
}

/** The keys that can decrypt: one with another secret is a finding of keys/objects. */
export function toKeyMap(keys: readonly Record<string, unknown>[]): Keys {
  const all = keys.map((key) => [Number(key['id']), Buffer.from(String(key['secret']), 'base64')] as const);
  return new Map(all.filter(([, secret]) => secret.length === 32));
}

/** The keys that a caller sees, by an endpoint of the generation; undefined where it is refused. */
export async function keysOf(
  ctx: ScenarioContext,
  caller: Caller,
  endpoint: KeyEndpoint,
): Promise<Keys | undefined> {
  const answer = await askKeys(ctx, endpoint, caller);
  if (answer.status !== 200) return undefined;
  const keys = readKeys(answer, endpoint);
  const what = `keys of ${caller.name} by key/${endpoint}`;
  ctx.watch.constant(
    'keys/constant',
    { sent: answer.sent },
    what,
    `${ctx.api} ${endpoint} ${caller.key}`,
    JSON.stringify(keys),
  );
  return toKeyMap(keys);
}
