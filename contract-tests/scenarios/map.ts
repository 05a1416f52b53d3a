/** Identity map of v0, v1 and v2 (Protocol §8.7, §8.8). */
import { ContractError, needError } from '../spec/contract-error.ts';
import {
  email,
  emailHash,
  identityHash,
  isPhone,
  ORDINARY_EMAIL,
  ordinary,
  OTHER_EMAIL,
  phone,
  phoneHash,
  RAW_UID,
  type Identity,
} from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import { expectAnswer, expectEqual, expectObject, expectThat } from '../check/expect.ts';
import { sentItem } from '../check/sent.ts';
import type { ScenarioContext } from '../context/context.ts';
import { watchIdentity } from '../context/raw-uids.ts';
import { askMap, readMapped, askMapOne } from '../steps/maps.ts';
import { optedOutInWorld, optOutIdentities, refreshOptOutIdentities } from '../steps/test-identities.ts';
import { supportsIdentity } from '../steps/tokens.ts';
import { expectedRawUid } from '../steps/uids.ts';
import { theme } from './theme.ts';

const known = (ctx: ScenarioContext, identities: readonly Identity[]): Identity[] =>
  identities.filter((one) => !isPhone(one) || (ctx.api !== 'v0' && ctx.target.phone));

async function single(ctx: ScenarioContext): Promise<void> {
  const list = known(ctx, [
    ...ordinary,
    email(` ${ORDINARY_EMAIL.toUpperCase()} `),
    ...optOutIdentities(ctx),
  ]);
  for (const identity of list) {
    const answer = await askMapOne(ctx, { [identity.kind]: identity.value });
    const check = { sent: answer.sent, cause: 'the raw UID or the form of a single mapping' };
    if (ctx.api === 'v0') {
      expectAnswer(answer, { status: 200, type: null });
      expectThat(check, RAW_UID.test(answer.text), 'a raw UID as plain text', answer.text);
      watchIdentity(ctx, check, identity, { rawUid: answer.text });
      continue;
    }
    const body = expectObject(answer);
    expectEqual(check, 'members', Object.keys(body).sort(), ['advertising_id', 'bucket_id', 'identifier']);
    expectEqual(check, 'identifier', body['identifier'], identity.value);
    const { advertising_id: rawUid, bucket_id: bucketId } = body;
    expectThat(
      check,
      typeof rawUid === 'string' && typeof bucketId === 'string',
      'advertising_id and bucket_id as texts',
      body,
    );
    expectThat(check, RAW_UID.test(rawUid) && bucketId.length >= 9, 'a raw UID and a bucket id', body);
    watchIdentity(ctx, check, identity, { rawUid, bucketId });
  }
}

async function batch(ctx: ScenarioContext): Promise<void> {
  const addresses = [
    ORDINARY_EMAIL,
    OTHER_EMAIL,
    ` ${ORDINARY_EMAIL.toUpperCase()}`,
    ORDINARY_EMAIL,
    'contract.third@example.com',
  ];
  const answer = await askMap(ctx, { email: addresses });
  const { mapped } = readMapped(ctx, answer);
  const check = { sent: answer.sent, cause: 'items are missing, in another order or for other identities' };
  expectEqual(
    check,
    'identifiers',
    mapped.map((item) => item.identifier),
    addresses,
  );
  expectEqual(
    check,
    'number of raw UIDs of one address in three spellings:',
    new Set([mapped[0], mapped[2], mapped[3]].map((item) => item?.advertisingId)).size,
    1,
  );
  expectThat(
    check,
    mapped[0]?.advertisingId !== mapped[1]?.advertisingId,
    'different raw UIDs for different addresses',
    mapped[1]?.advertisingId,
  );
  const plain = [ORDINARY_EMAIL, OTHER_EMAIL].map((value) => emailHash(value).value);
  const hashes = readMapped(ctx, await askMap(ctx, { email_hash: plain })).mapped;
  expectEqual(
    { ...check, cause: 'an address and its hash have different raw UIDs' },
    'raw UIDs of the hashes',
    hashes.map((item) => item.advertisingId),
    [mapped[0]?.advertisingId, mapped[1]?.advertisingId],
  );
  if (ctx.api !== 'v0' && ctx.target.phone) {
    const [one] = readMapped(ctx, await askMap(ctx, { phone: [ordinary[2]?.value] })).mapped;
    const [two] = readMapped(ctx, await askMap(ctx, { phone_hash: [ordinary[3]?.value] })).mapped;
    expectEqual(
      { ...check, cause: 'a phone number and its hash have different raw UIDs' },
      'raw UID of the phone hash',
      two?.advertisingId,
      one?.advertisingId,
    );
  }
}

