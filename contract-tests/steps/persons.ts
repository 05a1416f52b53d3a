/** Which person a token belongs to, by token/validate of v2 (Protocol §8.3.3). */
import { ContractError, needError } from '../spec/contract-error.ts';
import type { Caller } from '../target/credentials.ts';
import { email, OTHER_EMAIL, type Identity } from '../target/identities.ts';
import type { Tokens } from '../check/answer.ts';
import { fail, type Check } from '../check/departure.ts';
import { expectAnswer, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';

/** @throws ContractError `not_applicable` if validate does not compare tokens with arbitrary identities */
export function requirePersonCheck(ctx: ScenarioContext): void {
  const { state, says, caller } = ctx.facts.personCheck;
  if (state !== 'works') throw needError(state === 'unauthorised' ? 'own key' : 'keys', says);
  if (caller !== ctx.caller('GENERATOR'))
    throw new ContractError('not_applicable', 'validate compares tokens for another of the given publishers');
}

/** @throws ContractError `not_applicable` also if the keys open the tokens, which tells more */
export function requireNeededPersonCheck(ctx: ScenarioContext): void {
  requirePersonCheck(ctx);
  if (!ctx.facts.personCheck.isNeeded)
    throw new ContractError(
      'not_applicable',
      'the given keys open the tokens, which other scenarios look into',
    );
}

/** Whether validate says that a token belongs to an identity. */
export async function isOf(
  ctx: ScenarioContext,
  token: string,
  identity: Identity,
  caller: Caller = ctx.caller('GENERATOR'),
): Promise<boolean> {
  const params = { token, [identity.kind]: identity.value };
  const answer = await askSealed(ctx, '/v2/token/validate', params, { caller });
  const said = (body: boolean) => ({ status: 200, type: 'text/plain', json: { body, status: 'success' } });
  expectAnswer(answer, said(true), said(false));
  return (answer.json as { body: boolean }).body;
}

/** The tokens belong to `identity` and not to another person. */
export async function expectPerson(
  ctx: ScenarioContext,
  tokens: Tokens,
  identity: Identity,
  cause = 'the token is of another person',
  caller?: Caller,
): Promise<void> {
  const check: Check = { sent: `${tokens.answer.sent}, then validate with ${identity.value}`, cause };
  const isRight = await isOf(ctx, tokens.advertisingToken, identity, caller);
  expectThat(check, isRight, `a token of ${identity.value}`, 'validate says that it is of another person');
}

/** Validate does not answer true for every identity. */
export async function expectNobodyElse(ctx: ScenarioContext, tokens: Tokens, caller?: Caller): Promise<void> {
  if (!(await isOf(ctx, tokens.advertisingToken, email(OTHER_EMAIL), caller))) return;
  const check = { sent: `${tokens.answer.sent}, then validate with ${OTHER_EMAIL}` };
  fail(check, 'a token of another person', `validate says that it is of ${OTHER_EMAIL}`);
}
