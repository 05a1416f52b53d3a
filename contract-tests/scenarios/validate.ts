/** token/validate (Protocol §8.3). */
import { ContractError, needError } from '../spec/contract-error.ts';
import { callerWithout, hasOwnKey, withRole } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import {
  email,
  emailHash,
  ORDINARY_EMAIL,
  ORDINARY_PHONE,
  OTHER_EMAIL,
  phone,
  type Identity,
} from '../target/identities.ts';
import { clientError, expectAnswer } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { exactlyOne, INVALID_IDENTIFIER } from '../steps/messages.ts';
import { optOutIdentities, validateIdentities } from '../steps/test-identities.ts';
import { askValidate, expectValidated, generate, refresh, supportsIdentity } from '../steps/tokens.ts';
import { param, validateIdentity, ordinary, requireOwnKey } from '../steps/validate-requests.ts';
import { theme } from './theme.ts';

async function passes(ctx: ScenarioContext): Promise<void> {
  const plain = validateIdentities(ctx).filter(
    (identity) => ctx.rules !== 'v0' || !identity.kind.startsWith('phone'),
  );
  for (const identity of plain) {
    const tokens = await generate(ctx, identity);
    expectValidated(
      ctx,
      await askValidate(ctx, { token: tokens.advertisingToken, ...param(identity) }),
      true,
    );
  }
}

/** The refusal of a wrong identity: v0 answers `not allowed`, except for the validate identity. */
const no = (ctx: ScenarioContext, identity: Identity): false | 'not allowed' =>
  ctx.rules === 'v0' && !validateIdentities(ctx).some((one) => one.value === identity.value)
    ? 'not allowed'
    : false;

async function fits(ctx: ScenarioContext): Promise<void> {
  const right = validateIdentity(ctx);
  const own = (await generate(ctx, right)).advertisingToken;
  const other = (await generate(ctx, ordinary)).advertisingToken;
  const ask = async (token: string, identity: Identity): Promise<void> =>
    expectValidated(ctx, await askValidate(ctx, { token, ...param(identity) }), no(ctx, identity));
  await ask(other, right);
  await ask(own, ordinary);
  await ask(other, ordinary);
  await ask(own, email(OTHER_EMAIL));
  for (const identity of optOutIdentities(ctx).filter((one) => one.kind === 'email'))
    await ask(own, identity);
}

async function broken(ctx: ScenarioContext): Promise<void> {
  const identity = validateIdentity(ctx);
  const { advertisingToken: token, refreshToken } = await generate(ctx, identity);
  const middle = token.slice(0, 100) + (token[100] === 'A' ? 'B' : 'A') + token.slice(101);
  for (const text of ['abc', '', token.slice(0, 100), middle, refreshToken]) {
    expectValidated(ctx, await askValidate(ctx, { token: text, ...param(identity) }), false);
  }
  expectValidated(ctx, await askValidate(ctx, param(identity)), false);
}

async function ownToken(ctx: ScenarioContext): Promise<void> {
  for (const identity of validateIdentities(ctx)) {
    const first = await generate(ctx, identity);
    for (const tokens of [first, await refresh(ctx, first)]) {
      const answer = await askValidate(ctx, { token: tokens.advertisingToken, ...param(identity) });
      requireOwnKey(ctx, answer);
      expectValidated(ctx, answer, true);
    }
    const params = { token: first.advertisingToken, ...param(identity) };
    const caller = ctx.caller('GENERATOR');
    const inBytes = await askSealed(ctx, '/v2/token/validate', params, { caller, binary: true });
    expectValidated(ctx, inBytes, true);
  }
}

async function otherIdentity(ctx: ScenarioContext): Promise<void> {
  const { advertisingToken: token } = await generate(ctx, validateIdentity(ctx));
  const others = [ordinary, emailHash(OTHER_EMAIL), phone(ORDINARY_PHONE)].filter((one) =>
    supportsIdentity(ctx, one),
  );
  for (const identity of others) {
    const answer = await askValidate(ctx, { token, ...param(identity) });
    requireOwnKey(ctx, answer);
    expectValidated(ctx, answer, false);
  }
}

const INVALID_TOKEN = {
  status: 400,
  type: 'application/json',
  json: { message: 'Invalid token', status: 'client_error' },
};

async function brokenSealed(ctx: ScenarioContext): Promise<void> {
  const identity = validateIdentity(ctx);
  const { advertisingToken: token } = await generate(ctx, identity);
  const middle = token.slice(0, 100) + (token[100] === 'A' ? 'B' : 'A') + token.slice(101);
  for (const text of ['abc', '', token.slice(0, 60), middle, `${token}AAAA`]) {
    const answer = await askValidate(ctx, { token: text, ...param(identity) });
    const old = { status: 200, type: 'text/plain', json: { body: false, status: 'success' } };
    expectAnswer(answer, ...ctx.either(old, INVALID_TOKEN));
  }
}

async function identifiers(ctx: ScenarioContext): Promise<void> {
  if (ctx.rules === 'v0') throw new ContractError('not_applicable', 'v0 does not refuse identifiers');
  const { advertisingToken: token } = await generate(ctx, validateIdentity(ctx));
  const several = exactlyOne(ctx.target.phone);
  const ask = async (params: Record<string, string>, message: string): Promise<void> =>
    clientError(await askValidate(ctx, { token, ...params }), message);
  await ask({}, several);
  await ask({ email: ORDINARY_EMAIL, email_hash: emailHash(ORDINARY_EMAIL).value }, several);
  for (const address of ['contract.user', '']) await ask({ email: address }, INVALID_IDENTIFIER);
  await ask({ email_hash: 'abc' }, INVALID_IDENTIFIER);
  if (ctx.target.phone) await ask({ phone: '12345550100' }, INVALID_IDENTIFIER);
}

