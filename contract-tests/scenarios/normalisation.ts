/** The normalisation table of fixtures, through generate and through identity map (Protocol §2). */
import { ContractError } from '../spec/contract-error.ts';
import { isPhone, type Identity, type IdentityKind } from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import { type Check } from '../check/departure.ts';
import { clientError, expectEqual, expectThat } from '../check/expect.ts';
import { sentItem } from '../check/sent.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askMap3, readMap3 } from '../steps/maps-v3.ts';
import { askMap, readMapped } from '../steps/maps.ts';
import { generateInvalid } from '../steps/messages.ts';
import { misreadingOf } from '../steps/misreading.ts';
import { openRefreshToken } from '../steps/open-tokens.ts';
import { askGenerate, requireIdentity, supportsIdentity } from '../steps/tokens.ts';
import { expectedRawUid, rawUidIn } from '../steps/uids.ts';
import {
  comparable,
  hashKind,
  identityOf,
  IN_VALIDATE,
  ofKind,
  TELLING,
  tokensOf,
  type ValidRow,
} from './normalisation-rows.ts';
import { theme } from './theme.ts';

interface Found {
  /** Raw UID, or undefined for an invalid identifier. */
  uid: string | undefined;
  /** Bucket; in v3 the previous raw UID and the time of rotation, except a midnight, which changes in between. */
  rest?: string | undefined;
  check: Check;
}

/** The raw UIDs of a list of identifiers, in order, by the generation's identity map. */
async function mapAll(ctx: ScenarioContext, kind: IdentityKind, values: readonly string[]): Promise<Found[]> {
  if (ctx.api === 'v3') {
    const answer = await askMap3(ctx, { [kind]: values });
    return readMap3(ctx, answer, { [kind]: values.length })[kind].map((item, index) => ({
      uid: item.u,
      rest: `${item.p ?? 'none'}, ${String((item.r ?? 0) % 86_400 === 0 || item.r)}`,
      check: { sent: sentItem(answer.sent, values[index] ?? '') },
    }));
  }
  const answer = await askMap(ctx, { [kind]: values });
  const { mapped, unmapped } = readMapped(ctx, answer);
  const dropped = ctx.target.profile === 'seed-v1';
  return ctx.watch.require('maps/items', () => {
    let m = 0;
    let u = 0;
    const found = values.map((value): Found => {
      const check = { sent: sentItem(answer.sent, value) };
      const item = mapped[m];
      if (item?.identifier === value) {
        m++;
        return { uid: item.advertisingId, rest: item.bucketId, check };
      }
      if (dropped) return { uid: undefined, check };
      const wanted = `${JSON.stringify(value)} mapped or unmapped, in order`;
      expectThat(check, unmapped[u]?.identifier === value, wanted, 'no such item');
      u++;
      return { uid: undefined, check };
    });
    expectEqual({ sent: answer.sent }, 'number of items', mapped.length + unmapped.length, m + u);
    return found;
  });
}

async function byMap(ctx: ScenarioContext, kind: IdentityKind): Promise<void> {
  if (!supportsIdentity(ctx, { kind, value: '' }))
    throw new ContractError('not_applicable', 'this generation or profile does not support phone numbers');
  const list = ofKind(kind).filter((vector) => comparable(ctx, vector));
  const found = await mapAll(
    ctx,
    kind,
    list.map((vector) => vector.input),
  );
  const valid = list.filter((vector) => vector.valid);
  const hashes = await mapAll(
    ctx,
    hashKind(kind),
    valid.map((vector) => vector.sha256_base64),
  );
  const byHash = new Map(valid.map((vector, i) => [vector.sha256_base64, hashes[i]]));
  for (const [i, vector] of list.entries()) {
    const { uid, rest, check } = found[i] ?? { uid: undefined, check: { sent: '' } };
    const name = `${vector.id} ${JSON.stringify(vector.input)}`;
    if (!vector.valid) {
      const why = { ...check, cause: 'an invalid identifier is accepted' };
      expectThat(why, uid === undefined, `${name}: invalid identifier`, 'a raw UID');
      continue;
    }
    expectThat(
      { ...check, cause: 'a valid identifier is refused' },
      uid !== undefined,
      `${name}: valid, normalised to ${vector.normalized}`,
      'invalid identifier',
    );
    const expected = byHash.get(vector.sha256_base64);
    const isForm = async (form: Identity): Promise<boolean> =>
      (await mapAll(ctx, form.kind, [form.value]))[0]?.uid === uid;
    const identity = identityOf(vector);
    const cause = uid === expected?.uid ? '' : await misreadingOf(identity, vector.normalized, isForm);
    expectEqual({ ...check, cause }, `${name}: raw UID of ${vector.normalized}:`, uid, expected?.uid);
    const bucket = { ...check, cause: 'the bucket of an identity, or its rotation' };
    expectEqual(bucket, `${name}: bucket or rotation of its hash:`, rest, expected?.rest);
  }
}

