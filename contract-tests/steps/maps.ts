/** Identity map of v0, v1 and v2 (Protocol §8.7, §8.8). */
import type { Caller } from '../target/credentials.ts';
import { identityKinds, RAW_UID, type IdentityKind } from '../target/identities.ts';
import type { Answer } from '../check/answer.ts';
import { fail, show } from '../check/departure.ts';
import { expectEqual, expectObject, expectThat, isRecord } from '../check/expect.ts';
import { sentItem } from '../check/sent.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { watchIdentity } from '../context/raw-uids.ts';
import { askSealed } from '../context/sealing.ts';

interface Mapped {
  identifier: string;
  advertisingId: string;
  /** Absent in v0 of seed-v1. */
  bucketId: string | undefined;
}

interface MapBody {
  mapped: Mapped[];
  unmapped: { identifier: string; reason: string }[];
}

/** A batch request with any JSON as body. */
export function askMap(
  ctx: ScenarioContext,
  body: unknown,
  caller: Caller = ctx.caller('MAPPER'),
): Promise<Answer> {
  if (ctx.sealed) return askSealed(ctx, '/v2/identity/map', body, { caller });
  return askPlain(ctx, 'POST', `${ctx.prefix}/identity/map`, {
    caller,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }).then((answer) => ({ ...answer, asked: body, wrapped: ctx.api !== 'v0' }));
}

/** Reads the answer to a batch, whose items are watched: they have exactly their members, in the order of the request. */
export function readMapped(ctx: ScenarioContext, answer: Answer): MapBody {
  const body = expectObject(answer);
  const found = ctx.watch.require('maps/items', () => readItems(ctx, answer, body));
  const [kind] = askedList(answer.asked);
  if (!kind) return found;
  for (const { identifier, advertisingId, bucketId } of found.mapped) {
    const check = { sent: sentItem(answer.sent, identifier) };
    watchIdentity(ctx, check, { kind, value: identifier }, { rawUid: advertisingId, bucketId });
  }
  return found;
}

function readItems(ctx: ScenarioContext, answer: Answer, body: Record<string, unknown>): MapBody {
  const check = {
    sent: answer.sent,
    cause: 'a member of the answer is missing, superfluous or of another type',
  };
  const names = Object.keys(body).sort();
  expectThat(
    check,
    'mapped' in body && names.every((name) => name === 'mapped' || name === 'unmapped'),
    'members mapped and unmapped',
    names,
  );
  const bare = ctx.api === 'v0' && ctx.target.profile === 'seed-v1';
  const mapped = items(
    answer,
    body['mapped'],
    bare ? ['advertising_id', 'identifier'] : ['advertising_id', 'bucket_id', 'identifier'],
    bare,
  );
  const unmapped = 'unmapped' in body ? items(answer, body['unmapped'], ['identifier', 'reason'], false) : [];
  expectThat(
    check,
    !('unmapped' in body) || unmapped.length > 0,
    'no member unmapped without unmapped identifiers',
    body['unmapped'],
  );
  const found: MapBody = {
    mapped: mapped.map((item) => ({
      identifier: item['identifier'] ?? '',
      advertisingId: item['advertising_id'] ?? '',
      bucketId: item['bucket_id'],
    })),
    unmapped: unmapped.map((item) => ({
      identifier: item['identifier'] ?? '',
      reason: item['reason'] ?? '',
    })),
  };
  expectAsAsked(ctx, answer, found);
  return found;
}

/** The first identifier of the request that is not the next mapped or unmapped one. */
function firstMissing(
  texts: readonly string[],
  mapped: readonly string[],
  unmapped: readonly string[],
): string | undefined {
  let m = 0;
  let u = 0;
  return texts.find((text) => {
    if (mapped[m] === text) m++;
    else if (unmapped[u] === text) u++;
    else return true;
    return false;
  });
}

/** The answer has every identifier of the request, in order. */
function expectAsAsked(ctx: ScenarioContext, answer: Answer, found: MapBody): void {
  const cause = 'items are missing, in another order or for other identities';
  const [kind, list] = askedList(answer.asked);
  if (!kind) return;
  const texts = list.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const mapped = found.mapped.map((item) => item.identifier);
  const unmapped = found.unmapped.map((item) => item.identifier);
  const isInOrder = (part: readonly string[]): boolean => {
    let next = 0;
    for (const text of texts) if (text === part[next]) next++;
    return next === part.length;
  };
  const dropped = ctx.target.profile === 'seed-v1';
  const complete = dropped || mapped.length + unmapped.length === texts.length;
  const missing = firstMissing(texts, mapped, unmapped);
  expectThat(
    { sent: missing === undefined ? answer.sent : sentItem(answer.sent, missing), cause },
    complete && isInOrder(mapped) && isInOrder(unmapped),
    'every identifier mapped or unmapped, in order',
    { mapped, unmapped },
  );
  for (const { identifier, advertisingId, bucketId } of found.mapped) {
    const check = { sent: sentItem(answer.sent, identifier), cause };
    expectThat(check, RAW_UID.test(advertisingId), 'advertising_id: a raw UID in base64', advertisingId);
    expectThat(check, (bucketId?.length ?? 9) >= 9, 'bucket_id: 9 characters or more', bucketId);
  }
}

function askedList(asked: unknown): [kind: IdentityKind | undefined, list: unknown[]] {
  for (const kind of identityKinds) {
    const list = isRecord(asked) ? asked[kind] : undefined;
    if (Array.isArray(list) && list.length > 0) return [kind, list];
  }
  return [undefined, []];
}

function items(
  answer: Answer,
  value: unknown,
  members: readonly string[],
  lenient: boolean,
): Record<string, string>[] {
  const check = { sent: answer.sent, cause: 'the form of the items of identity map' };
  if (!Array.isArray(value)) return fail(check, 'a list', show(value));
  return value.map((item: unknown) => {
    if (!isRecord(item)) return fail(check, 'an object in the list', show(item));
    const texts: Record<string, string> = {};
    for (const [name, member] of Object.entries(item)) {
      expectThat(check, typeof member === 'string', `${name}: a text`, member);
      texts[name] = member;
    }
    const names = Object.keys(item).filter((name) => !lenient || members.includes(name));
    expectEqual(check, 'members of an item', names.sort(), members);
    return texts;
  });
}

/** One identifier by GET; v0 answers with the raw UID as plain text. */
export async function askMapOne(ctx: ScenarioContext, query: Record<string, string>): Promise<Answer> {
  return {
    ...(await askPlain(ctx, 'GET', `${ctx.prefix}/identity/map`, { caller: ctx.caller('MAPPER'), query })),
    wrapped: ctx.api !== 'v0',
  };
}
