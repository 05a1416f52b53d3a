/** Parameters of validate, and its prerequisites (Protocol §8.3). */
import { ContractError } from '../spec/contract-error.ts';
import { hasOwnKey } from '../target/callers.ts';
import { email, ORDINARY_EMAIL, type Identity } from '../target/identities.ts';
import type { Answer } from '../check/answer.ts';
import type { ScenarioContext } from '../context/context.ts';
import { validateIdentities } from './test-identities.ts';

export const param = (identity: Identity): Record<string, string> => ({ [identity.kind]: identity.value });

export function validateIdentity(ctx: ScenarioContext): Identity {
  const [first] = validateIdentities(ctx);
  return first ?? email('validate@example.com');
}

export const ordinary = email(ORDINARY_EMAIL);

/**
 * Current versions refuse every token for a site without a key of its own.
 * @throws ContractError `not_applicable` for such a caller.
 */
export function requireOwnKey(ctx: ScenarioContext, answer?: Answer): void {
  if (ctx.old) return;
  const own = hasOwnKey(ctx.target, ctx.caller());
  const refused = answer?.status === 400 && answer.text.includes('Unauthorised to validate token');
  if (own === false || (own === undefined && refused))
    throw new ContractError(
      'not_applicable',
      'the site has no key of its own, so that none of its tokens can be validated',
    );
}
