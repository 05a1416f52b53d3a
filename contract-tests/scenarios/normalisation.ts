/** The normalisation table of fixtures, through generate and through identity map (Protocol §2). */
import { loadNormalizationVectors, type NormalizationVector } from '../../fixtures/load.ts';
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
import { likelyMisreading } from '../steps/misreading.ts';
import { openRefreshToken } from '../steps/open-tokens.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { askGenerate, supportsIdentity } from '../steps/tokens.ts';
import { expectedRawUid, rawUidIn } from '../steps/uids.ts';
import { theme } from './theme.ts';

const vectors = loadNormalizationVectors();
const ofKind = (kind: IdentityKind): NormalizationVector[] =>
  vectors.filter((vector) => vector.kind === kind);

/** In seed-v1 a hash is text: two spellings of the same bytes are two identities (Protocol §2.3). */
const comparable = (ctx: ScenarioContext, vector: NormalizationVector): boolean =>
  ctx.target.profile !== 'seed-v1' ||
  !vector.kind.endsWith('hash') ||
  !vector.valid ||
  vector.input === vector.normalized ||
  vector.input.length === 64;

const hashKind = (kind: IdentityKind): IdentityKind =>
  kind.startsWith('phone') ? 'phone_hash' : 'email_hash';

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
  list.forEach((vector, i) => {
    const { uid, rest, check } = found[i] ?? { uid: undefined, check: { sent: '' } };
    const name = `${vector.id} ${JSON.stringify(vector.input)}`;
    if (!vector.valid)
      return expectThat(
        { ...check, cause: 'an invalid identifier is accepted' },
        uid === undefined,
        `${name}: invalid identifier`,
        'a raw UID',
      );
    expectThat(
      { ...check, cause: 'a valid identifier is refused' },
      uid !== undefined,
      `${name}: valid, normalised to ${vector.normalized}`,
      'invalid identifier',
    );
    const expected = byHash.get(vector.sha256_base64);
    const cause = uid === expected?.uid ? '' : likelyMisreading(ctx.target.world, vector.input, uid);
    expectEqual({ ...check, cause }, `${name}: raw UID of ${vector.normalized}:`, uid, expected?.uid);
    const bucket = { ...check, cause: 'the bucket of an identity, or its rotation' };
    expectEqual(bucket, `${name}: bucket or rotation of its hash:`, rest, expected?.rest);
  });
}

/** Rows that tell the usual wrong rules apart; all rows would be too many requests. */
const TELLING =
  /Jane\.Doe@Example\.COM|both@|^in ner|^space @|@ example|exam ple|\t|\n|É|Ü|jane\.doe\+news|^janedoe\+@|^\.jane@|^\+tag@gmail|googlemail|sub\.gmail|UsEr\+TaG|jane doe@gmail|gmail\.com\.$|\+promo|^\+only@|^\.@|"quo|^a@b@c|^@example|^user@$|^user$|^ $|localhost|User </;

async function byGenerate(ctx: ScenarioContext, kind: IdentityKind, telling: RegExp): Promise<void> {
  const list = ofKind(kind).filter((vector) => telling.test(vector.input) && comparable(ctx, vector));
  for (const vector of list) {
    const identity: Identity = { kind, value: vector.input };
    if (!supportsIdentity(ctx, identity))
      throw new ContractError('not_applicable', 'this generation or profile does not support phone numbers');
    const answer = await askGenerate(ctx, { [kind]: vector.input });
    if (!vector.valid) {
      clientError(answer, generateInvalid(ctx));
      continue;
    }
    const tokens = readTokens(ctx, answer);
    const hash = { kind: hashKind(kind), value: vector.sha256_base64 };
    const expected = expectedIdentity(
      ctx.target.world,
      Buffer.from(hash.value, 'base64'),
      isPhone(identity) ? 1 : 0,
      Date.now(),
    );
    const inner = openRefreshToken(ctx, tokens);
    const cause = 'the identifier is normalised or hashed in another way';
    const check = { sent: tokens.answer.sent, cause };
    if (inner && expected)
      expectEqual(
        check,
        `first-level hash of ${vector.normalized}`,
        inner.first_level_hash,
        expected.firstLevelHash,
      );
    const uid = await rawUidIn(ctx, tokens);
    if (uid !== undefined) {
      const wanted = await expectedRawUid(ctx, hash);
      if (wanted !== undefined)
        expectEqual(
          { ...check, cause: likelyMisreading(ctx.target.world, vector.input, uid) },
          `raw UID of ${vector.normalized}`,
          uid,
          wanted,
        );
    }
  }
}

export const normalisationScenarios = [
  ...theme('normalisation', 'publisher', [
    [
      'email',
      'S20',
      'v0 v1 v2',
      'generate normalises addresses as in the table',
      (ctx) => byGenerate(ctx, 'email', TELLING),
    ],
    [
      'email-hash',
      'R28',
      'v0 v1 v2',
      'generate accepts the hashes that are valid in the table, and refuses the others',
      (ctx) => byGenerate(ctx, 'email_hash', /^(4JBaJ|C9922|zz|=|0x|e0905)/i),
    ],
    [
      'phone',
      'R27',
      'v1 v2',
      'generate accepts the phone numbers that are valid in the table, and refuses the others',
      (ctx) => byGenerate(ctx, 'phone', /./),
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
