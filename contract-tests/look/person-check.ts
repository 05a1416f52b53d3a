/** Whether token/validate of v2 compares tokens with identities for a given publisher (Protocol §8.3.3). */
import { ContractError, isContractError } from '../spec/contract-error.ts';
import { decodeAdvertisingToken } from '../wire/index.ts';
import { withRole } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import { email, identityHash, ORDINARY_EMAIL, OTHER_EMAIL, type Identity } from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import { mostCommon } from '../check/watch.ts';
import type { ScenarioContext } from '../context/context.ts';
import type { PersonCheck, PersonCheckState } from '../context/run-memory.ts';
import { askValidate, generate } from '../steps/tokens.ts';
import { validateIdentity } from '../steps/validate-requests.ts';

/** Odd, so that there is a majority when one answer is wrong. */
const ATTEMPTS = 3;
/** At most so many publishers are tried. */
const PUBLISHERS = 3;

/** What each state means for the run, in one sentence. */
const SENTENCES: Readonly<Record<PersonCheckState, string>> = {
  works: 'token/validate tells whether a token belongs to an identity',
  unauthorised:
    'token/validate refuses tokens of a site without a key of its own: checks that need its comparison are skipped',
  'test identities':
    'token/validate compares tokens of test identities only, as v5.56 does: checks of other identities are skipped',
  'not served':
    'there is no token/validate for a publisher with a secret: checks that need its comparison are skipped',
  unreliable:
    'token/validate does not tell an identity from another: checks that need its comparison are skipped',
};

/** `ctx`: of v2, with the keys that are known. */
export async function findPersonCheck(ctx: ScenarioContext): Promise<PersonCheck> {
  const none = checkOf('not served', undefined, true);
  if (!ctx.target.served.v2) return none;
  const isNeeded = !(await isOpened(ctx));
  const publishers = withRole(ctx.target, 'GENERATOR').filter(({ secret }) => secret?.length === 32);
  if (publishers.length > 0) publishers.unshift(ctx.caller('GENERATOR'));
  const found: PersonCheck[] = [];
  for (const caller of [...new Set(publishers)].slice(0, PUBLISHERS)) {
    const state = await stateOf(ctx, caller);
    if (state === 'works') return checkOf(state, caller, isNeeded);
    found.push(checkOf(state, undefined, isNeeded));
  }
  return found[0] ?? { ...none, isNeeded };
}

const checkOf = (state: PersonCheckState, caller: Caller | undefined, isNeeded: boolean): PersonCheck => ({
  state,
  says: SENTENCES[state],
  caller,
  isNeeded,
});

/** Keys open the tokens, and the right raw UID is known by salts or by an identity map. */
async function isOpened(ctx: ScenarioContext): Promise<boolean> {
  const identity = email(ORDINARY_EMAIL);
  const mappers = withRole(ctx.target, 'MAPPER').filter(({ secret }) => secret?.length === 32);
  const isMapped = expectedIdentity(ctx.target.world, identityHash(identity), 0, Date.now()) !== undefined;
  if (ctx.keys.size === 0 || !(isMapped || mappers.length > 0)) return false;
  const tokens = await attempt(generate(ctx, identity));
  if (!tokens) return true;
  try {
    decodeAdvertisingToken(tokens.advertisingToken, ctx.keys);
    return true;
  } catch (error) {
    return !isContractError(error, 'unknown_key');
  }
}

type Said = 'true' | 'false' | 'unauthorised' | 'nothing';

async function stateOf(ctx: ScenarioContext, caller: Caller): Promise<PersonCheckState> {
  const right = email(ORDINARY_EMAIL);
  const ofOwn = await whatIsSaid(ctx, caller, right, right);
  if (ofOwn === 'unauthorised') return 'unauthorised';
  if (ofOwn === 'true') {
    const ofOther = await whatIsSaid(ctx, caller, right, email(OTHER_EMAIL));
    return ofOther === 'false' ? 'works' : 'unreliable';
  }
  const test = validateIdentity(ctx);
  const ofTest = ofOwn === 'false' && (await whatIsSaid(ctx, caller, test, test));
  return ofTest === 'true' ? 'test identities' : 'unreliable';
}

/** What validate says most often of a token of `owner` and of `asked`. */
async function whatIsSaid(
  ctx: ScenarioContext,
  caller: Caller,
  owner: Identity,
  asked: Identity,
): Promise<Said> {
  const said: Said[] = [];
  for (let i = 0; i < ATTEMPTS; i++) {
    const tokens = await attempt(generate(ctx, owner, caller));
    const params = { token: tokens?.advertisingToken ?? '', [asked.kind]: asked.value };
    const answer = await attempt(askValidate(ctx, params, caller));
    const json = answer?.json as { body?: unknown } | undefined;
    if (answer?.status === 400 && answer.text.includes('Unauthorised to validate token'))
      said.push('unauthorised');
    else said.push(typeof json?.body === 'boolean' ? (json.body ? 'true' : 'false') : 'nothing');
  }
  return mostCommon(said) ?? 'nothing';
}

/** Undefined if the answer departs: the scenarios report that. */
async function attempt<T>(act: Promise<T>): Promise<T | undefined> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof ContractError && error.code !== 'unreachable') return undefined;
    throw error;
  }
}
