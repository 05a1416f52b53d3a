/** The facts that scenarios start from. They are established before the first scenario, so that no verdict depends on order. */
import { apis, type Api } from '../spec/api.ts';
import { ContractError, isContractError } from '../spec/contract-error.ts';
import type { Keys } from '../wire/index.ts';
import { withRole } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import { email, ORDINARY_EMAIL } from '../target/identities.ts';
import type { Target } from '../target/target.ts';
import { fail } from '../check/departure.ts';
import { isRecord } from '../check/expect.ts';
import { RunWatch, Watch } from '../check/watch.ts';
import { answerOf } from '../context/asking.ts';
import { ScenarioContext } from '../context/context.ts';
import { openSealed } from '../context/opening.ts';
import type { Facts, RunMemory } from '../context/run-memory.ts';
import { keysOf, type KeyEndpoint } from '../steps/keys.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { generate } from '../steps/tokens.ts';
import { CAUSE_OF_CHANGE, LOOK, type SealedAnswer } from './agreement.ts';
import { findPersonCheck } from './person-check.ts';

/** Odd, so that there is a majority when one answer is wrong. */
const ATTEMPTS = 5;

const nothing: Facts = {
  clockAhead: 0,
  keys: new Map(),
  personCheck: { state: 'not served', says: '', caller: undefined, isNeeded: false },
};

/**
 * Asks for tokens and keys. A departure in an answer is a finding of its rule, or of a scenario.
 *
 * @param sealed the sealed answers to the look
 */
async function establishFacts(
  target: Target,
  run: RunWatch,
  sealed: readonly SealedAnswer[],
): Promise<Facts> {
  const contextOf = (api: Api, facts: Facts, watch = run): ScenarioContext => {
    const memory: RunMemory = { facts, once: new Map() };
    return new ScenarioContext(target, api, 'publisher', memory, new Watch(watch, LOOK));
  };
  const served = apis.filter((api) => api !== 'v3' && target.served[api]);
  await Promise.all(served.map((api) => askForTokens(contextOf(api, nothing), run)));
  const clockAhead = run.clockAhead ?? 0;
  const keys = new Map<number, Buffer>();
  for (const api of served) {
    for (const [id, secret] of await askForKeys(contextOf(api, { ...nothing, clockAhead })))
      keys.set(id, secret);
  }
  // What is wrong with these answers is a finding of the scenarios about validate, if they run.
  const aside = contextOf('v2', { ...nothing, clockAhead, keys }, new RunWatch());
  const personCheck = await findPersonCheck(aside);
  const facts = { clockAhead, keys, personCheck };
  watchTokensOf(contextOf('v2', facts), sealed);
  return facts;
}

/** Watches the tokens in the answers to the look. */
function watchTokensOf(ctx: ScenarioContext, sealed: readonly SealedAnswer[]): void {
  for (const { reply, caller, nonce, path, payload } of sealed) {
    if (
      reply.status !== 200 ||
      !path.endsWith('/generate') ||
      !isRecord(payload) ||
      payload['email'] !== ORDINARY_EMAIL
    )
      continue;
    const answer = answerOf(ctx, reply, `POST ${path} ${JSON.stringify(payload)} (sealed) as ${caller.name}`);
    answer.successType = 'text/plain';
    try {
      openSealed(reply, answer, caller.secret ?? Buffer.alloc(0), nonce);
      readTokens(ctx, answer, 'v2', email(ORDINARY_EMAIL));
    } catch (error) {
      // A departure that all answers share is a finding of the scenarios.
      if (!(error instanceof ContractError)) throw error;
    }
  }
}

/** The facts; why there are none when the target went away meanwhile. */
export const factsOrEnd = (...asked: Parameters<typeof establishFacts>): Promise<Facts | string> =>
  establishFacts(...asked).catch((error: unknown) => {
    if (isContractError(error, 'unreachable')) return error.message;
    throw error;
  });

/** Sends the same request several times: either all answers depart, or each departure is a finding. */
async function askForTokens(ctx: ScenarioContext, run: RunWatch): Promise<void> {
  const attempts = Array.from({ length: ATTEMPTS }, () => errorOf(generate(ctx, email(ORDINARY_EMAIL))));
  const errors = await Promise.all(attempts);
  if (errors.every((error) => error !== undefined)) return;
  for (const error of errors) {
    run.look('answers/constant', LOOK, () => {
      if (isContractError(error, 'departure')) throw error;
    });
  }
}

async function errorOf(act: Promise<unknown>): Promise<unknown> {
  try {
    await act;
    return undefined;
  } catch (error) {
    if (error instanceof ContractError && error.code !== 'unreachable') return error;
    throw error;
  }
}

/** The keys of three answers. An answer without keys is a finding if another one has keys. */
async function keysThrice(ctx: ScenarioContext, caller: Caller, endpoint: KeyEndpoint): Promise<Keys[]> {
  const answers: (Keys | undefined)[] = [];
  for (let i = 0; i < 3; i++) {
    const keys = await keysOf(ctx, caller, endpoint).catch((error: unknown) => {
      if (error instanceof ContractError) return undefined;
      throw error;
    });
    answers.push(keys);
  }
  const found = answers.filter((keys) => keys !== undefined);
  for (const keys of found.length > 0 ? answers : []) {
    ctx.watch.look('answers/constant', () => {
      const check = {
        sent: `key/${endpoint} as ${caller.name}`,
        cause: CAUSE_OF_CHANGE,
      };
      if (keys === undefined)
        fail(check, 'keys, as in other answers', 'an answer without keys that can be read');
    });
  }
  return found;
}

/** The keys that callers with a role for keys see in at least two of three answers. */
async function askForKeys(ctx: ScenarioContext): Promise<Keys> {
  const found = new Map<number, Buffer>();
  for (const [role, endpoint] of [
    ['ID_READER', 'latest'],
    ['SHARER', 'sharing'],
  ] as const) {
    if (endpoint === 'sharing' && !ctx.sealed) continue;
    for (const caller of withRole(ctx.target, role)) {
      if (ctx.sealed && !caller.secret) continue;
      const votes = new Map<string, number>();
      for (const keys of await keysThrice(ctx, caller, endpoint)) {
        for (const [id, secret] of keys) {
          const vote = `${String(id)} ${secret.toString('hex')}`;
          votes.set(vote, (votes.get(vote) ?? 0) + 1);
        }
      }
      for (const [vote, count] of votes) {
        const [id, secret = ''] = vote.split(' ');
        if (count > 1) found.set(Number(id), Buffer.from(secret, 'hex'));
      }
    }
  }
  return found;
}
