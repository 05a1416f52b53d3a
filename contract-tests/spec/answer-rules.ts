/** The rules for every answer, in all scenarios. A departure is reported as a finding of the rule, not of the scenario. */
import { requirement } from './requirements.ts';

export interface AnswerRule {
  readonly id: AnswerRuleId;
  /** Id of a requirement (requirements.ts). */
  readonly requirement: string;
  readonly says: string;
}

const rows = {
  'http/answered': ['R90', 'every request is answered in HTTP, on a connection that stays open'],
  'answers/constant': ['R93', 'the same request is answered in the same way whenever it is sent'],
  'headers/vary': ['R5', 'every answer has vary: origin'],
  'headers/allow-origin': ['R5', "every answer has the request's Origin as access-control-allow-origin"],
  'headers/cors': ['R5', 'no answer except a preflight has another CORS header'],
  'headers/www-authenticate': ['R1', 'no answer has the header www-authenticate'],
  'headers/trace-id': ['R14', 'the trace id of a request is echoed as it came'],
  'headers/content-type': ['R91', 'every answer has the content type of its kind'],
  'envelope/opens': ['R16', 'the client secret opens every sealed answer'],
  'envelope/response-key': ['R40', 'the response key opens the answer to a wrapped refresh token'],
  'envelope/shared-key': ['R71', 'the shared key opens the answer of client-generate'],
  'envelope/json': ['R16', 'a sealed answer holds JSON after its time and nonce'],
  'envelope/nonce': ['R17', 'every sealed answer has the nonce of its request'],
  'envelope/iv': ['R18', 'no IV of a sealed answer comes twice'],
  'answers/clock': ['R92', "the times in answers and tokens are the operator's clock, in milliseconds"],
  'answers/times': ['R36', 'now < refresh_from <= identity_expires <= refresh_expires'],
  'answers/lifetimes': ['R36', 'the lifetimes of tokens are those of the settings, and constant'],
  'tokens/members': ['S3', 'an answer with tokens has exactly the members of its generation'],
  'tokens/flat-members': ['S5', 'a v0 answer with tokens has exactly its members, without a wrapping'],
  'tokens/form': ['R32', 'every advertising token has the form, version and type byte of its person'],
  'tokens/wrapper': ['R39', 'every refresh token of v2 is wrapped, with a new response key'],
  'tokens/fresh': ['S7', 'no token and no IV inside one comes twice'],
  'tokens/layout': ['R38', 'tokens decode with the keys they name'],
  'tokens/keys': ['R33', 'tokens are encrypted with the active keys'],
  'tokens/owner': ['R34', 'both tokens have the same owner and the constant operator fields'],
  'tokens/inner-times': ['R35', 'the times inside tokens agree with those of the answer'],
  'tokens/person': ['R37', 'the tokens of an identity hold its raw UID and first-level hash'],
  'identities/raw-uid': ['R63', 'the raw UID of an identity follows from the salts, and is constant'],
  'identities/bucket': ['R62', 'the bucket of an identity is constant'],
  'identities/rotation': ['R59', 'previous raw UID and time of rotation follow from the salts'],
  'maps/items': ['R53', 'identity map answers every identifier once, in order, with exactly its members'],
  'maps/lists': ['R57', 'v3 map answers four lists parallel to the request, with exactly their members'],
  'keys/constant': ['R68', 'a key endpoint gives the same keys whenever it is asked'],
} as const satisfies Readonly<Record<string, readonly [requirement: string, says: string]>>;

export type AnswerRuleId = keyof typeof rows;

export const answerRules = Object.freeze(
  Object.fromEntries(
    Object.entries(rows).map(([id, [of, says]]) => [id, { id, requirement: requirement(of).id, says }]),
  ),
) as Readonly<Record<AnswerRuleId, AnswerRule>>;

export const answerRuleList: readonly AnswerRule[] = Object.values(answerRules);

export const isAnswerRule = (id: string): id is AnswerRuleId => Object.hasOwn(rows, id);
