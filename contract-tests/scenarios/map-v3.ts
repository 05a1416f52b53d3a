/** POST /v3/identity/map (Protocol §8.9). */
import { ContractError, needError } from '../spec/contract-error.ts';
import {
  email,
  emailHash,
  identityHash,
  isPhone,
  ORDINARY_EMAIL,
  ordinary,
  OTHER_EMAIL,
} from '../target/identities.ts';
import { expectedIdentity, expectedRefreshFrom } from '../target/world-identities.ts';
import { clientError, expectEqual, expectThat } from '../check/expect.ts';
import { sentItem } from '../check/sent.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askMap3, readMap3, request } from '../steps/maps-v3.ts';
import { askMap, readMapped } from '../steps/maps.ts';
import { oneOrMore } from '../steps/messages.ts';
import { optedOutInWorld, optOutIdentities, refreshOptOutIdentities } from '../steps/test-identities.ts';
import { theme } from './theme.ts';

async function parallel(ctx: ScenarioContext): Promise<void> {
  const mixed = [...ordinary, email('broken'), email(OTHER_EMAIL), email('broken'), emailHash(OTHER_EMAIL)];
  const body = request(mixed);
  const lengths = Object.fromEntries(Object.entries(body).map(([kind, list]) => [kind, list.length]));
  const answer = await askMap3(ctx, body);
  const found = readMap3(ctx, answer, lengths);
  const check = { sent: answer.sent, cause: 'the order or the identities of v3 map' };
  expectEqual(
    check,
    'errors of the items of email:',
    found.email.map((item) => item.e),
    [undefined, 'invalid identifier', undefined, 'invalid identifier'],
  );
  expectEqual(
    check,
    'raw UIDs of the hashes, as of the addresses:',
    found.email_hash.map((item) => item.u),
    [found.email[0]?.u, found.email[2]?.u],
  );
  expectEqual(
    check,
    'raw UID of the phone hash, as of the number:',
    found.phone_hash[0]?.u,
    found.phone[0]?.u,
  );
  expectThat(
    check,
    found.email[0]?.u !== found.email[2]?.u,
    'different raw UIDs for different addresses',
    'one',
  );
  readMap3(ctx, await askMap3(ctx, { email: [ORDINARY_EMAIL] }), { email: 1 });
  readMap3(ctx, await askMap3(ctx, { email: null, phone_hash: [] }), {});
}

/** r and p, compared with the world's salts where it has any. */
async function rotation(ctx: ScenarioContext): Promise<void> {
  const people = Array.from({ length: 24 }, (_, i) => email(`contract.user${String(i)}@example.com`));
  const list = [...people, ...ordinary];
  const answer = await askMap3(ctx, request(list));
  const found = readMap3(ctx, answer, { email: people.length + 1, email_hash: 1, phone: 1, phone_hash: 1 });
  const now = answer.reply.receivedAt;
  for (const identity of list) {
    const index = list.filter((one) => one.kind === identity.kind).indexOf(identity);
    const item = found[identity.kind][index] ?? {};
    const check = {
      sent: sentItem(answer.sent, identity.value),
      cause: 'the previous raw UID or the time of the next rotation',
    };
    const r = item.r ?? 0;
    expectThat(check, r * 1000 > now - 60_000, 'r in the future', r);
    expectThat(check, item.p !== item.u, 'p different from u', item.p);
    const expected = expectedIdentity(
      ctx.target.world,
      identityHash(identity),
      isPhone(identity) ? 1 : 0,
      now,
    );
    if (!expected) continue;
    expectEqual(check, `p of ${identity.value}`, item.p, expected.previousUid);
    // Midnight may come between request and answer.
    const allowed = [answer.reply.sentAt, now].map((at) => expectedRefreshFrom(expected.bucket, at));
    expectThat(check, allowed.includes(r), `r of ${identity.value}: ${String(allowed[0])}`, r);
  }
}

