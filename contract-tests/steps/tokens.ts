/** Token requests in every generation's dialect, and what their answers hold (Protocol §5.6, §8.1-8.3). */
import { ContractError, isContractError } from '../spec/contract-error.ts';
import {
  decodeBase64Strict,
  decodeAdvertisingToken,
  decodeRefreshToken,
  unwrapRefreshToken,
  type Keys,
  type AdvertisingTokenFields,
  type RefreshTokenFields,
} from '../wire/index.ts';
import { isPhone, type Identity } from '../target/identities.ts';
import type { Caller } from '../target/target.ts';
import type { Answer, Tokens } from '../check/answer.ts';
import {
  expectAnswer,
  expectEqual,
  expectJson,
  expectSuccess,
  expectThat,
  fail,
  isRecord,
  show,
} from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { openBare } from '../context/opening.ts';
import { askSealed } from '../context/sealing.ts';
import { expectSoundTokens } from '../context/token-soundness.ts';
import { keyMap } from './keys.ts';

/** The generations agree on parameters but not on which identities they know. */
export function supportsIdentity(ctx: ScenarioContext, identity: Identity): boolean {
  return !isPhone(identity) || (ctx.rules !== 'v0' && ctx.target.phone);
}

export function requireIdentity(ctx: ScenarioContext, identity: Identity): void {
  if (!supportsIdentity(ctx, identity))
    throw new ContractError('not_applicable', 'this generation or profile knows no phone numbers');
}

/** token/generate with any parameters. */
export function askGenerate(
  ctx: ScenarioContext,
  params: Record<string, unknown>,
  caller: Caller = ctx.caller(),
): Promise<Answer> {
  if (ctx.sealed) {
    // Sites made after September 2023 need it in v5.56; current versions do not look at it (Protocol §8.1.4).
    const policy = ctx.old && !('optout_check' in params) && !('policy' in params) ? { optout_check: 1 } : {};
    return askSealed(ctx, '/v2/token/generate', { ...params, ...policy }, { caller });
  }
  return askPlain(ctx, 'GET', `${ctx.prefix}/token/generate`, { caller, query: texts(params) });
}

const texts = (params: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));

export async function generate(ctx: ScenarioContext, identity: Identity, caller?: Caller): Promise<Tokens> {
  requireIdentity(ctx, identity);
  const answer = await askGenerate(ctx, { [identity.kind]: identity.value }, caller);
  return readTokens(ctx, answer, ctx.rules, identity);
}

export interface RefreshOptions {
  caller?: Caller;
  binary?: boolean;
  /** Opens the answer to a 388-character token. */
  responseKey?: Buffer | undefined;
}

/** token/refresh with the text of a token. */
export async function askRefresh(
  ctx: ScenarioContext,
  token: string,
  options: RefreshOptions = {},
): Promise<Answer> {
  const { caller, binary = false, responseKey } = options;
  if (!ctx.sealed)
    return askPlain(ctx, 'GET', `${ctx.prefix}/token/refresh`, { caller, query: { refresh_token: token } });
  const answer = await askPlain(ctx, 'POST', '/v2/token/refresh', {
    caller,
    body: token,
    headers: { 'content-type': binary ? 'application/octet-stream' : 'text/plain' },
    open: (reply, opened) => {
      if (responseKey) openBare(ctx, reply, opened, responseKey);
    },
  });
  if (responseKey) answer.successType = binary ? 'application/octet-stream' : 'text/plain';
  return answer;
}

export async function refresh(
  ctx: ScenarioContext,
  tokens: Tokens,
  options: RefreshOptions = {},
): Promise<Tokens> {
  const answer = await askRefresh(ctx, tokens.refreshToken, { responseKey: tokens.responseKey, ...options });
  return readTokens(ctx, answer, ctx.rules, tokens.identity);
}

/** token/validate; `params` besides the token. */
export function askValidate(
  ctx: ScenarioContext,
  params: Record<string, unknown>,
  caller?: Caller,
): Promise<Answer> {
  if (ctx.sealed)
    return askSealed(ctx, '/v2/token/validate', params, { caller: caller ?? ctx.caller('GENERATOR') });
  return askPlain(ctx, 'GET', `${ctx.prefix}/token/validate`, { caller, query: texts(params) });
}

/** Protocol §8.3: `true` or `false` in the generation's shape. */
export function expectValidated(
  ctx: ScenarioContext,
  answer: Answer,
  ...allowed: (boolean | 'not allowed')[]
): void {
  if (ctx.rules === 'v0') {
    expectAnswer(answer, ...allowed.map((value) => ({ status: 200, type: null, text: String(value) })));
  } else {
    expectAnswer(
      answer,
      ...allowed.map((value) => ({
        status: 200,
        type: answer.successType,
        json: { body: value === true, status: 'success' },
      })),
    );
  }
}

const EMPTY_V0 = { advertisement_token: '', advertising_token: '', refresh_token: '' };