async function formulas(ctx: ScenarioContext): Promise<void> {
  if (!ctx.target.world?.salts) throw needError('world', 'this needs the salts of a world');
  const people = Array.from({ length: 40 }, (_, i) => `contract.user${String(i)}@example.com`);
  const lists = [
    ['email', people],
    ['phone', ['+12345550100', '+12345550101', '+12345550102']],
  ] as const;
  for (const [kind, values] of lists) {
    if (!supportsIdentity(ctx, { kind, value: '' }) || (ctx.api === 'v0' && kind === 'phone')) continue;
    const answer = await askMap(ctx, { [kind]: values });
    for (const item of readMapped(ctx, answer).mapped) {
      const expected = expectedIdentity(
        ctx.target.world,
        identityHash({ kind, value: item.identifier }),
        kind === 'phone' ? 1 : 0,
        Date.now(),
      );
      const check = {
        sent: sentItem(answer.sent, item.identifier),
        cause: 'the first-level salt, the bucket, its salt or key, or the version of raw UIDs',
      };
      expectEqual(check, `raw UID of ${item.identifier}`, item.advertisingId, expected?.rawUid);
      if (item.bucketId && expected?.bucket.bucket_id)
        expectEqual(check, `bucket of ${item.identifier}`, item.bucketId, expected.bucket.bucket_id);
    }
  }
}

async function unmapped(ctx: ScenarioContext): Promise<void> {
  if (ctx.target.profile === 'seed-v1')
    throw new ContractError('not_applicable', 'seed-v1 does not list unmapped identifiers');
  const kinds = [
    'email',
    'email_hash',
    ...(ctx.api === 'v0' || !ctx.target.phone ? [] : ['phone', 'phone_hash']),
  ] as const;
  const gone = [...optOutIdentities(ctx), ...optedOutInWorld(ctx)];
  const late = refreshOptOutIdentities(ctx).filter((one) => !gone.some((other) => other.value === one.value));
  for (const kind of kinds) {
    const bad = kind.endsWith('hash') ? 'abc' : 'broken';
    const out = gone.filter((one) => one.kind === kind).map((one) => one.value);
    const stay = [...ordinary, ...late].filter((one) => one.kind === kind).map((one) => one.value);
    const answer = await askMap(ctx, { [kind]: [bad, ...out, ...stay, bad] });
    const body = readMapped(ctx, answer);
    const check = {
      sent: answer.sent,
      cause: 'which identifiers are opted out or invalid, or how they are listed',
    };
    const invalid = { identifier: bad, reason: 'invalid identifier' };
    expectEqual(check, 'unmapped', body.unmapped, [
      invalid,
      ...out.map((identifier) => ({ identifier, reason: 'optout' })),
      invalid,
    ]);
    expectEqual(
      check,
      'mapped',
      body.mapped.map((item) => item.identifier),
      stay,
    );
  }
}

async function ordinaryEverywhere(ctx: ScenarioContext): Promise<void> {
  for (const identity of known(ctx, [
    email(ORDINARY_EMAIL),
    emailHash(OTHER_EMAIL),
    phone('+12345550100'),
    phoneHash('+12345550101'),
  ])) {
    const { mapped } = readMapped(ctx, await askMap(ctx, { [identity.kind]: [identity.value] }));
    const wanted = await expectedRawUid(ctx, identity);
    expectEqual({ sent: `map of ${identity.kind}` }, 'raw UID', mapped[0]?.advertisingId, wanted);
  }
}

export const mapScenarios = [
  ...theme('map', 'advertiser', [
    ['single', 'R53', 'v0 v1', 'GET maps one identifier, opted out or not', single],
    [
      'batch',
      'R53',
      'v0 v1 v2',
      'items come as sent, in order, with one raw UID for an address and its hash',
      batch,
    ],
    ['formulas', 'R63', 'v0 v1 v2', "raw UIDs and buckets follow from the world's salts", formulas],
    [
      'unmapped',
      'R54',
      'v0 v1 v2',
      'opted-out and invalid identifiers are listed with their reason',
      unmapped,
    ],
    [
      'ordinary',
      'S22',
      'v0 v1 v2',
      'ordinary identities are mapped, by address and by hash',
      ordinaryEverywhere,
    ],
  ]),
];
