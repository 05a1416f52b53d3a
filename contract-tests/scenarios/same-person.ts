/** Checks which person tokens belong to, without any key: validate compares them with identities (Protocol §8.3.3). */
import { ContractError } from '../spec/contract-error.ts';
import {
  email,
  emailHash,
  identityHash,
  isPhone,
  ORDINARY_EMAIL,
  ORDINARY_PHONE,
  phone,
  phoneHash,
  type Identity,
  type IdentityKind,
} from '../target/identities.ts';
import type { Tokens } from '../check/answer.ts';
import { fail } from '../check/departure.ts';
import { clientError, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askOnce } from '../context/run-memory.ts';
import { generates, guard, hash, site } from '../steps/client-side.ts';
import { INVALID_IDENTIFIER } from '../steps/messages.ts';
import { misreadingOf } from '../steps/misreading.ts';
import {
  expectNobodyElse,
  expectPerson,
  isOf,
  requireNeededPersonCheck,
  requirePersonCheck,
} from '../steps/persons.ts';
import { optOutIdentities, validateIdentities } from '../steps/test-identities.ts';
import {
  askValidate,
  expectValidated,
  generate,
  refresh,
  requireIdentity,
  supportsIdentity,
} from '../steps/tokens.ts';
import { requireOwnKey } from '../steps/validate-requests.ts';
import {
  FEW,
  IN_VALIDATE,
  hashOf,
  identityOf,
  isOfItsHash,
  isValid,
  ofKind,
  tokensOf,
  type ValidRow,
} from './normalisation-rows.ts';
import { theme } from './theme.ts';

const READ_OTHERWISE = 'a supplied hash is hashed again, or read in another way';

/** Whether the tokens of a normal address or number belong to its hash too. */
const isOfOwnHash = (ctx: ScenarioContext, plain: Identity): Promise<boolean> =>
  askOnce(ctx.memory, `own hash ${ctx.api} ${plain.kind}`, async () => {
    const { advertisingToken } = await tokensOf(ctx, plain);
    return isOf(ctx, advertisingToken, isPhone(plain) ? phoneHash(plain.value) : emailHash(plain.value));
  });

async function misreadingOfHashes(ctx: ScenarioContext, plain: Identity): Promise<string> {
  const { advertisingToken } = await tokensOf(ctx, plain);
  return misreadingOf(plain, plain.value, (form) => isOf(ctx, advertisingToken, form), READ_OTHERWISE);
}

/** @throws ContractError `spoiled` if a hash is not read as the person of its address or number */
async function requireHashes(ctx: ScenarioContext, kind: IdentityKind): Promise<void> {
  const plain = kind.startsWith('phone') ? phone(ORDINARY_PHONE) : email(ORDINARY_EMAIL);
  if (await isOfOwnHash(ctx, plain)) return;
  throw new ContractError('spoiled', 'not judged: a hash is not the person of its address or number');
}

/** Generate: the tokens of each row belong to the person whose hash the row names. */
const byGenerate = (kind: IdentityKind) => async (ctx: ScenarioContext) => {
  requireIdentity(ctx, { kind, value: '' });
  requireNeededPersonCheck(ctx);
  await requireHashes(ctx, kind);
  for (const row of ofKind(kind).filter(isValid)) {
    if (ctx.api !== 'v2' && !FEW[kind].test(row.input)) continue;
    if (await isOfItsHash(ctx, row)) continue;
    const identity = identityOf(row);
    const { advertisingToken, answer } = await tokensOf(ctx, identity);
    const named = await misreadingOf(identity, row.normalized, (form) => isOf(ctx, advertisingToken, form));
    const { kind: as, value } = hashOf(row);
    const check = { sent: `${answer.sent}, then validate with ${as} ${value}`, cause: named };
    fail(check, `${row.id}: a token of ${row.normalized}`, 'validate says that it is of another person');
  }
};