/** The end of a refresh chain: no body, status optout (v0: empty strings). */
export const expectOptOut = (ctx: ScenarioContext, answer: Answer): void =>
  expectJson(answer, ctx.rules === 'v0' ? EMPTY_V0 : { status: 'optout' });

const MEMBERS: Record<string, readonly string[]> = {
  v0: ['advertisement_token', 'advertising_token', 'refresh_token'],
  v1: ['advertising_token', 'identity_expires', 'refresh_expires', 'refresh_from', 'refresh_token'],
  v2: [
    'advertising_token',
    'identity_expires',
    'refresh_expires',
    'refresh_from',
    'refresh_response_key',
    'refresh_token',
  ],
};
/** Protocol §12: the seed's era sent these as well. */
const SEED_EXTRAS = new Set(['user_token', 'tdid']);

/** Reads a successful answer; fails unless it has exactly the members of its generation (Protocol §5.6). */
export function readTokens(
  ctx: ScenarioContext,
  answer: Answer,
  shape: string = ctx.rules,
  identity?: Identity,
): Tokens {
  const body = expectSuccess(answer);
  const check = {
    sent: answer.sent,
    cause: 'a member of the answer is missing, superfluous or of another type',
  };
  if (!isRecord(body)) return fail(check, 'an object with tokens', show(body));
  const names = Object.keys(body).filter((name) => shape === 'v2' || !SEED_EXTRAS.has(name));
  expectEqual(check, 'members', names.sort(), MEMBERS[shape]);
  const text = (name: string): string => {
    const value = body[name];
    expectThat(check, typeof value === 'string' && value.length > 0, `${name}: a text`, value);
    return value;
  };
  const time = (name: string): number => {
    const value = body[name];
    expectThat(
      check,
      typeof value === 'number' && Number.isSafeInteger(value) && value > 1e12,
      `${name}: Unix milliseconds`,
      value,
    );
    return value;
  };
  const advertisingToken = text('advertising_token');
  if (shape === 'v0')
    expectEqual(
      check,
      'advertisement_token equal to advertising_token:',
      text('advertisement_token'),
      advertisingToken,
    );
  const tokens: Tokens = {
    advertisingToken,
    refreshToken: text('refresh_token'),
    times:
      shape === 'v0'
        ? undefined
        : {
            identityExpires: time('identity_expires'),
            refreshExpires: time('refresh_expires'),
            refreshFrom: time('refresh_from'),
          },
    responseKey: shape === 'v2' ? readResponseKey(answer, text('refresh_response_key')) : undefined,
    answer,
    identity,
  };
  expectSoundTokens(ctx, tokens);
  return tokens;
}

function readResponseKey(answer: Answer, text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length === 32 && key.toString('base64') === text && decodeBase64Strict(text).length === 32)
    return key;
  return fail(
    { sent: answer.sent },
    'refresh_response_key: base64 of 32 bytes',
    `${String(key.length)} bytes`,
  );
}

/** Decodes an advertising token; NotApplicable when no key for it can be had. */
export async function openAdvertisingToken(
  ctx: ScenarioContext,
  token: string,
  sent: string,
): Promise<AdvertisingTokenFields> {
  const keys = await keyMap(ctx);
  try {
    return decodeAdvertisingToken(token, keys);
  } catch (error) {
    if (isContractError(error, 'unknown_key') && !ctx.worldKeys)
      throw new ContractError('not_applicable', 'no given client can see the keys of this token');
    if (!isContractError(error, 'malformed', 'unknown_key')) throw error;
    const check = { sent, cause: 'the layout, the keys or the text form of advertising tokens' };
    return fail(check, 'an advertising token as Protocol §5 has it', error.message);
  }
}

/** Decodes a refresh token, unwrapped if need be; undefined without the refresh keys, which only a world has. */
export function openRefreshToken(ctx: ScenarioContext, tokens: Tokens): RefreshTokenFields | undefined {
  const keys: Keys | undefined = ctx.worldKeys;
  if (!keys) return undefined;
  const check = {
    sent: tokens.answer.sent,
    cause: 'the layout, the keys or the text form of refresh tokens',
  };
  try {
    if (!tokens.responseKey) return decodeRefreshToken(tokens.refreshToken, keys);
    const outer = unwrapRefreshToken(tokens.refreshToken, keys);
    expectEqual(check, 'scope byte of the wrapper', outer.scopeByte, ctx.target.scope << 4);
    expectThat(
      check,
      outer.refreshResponseKey.equals(tokens.responseKey),
      'the same response key inside and outside',
      'two keys',
    );
    const inner = decodeRefreshToken(outer.refreshToken, keys);
    expectEqual(check, 'key id of the wrapper', outer.keyId, inner.key_id);
    return inner;
  } catch (error) {
    if (!isContractError(error, 'malformed', 'unknown_key')) throw error;
    return fail(check, 'a refresh token as Protocol §5 has it', error.message);
  }
}
