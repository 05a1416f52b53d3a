/** Requests and answers of v3 identity map (Protocol §8.9). */
import { identityKinds, RAW_UID, type Identity, type IdentityKind } from '../target/identities.ts';
import type { Answer } from '../check/answer.ts';
import { fail, show } from '../check/departure.ts';
import { expectEqual, expectObject, expectThat, isRecord } from '../check/expect.ts';
import { sentItem } from '../check/sent.ts';
import type { ScenarioContext } from '../context/context.ts';
import { watchIdentity } from '../context/raw-uids.ts';
import { askSealed } from '../context/sealing.ts';

/** `u`, `p` and `r` of a mapped identifier, or `e` of an unmapped one. */
interface Item {
  u?: string;
  p?: string | null;
  /** Seconds. */
  r?: number;
  e?: string;
}

export const askMap3 = (ctx: ScenarioContext, body: unknown): Promise<Answer> =>
  askSealed(ctx, '/v3/identity/map', body, { caller: ctx.caller('MAPPER') });

/** Reads an answer, whose form is watched: all four lists with `lengths` items, which have exactly their members. */
export function readMap3(
  ctx: ScenarioContext,
  answer: Answer,
  lengths: Partial<Record<IdentityKind, number>>,
): Record<IdentityKind, Item[]> {
  const body = expectObject(answer);
  const found = ctx.watch.require('maps/lists', () => readLists(answer, body, lengths));
  for (const kind of identityKinds) {
    const list: unknown = isRecord(answer.asked) ? answer.asked[kind] : undefined;
    if (!Array.isArray(list)) continue;
    list.forEach((value: unknown, index) => {
      const { u, p, r } = found[kind][index] ?? {};
      if (u === undefined || typeof value !== 'string') return;
      const times = [answer.reply.sentAt, answer.reply.receivedAt];
      const item = { rawUid: u, previousUid: p, refreshFrom: r };
      watchIdentity(ctx, { sent: sentItem(answer.sent, value) }, { kind, value }, item, times);
    });
  }
  return found;
}

function readLists(
  answer: Answer,
  body: Record<string, unknown>,
  lengths: Partial<Record<IdentityKind, number>>,
): Record<IdentityKind, Item[]> {
  const check = { sent: answer.sent, cause: 'the form of the answer of v3 map' };
  expectEqual(check, 'members', Object.keys(body).sort(), [...identityKinds].sort());
  const read = (kind: IdentityKind): Item[] => {
    const list = body[kind];
    if (!Array.isArray(list)) return fail(check, `${kind}: a list`, show(list));
    expectEqual(check, `${kind}: number of items`, list.length, lengths[kind] ?? 0);
    return list.map((item) => readItem(answer, item));
  };
  return {
    email: read('email'),
    email_hash: read('email_hash'),
    phone: read('phone'),
    phone_hash: read('phone_hash'),
  };
}

function readItem(answer: Answer, item: unknown): Item {
  const check = { sent: answer.sent, cause: 'the form of an item of v3 map' };
  if (!isRecord(item)) return fail(check, 'an object in the list', show(item));
  const { u, p, r, e } = item;
  if ('e' in item) {
    expectEqual(check, 'members', Object.keys(item), ['e']);
    expectThat(check, e === 'optout' || e === 'invalid identifier', 'e: optout or invalid identifier', e);
    return { e };
  }
  expectEqual(check, 'members', Object.keys(item).sort(), ['p', 'r', 'u']);
  expectThat(check, typeof u === 'string' && RAW_UID.test(u), 'u: a raw UID of 32 or 33 bytes in base64', u);
  expectThat(
    check,
    p === null || (typeof p === 'string' && RAW_UID.test(p)),
    'p: null or a raw UID in base64',
    p,
  );
  expectThat(check, typeof r === 'number' && Number.isSafeInteger(r), 'r: whole seconds', r);
  return { u, p, r };
}

export const request = (identities: readonly Identity[]): Record<string, string[]> =>
  Object.fromEntries(
    identityKinds.map((kind) => [
      kind,
      identities.filter((one) => one.kind === kind).map((one) => one.value),
    ]),
  );