/** Validate: each spelling is the person whose hash the row names; an invalid identifier is refused. */
const byValidate = (kind: IdentityKind) => async (ctx: ScenarioContext) => {
  requireIdentity(ctx, { kind, value: '' });
  requirePersonCheck(ctx);
  await requireHashes(ctx, kind);
  const own = await tokensOf(ctx, { kind: 'email', value: ORDINARY_EMAIL });
  for (const row of ofKind(kind).filter(({ input }) => IN_VALIDATE[kind].test(input))) {
    if (isValid(row)) await validates(ctx, row);
    else {
      const answer = await askValidate(ctx, { token: own.advertisingToken, [kind]: row.input });
      clientError(answer, INVALID_IDENTIFIER);
    }
  }
};

async function validates(ctx: ScenarioContext, row: ValidRow): Promise<void> {
  const identity = identityOf(row);
  const right = await tokensOf(ctx, (await isOfItsHash(ctx, row)) ? identity : hashOf(row));
  if (await isOf(ctx, right.advertisingToken, identity)) return;
  const cause = await misreadingOf(identity, row.normalized, async (form) =>
    isOf(ctx, (await tokensOf(ctx, form)).advertisingToken, identity),
  );
  const check = { sent: `validate of a token of ${row.normalized} with ${JSON.stringify(row.input)}`, cause };
  fail(check, `${row.id}: true`, 'false');
}

/** The hash of an address or a number in base64, and in hex digits of both letter cases. */
function formsOf(plain: Identity): Identity[] {
  const { kind, value } = isPhone(plain) ? phoneHash(plain.value) : emailHash(plain.value);
  const hex = identityHash(plain).toString('hex');
  return [value, hex, hex.toUpperCase()].map((form) => ({ kind, value: form }));
}

const people = (ctx: ScenarioContext): Identity[] =>
  [email(ORDINARY_EMAIL), phone(ORDINARY_PHONE)].filter((one) => supportsIdentity(ctx, one));

async function byHash(ctx: ScenarioContext): Promise<void> {
  requireNeededPersonCheck(ctx);
  for (const plain of people(ctx)) {
    const cause = (await isOfOwnHash(ctx, plain)) ? undefined : await misreadingOfHashes(ctx, plain);
    const [base64, , upperHex] = formsOf(plain);
    for (const form of [base64, upperHex])
      if (form) await expectPerson(ctx, await generate(ctx, form), plain, cause ?? READ_OTHERWISE);
  }
}

async function afterRefresh(ctx: ScenarioContext): Promise<void> {
  requireNeededPersonCheck(ctx);
  for (const identity of people(ctx)) {
    const tokens = await refresh(ctx, await tokensOf(ctx, identity));
    await expectPerson(ctx, tokens, identity, 'a refresh changes the person');
    await expectPerson(ctx, await refresh(ctx, tokens), identity, 'a second refresh changes the person');
    await expectNobodyElse(ctx, tokens);
  }
}

async function fromClient(ctx: ScenarioContext): Promise<void> {
  requireNeededPersonCheck(ctx);
  const caller = ctx.caller('GENERATOR');
  if (caller.siteId !== undefined && caller.siteId !== site(ctx).siteId)
    throw new ContractError('not_applicable', 'the key pair is of another site than the key');
  const cause = 'the hash of a client-side request is read in another way';
  for (const plain of people(ctx)) {
    const [base64, , upperHex] = formsOf(plain);
    for (const form of [base64, upperHex])
      if (form) await expectPerson(ctx, await generates(ctx, hash(form)), plain, cause);
  }
}

const LATE_OPT_OUTS = [email('refresh-optout@example.com'), phone('+00000000002')];

/** Validate ignores opt-outs. */
async function optedOut(ctx: ScenarioContext): Promise<void> {
  requirePersonCheck(ctx);
  for (const plain of LATE_OPT_OUTS.filter((one) => supportsIdentity(ctx, one))) {
    const tokens = await generate(ctx, plain);
    await expectPerson(ctx, tokens, plain);
    for (const other of optOutIdentities(ctx)
      .filter(({ kind }) => kind === plain.kind)
      .slice(0, 1)) {
      const told = await isOf(ctx, tokens.advertisingToken, other);
      expectThat({ sent: tokens.answer.sent }, !told, `no token of ${other.value}`, told);
    }
  }
}