async function anyIdentity(ctx: ScenarioContext): Promise<void> {
  const { advertisingToken: token } = await generate(ctx, ordinary);
  const answer = await askValidate(ctx, { token, ...param(ordinary) });
  requireOwnKey(ctx, answer);
  expectValidated(ctx, answer, ...ctx.either(false, true));
}

const UNAUTHORISED = {
  status: 400,
  type: 'application/json',
  json: { message: 'Unauthorised to validate token', status: 'client_error' },
};

/** v5.56 accepts a token under the key of another site, current versions refuse it. */
async function foreignKey(ctx: ScenarioContext, maker: Caller, asker: Caller): Promise<void> {
  const identity = validateIdentity(ctx);
  const { advertisingToken: token } = await generate(ctx, identity, maker);
  const answer = await askValidate(ctx, { token, ...param(identity) }, asker);
  const old = { status: 200, type: 'text/plain', json: { body: true, status: 'success' } };
  expectAnswer(answer, ...ctx.either(old, UNAUTHORISED));
}

/** Whether the operator lets the caller validate its own tokens. */
async function validatesOwn(ctx: ScenarioContext, caller: Caller): Promise<boolean> {
  const { advertisingToken: token } = await generate(ctx, validateIdentity(ctx), caller);
  return (await askValidate(ctx, { token, ...param(validateIdentity(ctx)) }, caller)).status === 200;
}

async function anotherSite(ctx: ScenarioContext): Promise<void> {
  const caller = ctx.caller();
  const stranger = withRole(ctx.target, 'GENERATOR').find(
    (one) => one.siteId !== caller.siteId && one.secret,
  );
  const hasKey = stranger && (hasOwnKey(ctx.target, caller) ?? (await validatesOwn(ctx, caller)));
  if (!stranger || !hasKey) {
    throw needError('other key', 'two publishers are needed, one of them with a key of its own');
  }
  await foreignKey(ctx, caller, stranger);
}

async function withoutOwnKey(ctx: ScenarioContext): Promise<void> {
  const caller = withRole(ctx.target, 'GENERATOR').find(
    (one) => hasOwnKey(ctx.target, one) === false && one.secret,
  );
  if (!caller) throw needError('other key', 'no publisher without an active key of its own was given');
  await foreignKey(ctx, caller, caller);
}

async function versionOfRule(ctx: ScenarioContext): Promise<void> {
  const { advertisingToken: token } = await generate(ctx, ordinary);
  const answer = await askValidate(ctx, { token, ...param(ordinary) });
  requireOwnKey(ctx, answer);
  expectValidated(ctx, answer, !ctx.old);
}

export const validateScenarios = [
  ...theme('validate', 'publisher', [
    [
      'test-identity',
      'S13',
      'v0 v1',
      'the test identity and its own token give true, by address, hash and phone',
      passes,
    ],
    [
      'does-not-fit',
      'S14',
      'v0 v1',
      'the token of another identity, and another identity, do not give true',
      fits,
    ],
    ['broken-token', 'S14', 'v0 v1', 'a broken token, a missing one and a refresh token give false', broken],
    [
      'no-key-needed',
      'S14',
      'v0 v1',
      'validate of v0 and v1 needs no API key',
      async (ctx) => {
        const identity = validateIdentity(ctx);
        const { advertisingToken: token } = await generate(ctx, identity);
        const stranger = { ...ctx.caller(), name: 'an unknown key', key: 'unknown' };
        expectValidated(ctx, await askValidate(ctx, { token, ...param(identity) }, stranger), true);
      },
    ],
    [
      'own-token',
      'R49',
      'v2',
      'the test identity and its own token give true, also after a refresh',
      ownToken,
    ],
    ['other-identity', 'R49', 'v2', 'an own token and another identity give false', otherIdentity],
    [
      'broken-token-sealed',
      'R50',
      'v2',
      'v5.56 answers false for a broken token, current versions refuse it',
      brokenSealed,
    ],
    ['any-identity', 'R49', 'v2', 'current versions validate any identity, v5.56 does not', anyIdentity],
    ['another-site', 'R49', 'v2', 'current versions refuse a token of another site', anotherSite],
    [
      'without-own-key',
      'R49',
      'v2',
      'current versions refuse to validate for a site without a key of its own',
      withoutOwnKey,
    ],
    [
      'identifiers',
      'R51',
      'v0 v1 v2',
      'a missing identifier, two identifiers and an invalid identifier are refused',
      identifiers,
    ],
    [
      'role',
      'R2',
      'v2',
      'validate needs the role GENERATOR',
      async (ctx) => {
        const caller = callerWithout(ctx.target, 'GENERATOR');
        const { advertisingToken: token } = await generate(ctx, validateIdentity(ctx));
        const params = { token, ...param(validateIdentity(ctx)) };
        expectAnswer(await askValidate(ctx, params, caller), {
          status: 401,
          type: 'application/json',
          json: { status: 'unauthorized' },
        });
      },
    ],
  ]),
  ...theme(
    'validate',
    'publisher',
    [
      [
        'rule-of-version',
        'R52',
        'v2',
        'current versions validate any identity, v5.56 the test identities only',
        versionOfRule,
      ],
    ],
    'SHOULD',
  ),
];
