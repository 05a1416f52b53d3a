/** Consent in EUID, and differences between the recorded versions (Protocol §8.1.3-8.1.5, §6.3). */
import { ContractError, needError } from '../spec/contract-error.ts';
import type { Caller } from '../target/credentials.ts';
import { email, ORDINARY_EMAIL } from '../target/identities.ts';
import type { Answer } from '../check/answer.ts';
import { type Check } from '../check/departure.ts';
import { clientError, expectAnswer, expectEqual, expectError, expectJson } from '../check/expect.ts';
import type { Expected } from '../check/likely-cause.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { send } from '../steps/envelope-requests.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { askGenerate, askValidate, generate } from '../steps/tokens.ts';
import { theme } from './theme.ts';

/** Consent strings of vendor 21: sufficient in every version, without purpose 7, without the vendor. */
const SUFFICIENT = 'COztr8AOztr8AAHABAENAwCoAPJAAAAAAAYgAKgAACAAIAAA';
const WITHOUT_PURPOSE_7 = 'COztr8AOztr8AAHABAENAwCoAPBAAAAAAAYgAKgAACAAIAAA';
const WITHOUT_VENDOR = 'COztr8AOztr8AAHABAENAwCoAPJAAAAAAAYgALAAAFAAEAAA';

async function consent(ctx: ScenarioContext): Promise<void> {
  const ask = (tcf_consent_string: unknown) =>
    askGenerate(ctx, { email: ORDINARY_EMAIL, tcf_consent_string });
  const ignored = ctx.target.scope === 0;
  if ((ctx.target.world?.tcf_vendor_id ?? 21) !== 21)
    throw new ContractError('not_applicable', 'the consent strings of this scenario are for vendor 21');
  readTokens(ctx, await ask(SUFFICIENT));
  for (const text of [WITHOUT_PURPOSE_7, WITHOUT_VENDOR]) {
    const answer = await ask(text);
    if (ignored) readTokens(ctx, answer);
    else expectJson(answer, { status: 'insufficient_user_consent' });
  }
  for (const text of ['', 'garbage', null]) {
    const answer = await ask(text);
    if (ignored) readTokens(ctx, answer);
    else clientError(answer, 'User consent is invalid');
  }
}

async function policy(ctx: ScenarioContext): Promise<void> {
  const ask = (value: unknown, name = 'optout_check') =>
    askGenerate(ctx, { email: ORDINARY_EMAIL, [name]: value });
  readTokens(ctx, await ask(1));
  for (const name of ['optout_check', 'policy']) {
    const answer = await ask(2, name);
    if (ctx.old) clientError(answer, 'request body contains invalid argument(s)');
    else readTokens(ctx, answer);
  }
  const text = await ask('x');
  if (ctx.old) expectError(text, 500, 'unknown', 'Unknown error while generating token v2');
  else readTokens(ctx, text);
}

const SEPTEMBER_2023 = Date.UTC(2023, 8, 1) / 1000;

/** A publisher of a site whose clients were all created after August 2023: v5.56 requires optout_check 1 of it. */
function newPublisher(ctx: ScenarioContext): Caller | undefined {
  const { callers } = ctx.target;
  const oldest = (siteId: number | undefined): number =>
    Math.min(...callers.filter((one) => one.siteId === siteId).map((one) => one.created));
  return callers.find(
    (one) =>
      !one.disabled &&
      one.serviceId === 0 &&
      one.roles?.includes('GENERATOR') &&
      one.secret &&
      oldest(one.siteId) >= SEPTEMBER_2023,
  );
}

async function newSite(ctx: ScenarioContext): Promise<void> {
  const caller = newPublisher(ctx);
  if (!caller) throw needError('other key', 'no publisher that was created after August 2023 was given');
  const message = 'Required opt-out policy argument for token/generate is missing or not set to 1';
  for (const params of [{ email: ORDINARY_EMAIL }, { email: ORDINARY_EMAIL, optout_check: 0 }]) {
    const answer = await askSealed(ctx, '/v2/token/generate', params, { caller });
    if (ctx.old) clientError(answer, message);
    else readTokens(ctx, answer);
  }
  await generate(ctx, email(ORDINARY_EMAIL), caller);
}

/** Whether preflights of validate allow Authorization, and whether its answers vary twice. */
async function validateSigns(
  ctx: ScenarioContext,
): Promise<Check & { authorization: boolean; twice: boolean }> {
  const preflight = await askPlain(ctx, 'OPTIONS', '/v2/token/validate', {
    headers: { origin: 'https://example.com', 'access-control-request-method': 'POST' },
  });
  const allowed = preflight.reply.headers.get('access-control-allow-headers')?.join() ?? '';
  const { sent, reply } = await askValidate(ctx, {});
  const vary = reply.headers.get('vary')?.join(',').replaceAll(' ', '');
  return { sent, authorization: allowed.endsWith(',Authorization'), twice: vary === 'origin,origin' };
}

