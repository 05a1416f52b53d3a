/** Keys of the key endpoints (Protocol §8.10), or of the world if there is one. */
import type { Keys } from '../wire/index.ts';
import { withRole } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import type { Answer } from '../check/answer.ts';
import { expectList, expectObject, fail, isRecord } from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askOnce } from '../context/run-memory.ts';
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

export function toKeyMap(keys: readonly Record<string, unknown>[]): Keys {
  return new Map(keys.map((key) => [Number(key['id']), Buffer.from(String(key['secret']), 'base64')]));
}

/** All keys of the world; without one, all keys that the given clients can see. */
export function keyMap(ctx: ScenarioContext): Promise<Keys> {
  const { worldKeys } = ctx;
  if (worldKeys) return Promise.resolve(worldKeys);
  return askOnce(ctx.memory, `keys ${ctx.sealed ? 'sealed' : ctx.api}`, async () => {
    const found = new Map<number, Buffer>();
    for (const [role, endpoint] of [
      ['ID_READER', 'latest'],
      ['SHARER', 'sharing'],
    ] as const) {
      if (endpoint === 'sharing' && !ctx.sealed) continue;
      for (const caller of withRole(ctx.target, role)) {
        if (ctx.sealed && !caller.secret) continue;
        const answer = await askKeys(ctx, endpoint, caller);
        if (answer.status !== 200) continue;
        for (const [id, secret] of toKeyMap(readKeys(answer, endpoint))) {
          found.set(id, secret);
          ctx.memory.keys.set(id, secret);
        }
      }
    }
    return found;
  });
}
