/** What scenarios start from: asked several times before the first of them, so that none depends on their order. */
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
import { LOOK, type SealedAnswer } from './agreement.ts';
import { findPersonCheck } from './person-check.ts';

/** An odd number, so that a majority is right when one answer is wrong. */
const ASKINGS = 5;

const nothing: Facts = {
  clockAhead: 0,
  keys: new Map(),
  personCheck: { state: 'not served', says: '', caller: undefined, isNeeded: false },
};

/**
 * Asks for tokens and keys; whatever is wrong with an answer is a finding of its rule, or of a scenario.
 *
 * @param sealed what the look was answered
 */
export async function establishFacts(
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

/** Watches the tokens that the look was given. */
function watchTokensOf(ctx: ScenarioContext, sealed: readonly SealedAnswer[]): void {
  for (const { reply, caller, nonce, path, payload } of sealed) {
    if (!path.endsWith('/generate') || !isRecord(payload) || payload['email'] !== ORDINARY_EMAIL) continue;
    const answer = answerOf(ctx, reply, `POST ${path} ${JSON.stringify(payload)} (sealed) as ${caller.name}`);
    answer.successType = 'text/plain';
    try {
      openSealed(reply, answer, caller.secret ?? Buffer.alloc(0), nonce);
      readTokens(ctx, answer, 'v2', email(ORDINARY_EMAIL));
    } catch (error) {
      // The scenarios look at what all askings agree in.
      if (!(error instanceof ContractError)) throw error;
    }
  }
}

/** The same request several times: all answers fail in the same way, or none does. */
async function askForTokens(ctx: ScenarioContext, run: RunWatch): Promise<void> {
  const askings = Array.from({ length: ASKINGS }, () => errorOf(generate(ctx, email(ORDINARY_EMAIL))));
  const errors = await Promise.all(askings);
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
    if (error instanceof ContractError) return error;
    throw error;
  }
}

/** The keys of three answers; that one of them has none is a finding when another has some. */
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
        cause: 'the same request is answered in different ways',
      };
      if (keys === undefined)
        fail(check, 'keys, as in other answers', 'an answer without keys that can be read');
    });
  }
  return found;
}

/** Keys that callers with a role for keys see; those that most of three answers have. */
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