async function validateHeaders(ctx: ScenarioContext): Promise<void> {
  const { authorization, twice, ...check } = await validateSigns(ctx);
  expectEqual(check, 'Authorization allowed', authorization, !ctx.old);
  expectEqual(check, 'vary twice', twice, !ctx.old);
}

/** Current versions have a second CORS handler on this route, which does both. */
async function oneOfBothCors(ctx: ScenarioContext): Promise<void> {
  const { authorization, twice, ...check } = await validateSigns(ctx);
  expectEqual(check, 'vary twice, as Authorization is allowed:', twice, authorization);
}

const JSON_TYPE = 'application/json';

/** Tokens, as of a version that ignores the policy, or exactly the refusal of v5.56. */
async function ignoredOrRefused(
  ctx: ScenarioContext,
  answer: Answer,
  status: number,
  json: unknown,
): Promise<void> {
  const refusal = { status, type: JSON_TYPE, json };
  const tokens = { status: 200, type: answer.successType };
  expectAnswer(answer, ...ctx.either<Expected>(refusal, tokens));
  if (answer.status === 200) readTokens(ctx, answer);
  return Promise.resolve();
}

async function oneOfBothPolicies(ctx: ScenarioContext): Promise<void> {
  const ask = (value: unknown, name: string) => askGenerate(ctx, { email: ORDINARY_EMAIL, [name]: value });
  const invalid = { message: 'request body contains invalid argument(s)', status: 'client_error' };
  const unknown = { message: 'Unknown error while generating token v2', status: 'unknown' };
  for (const name of ['optout_check', 'policy']) {
    await ignoredOrRefused(ctx, await ask(2, name), 400, invalid);
    await ignoredOrRefused(ctx, await ask('x', name), 500, unknown);
    readTokens(ctx, await ask(1, name));
  }
  const caller = newPublisher(ctx);
  if (!caller) return;
  const message = 'Required opt-out policy argument for token/generate is missing or not set to 1';
  for (const params of [{ email: ORDINARY_EMAIL }, { email: ORDINARY_EMAIL, optout_check: 0 }]) {
    const answer = await askSealed(ctx, '/v2/token/generate', params, { caller });
    await ignoredOrRefused(ctx, answer, 400, { message, status: 'client_error' });
  }
}

/** Base64 sent as application/octet-stream is read and answered in base64, or its first byte is refused as version. */
async function oneOfBothFallbacks(ctx: ScenarioContext): Promise<void> {
  const answer = await send(ctx, { headers: { 'content-type': 'application/octet-stream' } });
  const refusal = { message: 'Invalid body: Version mismatch.', status: 'client_error' };
  const old = { status: 400, type: JSON_TYPE, json: refusal };
  expectAnswer(answer, ...ctx.either<Expected>(old, { status: 200, type: 'text/plain' }));
  answer.successType = 'text/plain';
  if (answer.status === 200) readTokens(ctx, answer, 'v2');
}

export const versionScenarios = [
  ...theme('consent', 'publisher', [
    [
      'tcf',
      'R31',
      'v2',
      'a consent string is ignored in UID2; in EUID it must be valid and give the consent',
      consent,
    ],
  ]),
  ...theme('versions', 'publisher', [
    [
      'one-of-both-policies',
      'R88',
      'v2',
      'optout_check and policy are ignored, or refused as by v5.56',
      oneOfBothPolicies,
    ],
    [
      'one-of-both-fallbacks',
      'R88',
      'v2',
      'base64 sent as application/octet-stream is read, or refused as by v5.56',
      oneOfBothFallbacks,
    ],
    [
      'one-of-both-cors',
      'R88',
      'v2',
      'validate has the CORS headers of current versions, or those of v5.56',
      oneOfBothCors,
    ],
  ]),
  ...theme(
    'versions',
    'publisher',
    [
      ['opt-out-policy', 'R85', 'v2', 'only v5.56 checks optout_check and policy', policy],
      ['new-site-policy', 'R85', 'v2', 'v5.56 requires optout_check 1 from newer sites', newSite],
      [
        'validate-headers',
        'R86',
        'v2',
        'validate of current versions allows Authorization and varies twice',
        validateHeaders,
      ],
    ],
    'SHOULD',
  ),
];