async function byGenerate(ctx: ScenarioContext, kind: IdentityKind, telling: RegExp): Promise<void> {
  for (const vector of ofKind(kind).filter((one) => comparable(ctx, one))) {
    if (!telling.test(vector.input) && (vector.valid || ctx.api !== 'v2')) continue;
    const identity = identityOf(vector);
    requireIdentity(ctx, identity);
    if (vector.valid) await opensAsItsHash(ctx, identity, vector);
    else clientError(await askGenerate(ctx, { [kind]: vector.input }), generateInvalid(ctx));
  }
}

/** With keys: the tokens of an identifier are those of its hash. */
async function opensAsItsHash(ctx: ScenarioContext, identity: Identity, row: ValidRow): Promise<void> {
  const tokens = await tokensOf(ctx, identity);
  const hash = { kind: hashKind(identity.kind), value: row.sha256_base64 };
  const uid = await rawUidIn(ctx, tokens);
  const wanted = uid === undefined ? undefined : await expectedRawUid(ctx, hash);
  const isForm = async (form: Identity): Promise<boolean> => (await expectedRawUid(ctx, form)) === uid;
  const check: Check = { sent: tokens.answer.sent };
  if (wanted !== undefined) {
    const cause = uid === wanted ? '' : await misreadingOf(identity, row.normalized, isForm);
    expectEqual({ ...check, cause }, `raw UID of ${row.normalized}`, uid, wanted);
  }
  const bytes = Buffer.from(hash.value, 'base64');
  const expected = expectedIdentity(ctx.target.world, bytes, isPhone(identity) ? 1 : 0, Date.now());
  const inner = openRefreshToken(ctx, tokens);
  if (!inner || !expected) return;
  const cause = 'the refresh token is of another person than the advertising token';
  const what = `first-level hash of ${row.normalized}`;
  expectEqual({ ...check, cause }, what, inner.first_level_hash, expected.firstLevelHash);
}

export const normalisationScenarios = [
  ...theme('normalisation', 'publisher', [
    [
      'email',
      'S20',
      'v0 v1 v2',
      'generate normalises addresses as in the table',
      (ctx) => byGenerate(ctx, 'email', TELLING.email),
    ],
    [
      'email-hash',
      'R28',
      'v0 v1 v2',
      'generate accepts the hashes that are valid in the table, and refuses the others',
      (ctx) => byGenerate(ctx, 'email_hash', TELLING.email_hash),
    ],
    [
      'phone',
      'R27',
      'v1 v2',
      'generate accepts the phone numbers that are valid in the table, and refuses the others',
      (ctx) => byGenerate(ctx, 'phone', ctx.sealed ? TELLING.phone : IN_VALIDATE.phone),
    ],
  ]),
  ...theme('normalisation', 'advertiser', [
    [
      'email-map',
      'S20',
      'v0 v1 v2 v3',
      'identity map normalises addresses as in the table',
      (ctx) => byMap(ctx, 'email'),
    ],
    [
      'email-hash-map',
      'R28',
      'v0 v1 v2 v3',
      'identity map accepts the hashes that are valid in the table, and refuses the others',
      (ctx) => byMap(ctx, 'email_hash'),
    ],
    [
      'phone-map',
      'R27',
      'v1 v2 v3',
      'identity map accepts the phone numbers that are valid in the table, and refuses the others',
      (ctx) => byMap(ctx, 'phone'),
    ],
    [
      'phone-hash-map',
      'R28',
      'v1 v2 v3',
      'identity map accepts the phone hashes that are valid in the table, and refuses the others',
      (ctx) => byMap(ctx, 'phone_hash'),
    ],
  ]),
];
