/** The key endpoints, asked by every client that may (Protocol §8.10). */
import { needError } from '../spec/contract-error.ts';
import type { Caller } from '../target/credentials.ts';
import { hasRole, type Role } from '../target/roles.ts';
import type { Answer } from '../check/answer.ts';
import type { Check } from '../check/departure.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askKeys, readKeys, type KeyEndpoint } from './keys.ts';

/** The master keyset's id as key/sharing shows it. */
export const masterInAnswers = (ctx: ScenarioContext): number =>
  ctx.target.world?.master_keyset_id_in_responses ?? 9_999_999;

export interface Asked {
  endpoint: KeyEndpoint;
  caller: Caller;
  answer: Answer;
  keys: Record<string, unknown>[];
  check: Check;
}

/** Asks the endpoints of the generation once as each client that may. */
export const askEveryCaller = (ctx: ScenarioContext, ...endpoints: KeyEndpoint[]): Promise<Asked[]> =>
  askAs(ctx, endpoints, ['ID_READER', 'SHARER']);

/** Asks as each client of the scenario's participant: a sharer asks by key/sharing, a DSP by all of them. */
export const askParticipants = (ctx: ScenarioContext): Promise<Asked[]> =>
  ctx.participant === 'sharer'
    ? askAs(ctx, ['sharing'], ['SHARER'])
    : askAs(ctx, ['latest', 'sharing', 'bidstream'], ['ID_READER']);

async function askAs(
  ctx: ScenarioContext,
  endpoints: readonly KeyEndpoint[],
  roles: readonly Role[],
): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const endpoint of endpoints) {
    if (!ctx.sealed && endpoint !== 'latest') continue;
    const callers = ctx.target.callers.filter(
      (caller) =>
        !caller.disabled &&
        (caller.siteId ?? 3) > 2 &&
        (!ctx.sealed || caller.secret) &&
        roles.some((role) => hasRole(caller, role) && (role === 'ID_READER' || endpoint === 'sharing')),
    );
    for (const caller of callers) {
      const answer = await askKeys(ctx, endpoint, caller);
      asked.push({
        endpoint,
        caller,
        answer,
        keys: readKeys(answer, endpoint),
        check: { sent: answer.sent },
      });
    }
  }
  if (asked.length === 0) throw needError('keys', 'no credential that may ask for keys was given');
  return asked;
}