/** Spellings of the validate test identity, and similar addresses of other persons (Protocol §2.1). */
const spellings = (address: string): string[] => [
  address.toUpperCase(),
  `  ${address} `,
  address.replace('lid', ' L iD'),
  address.replace('@', ' @'),
];
const others = (address: string): string[] => [
  `\t${address}`,
  `${address}\n`,
  address.replace('lid', '.lid'),
  address.replace('@', '+x@'),
  address.replace('@', '@ '),
  address.replace('.com', ' .com'),
  `"${address.replace('@', '"@')}`,
];

/** For operators whose validate compares test identities only. */
async function testIdentity(ctx: ScenarioContext): Promise<void> {
  if (ctx.facts.personCheck.state === 'works')
    throw new ContractError('not_applicable', 'validate of v2 compares the spellings of any identity');
  const known = validateIdentities(ctx).filter(
    ({ kind, value }) =>
      value === value.trim() && (kind === 'email' || (kind === 'phone' && ctx.rules !== 'v0')),
  );
  const tell = async (tokens: Tokens, identity: Identity, expected: boolean): Promise<void> => {
    const params = { token: tokens.advertisingToken, [identity.kind]: identity.value };
    const answer = await askValidate(ctx, params);
    if (ctx.sealed) requireOwnKey(ctx, answer);
    expectValidated(ctx, answer, ...(expected ? [true] : ([false, 'not allowed'] as const)));
  };
  for (const plain of known) {
    const own = await generate(ctx, plain);
    const same = isPhone(plain) ? [] : spellings(plain.value).map(email);
    for (const identity of [...same, ...formsOf(plain)]) {
      await tell(await generate(ctx, identity), plain, true);
      await tell(own, identity, true);
    }
    for (const identity of isPhone(plain) ? [] : others(plain.value).map(email)) {
      await tell(await generate(ctx, identity), plain, false);
      await tell(own, identity, false);
    }
  }
}

const rows = [
  ['email', 'S20', 'v0 v1 v2', 'addresses'],
  ['email-hash', 'R28', 'v2', 'hashes of addresses'],
  ['phone', 'R27', 'v1 v2', 'phone numbers'],
  ['phone-hash', 'R28', 'v2', 'hashes of phone numbers'],
] as const;
const kindOf: Readonly<Record<(typeof rows)[number][0], IdentityKind>> = {
  email: 'email',
  'email-hash': 'email_hash',
  phone: 'phone',
  'phone-hash': 'phone_hash',
};

export const samePersonScenarios = [
  ...theme(
    'same-person',
    'publisher',
    rows.flatMap(([name, requirement, apis, what]) => [
      [
        `${name}-in-generate`,
        requirement,
        apis,
        `tokens of ${what} of the table are of the person that the table names, as validate says`,
        byGenerate(kindOf[name]),
      ] as const,
      [
        `${name}-in-validate`,
        requirement,
        'v2',
        `validate reads ${what} as in the table`,
        byValidate(kindOf[name]),
      ] as const,
    ]),
  ),
  ...theme('same-person', 'publisher', [
    ['hash-forms', 'S2', 'v0 v1 v2', 'a hash in base64 or hex digits is the person of its address', byHash],
    ['after-refresh', 'S8', 'v0 v1 v2', 'a refresh issues tokens of the same person', afterRefresh],
    [
      'client-side',
      'R71',
      'v2',
      'client-generate issues tokens of the person whose hash was sent',
      guard(fromClient),
    ],
    ['opted-out', 'R49', 'v2', 'validate compares opted-out identities like any other', optedOut],
    [
      'test-identity',
      'S13',
      'v0 v1 v2',
      'each spelling of the validate test identity gives true, and another address does not',
      testIdentity,
    ],
  ]),
];
