/** Token requests of every generation, and their answers (Protocol §5.6, §8.1-8.3). */
import { ContractError } from '../spec/contract-error.ts';
import type { Caller } from '../target/credentials.ts';
import { isPhone, type Identity } from '../target/identities.ts';
import type { Answer, Tokens } from '../check/answer.ts';
import { expectAnswer, expectJson } from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { openBare } from '../context/opening.ts';
import { askSealed } from '../context/sealing.ts';
import { readTokens } from './read-tokens.ts';

/** v0 and some profiles do not support phone numbers. */
export function supportsIdentity(ctx: ScenarioContext, identity: Identity): boolean {
  return !isPhone(identity) || (ctx.rules !== 'v0' && ctx.target.phone);
}

export function requireIdentity(ctx: ScenarioContext, identity: Identity): void {
  if (!supportsIdentity(ctx, identity))
    throw new ContractError('not_applicable', 'this generation or profile does not support phone numbers');
}

/** token/generate with any parameters. */
export function askGenerate(
  ctx: ScenarioContext,
  params: Record<string, unknown>,
  caller: Caller = ctx.caller(),
): Promise<Answer> {
  if (ctx.sealed) {
    // v5.56 requires it of sites created after September 2023; current versions ignore it (Protocol §8.1.4).
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

interface RefreshOptions {
  caller?: Caller;
  binary?: boolean;
  headers?: Record<string, string>;
  /** Opens the answer to a 388-character token. */
  responseKey?: Buffer | undefined;
}

/** token/refresh with any text as token. */
export async function askRefresh(
  ctx: ScenarioContext,
  token: string,
  options: RefreshOptions = {},
): Promise<Answer> {
  const { caller, binary = false, headers = {}, responseKey } = options;
  if (!ctx.sealed)
    return askPlain(ctx, 'GET', `${ctx.prefix}/token/refresh`, {
      caller,
      headers,
      query: { refresh_token: token },
    });
  const type = binary ? 'application/octet-stream' : 'text/plain';
  return askPlain(ctx, 'POST', '/v2/token/refresh', {
    caller,
    body: token,
    headers: { 'content-type': type, ...headers },
    ...(responseKey
      ? {
          successType: type,
          open: (reply, opened) => openBare('envelope/response-key', reply, opened, responseKey),
        }
      : {}),
  });
}

export async function refresh(
  ctx: ScenarioContext,
  tokens: Tokens,
  options: RefreshOptions = {},
): Promise<Tokens> {
  const answer = await askRefresh(ctx, tokens.refreshToken, { responseKey: tokens.responseKey, ...options });
  return readTokens(ctx, answer, ctx.rules, tokens.identity);
}

/** token/validate; `params` include the token. */
export function askValidate(
  ctx: ScenarioContext,
  params: Record<string, unknown>,
  caller?: Caller,
): Promise<Answer> {
  if (ctx.sealed)
    return askSealed(ctx, '/v2/token/validate', params, { caller: caller ?? ctx.caller('GENERATOR') });
  return askPlain(ctx, 'GET', `${ctx.prefix}/token/validate`, { caller, query: texts(params) });
}

/** The answer of validate is one of `allowed`, in the shape of the generation (Protocol §8.3). */
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

/** The answer for an opt-out: status optout without a body, empty strings in v0. */
export const expectOptOut = (ctx: ScenarioContext, answer: Answer): void =>
  expectJson(answer, ctx.rules === 'v0' ? EMPTY_V0 : { status: 'optout' });