async function formulas(ctx: ScenarioContext): Promise<void> {
  if (!ctx.target.world?.salts) throw needError('world', 'this needs the salts of a world');
  const people = Array.from({ length: 40 }, (_, i) => email(`contract.user${String(i)}@example.com`));
  const list = [...people, ...ordinary];
  const answer = await askMap3(ctx, request(list));
  const found = readMap3(ctx, answer, { email: people.length + 1, email_hash: 1, phone: 1, phone_hash: 1 });
  for (const identity of list) {
    const index = list.filter((one) => one.kind === identity.kind).indexOf(identity);
    const expected = expectedIdentity(
      ctx.target.world,
      identityHash(identity),
      isPhone(identity) ? 1 : 0,
      Date.now(),
    );
    const check = {
      sent: sentItem(answer.sent, identity.value),
      cause: 'the first-level salt, the bucket, its salt or key, or the version of raw UIDs',
    };
    expectEqual(check, `raw UID of ${identity.value}`, found[identity.kind][index]?.u, expected?.rawUid);
  }
}

async function optedOut(ctx: ScenarioContext): Promise<void> {
  const gone = [...optOutIdentities(ctx), ...optedOutInWorld(ctx)];
  const there = refreshOptOutIdentities(ctx).filter(
    (one) => !gone.some((other) => other.value === one.value),
  );
  const list = [...gone, ...there];
  const body = request(list);
  const answer = await askMap3(ctx, body);
  const found = readMap3(
    ctx,
    answer,
    Object.fromEntries(Object.entries(body).map(([kind, values]) => [kind, values.length])),
  );
  for (const identity of list) {
    const index = list.filter((one) => one.kind === identity.kind).indexOf(identity);
    const check = { sent: answer.sent, cause: 'which identities count as opted out' };
    expectEqual(
      check,
      `e of ${identity.kind} ${identity.value}`,
      found[identity.kind][index]?.e,
      gone.includes(identity) ? 'optout' : undefined,
    );
  }
}

async function refuses(ctx: ScenarioContext): Promise<void> {
  const good = [ORDINARY_EMAIL];
  clientError(await askMap3(ctx, {}), oneOrMore(ctx.target.phone));
  clientError(await askMap3(ctx, undefined), oneOrMore(ctx.target.phone));
  for (const body of [
    { foo: [] },
    { email: good, foo: 1 },
    { email: good, policy: 1 },
    { Email: good },
    { email: good, link_id: 'x' },
  ]) {
    clientError(await askMap3(ctx, body), 'Incorrect request format');
  }
}

async function wrongTypes(ctx: ScenarioContext): Promise<void> {
  for (const list of [ORDINARY_EMAIL, 5, true, {}, [null], [[ORDINARY_EMAIL]]]) {
    clientError(await askMap3(ctx, { email: list }), 'Incorrect request format');
  }
  expectEqual(
    { sent: 'email: [5]' },
    'item',
    readMap3(ctx, await askMap3(ctx, { email: [5] }), { email: 1 }).email,
    [{ e: 'invalid identifier' }],
  );
}

async function agrees(ctx: ScenarioContext): Promise<void> {
  if (!ctx.target.served.v2) throw new ContractError('not_applicable', 'the target does not serve v2');
  for (const identity of ordinary.filter((one) => ctx.target.phone || !isPhone(one))) {
    const answer = await askMap3(ctx, { [identity.kind]: [identity.value] });
    const [item] = readMap3(ctx, answer, { [identity.kind]: 1 })[identity.kind];
    const { mapped } = readMapped(ctx, await askMap(ctx, { [identity.kind]: [identity.value] }));
    expectEqual(
      { sent: answer.sent, cause: 'v2 and v3 map disagree' },
      'raw UID, as in v2:',
      item?.u,
      mapped[0]?.advertisingId,
    );
  }
}

export const map3Scenarios = theme('map-v3', 'advertiser', [
  [
    'parallel-lists',
    'R57',
    'v3',
    'lists of all four kinds are answered in order, with one raw UID for an address and its hash',
    parallel,
  ],
  [
    'opted-out',
    'R57',
    'v3',
    'opted-out identities are answered with e, those that are opted out only at refresh are mapped',
    optedOut,
  ],
  [
    'rotation',
    'R59',
    'v3',
    'r is the time of the next rotation, p the raw UID before the last one',
    rotation,
  ],
  ['formulas', 'R63', 'v3', "raw UIDs follow from the world's salts", formulas],
  ['unknown-members', 'R58', 'v3', 'unknown members, and a request without a list, are refused', refuses],
  ['wrong-types', 'R56', 'v3', 'lists that are not arrays, null and nested elements are refused', wrongTypes],
  ['agrees-with-v2', 'R63', 'v3', 'map of v2 and v3 gives the same raw UIDs', agrees],
]);
