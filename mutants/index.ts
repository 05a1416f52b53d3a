/** Every mutant. */

import { type Composed, compose } from '../mock-server/compose.ts';
import { ConfigurationError, type MockOperatorOptions, checkOptions } from '../mock-server/options.ts';
import { authMutants } from './auth.ts';
import { contentTypesMutants } from './content-types.ts';
import { corsMutants } from './cors.ts';
import { cstgMutants } from './cstg.ts';
import { envelopeTimeMutants } from './envelope-time.ts';
import { envelopeMutants } from './envelope.ts';
import { generateMutants } from './generate.ts';
import { hashingMutants } from './hashing.ts';
import { httpMutants } from './http.ts';
import { identityMapMutants } from './identity-map.ts';
import { ivReuseMutants } from './iv-reuse.ts';
import { keysMutants } from './keys.ts';
import { lifetimesMutants } from './lifetimes.ts';
import { messagesMutants } from './messages.ts';
import { type Mutant, replacementsOf } from './mutant.ts';
import { normalisationMutants } from './normalisation.ts';
import { optOutMutants } from './opt-out.ts';
import { refreshAnswerMutants } from './refresh-answers.ts';
import { refreshMutants } from './refresh.ts';
import { rolesMutants } from './roles.ts';
import { saltsMutants } from './salts.ts';
import { statusCodesMutants } from './status-codes.ts';
import { tokenBytesMutants } from './token-bytes.ts';
import { validateMutants } from './validate.ts';

export { stageWorld } from './stage.ts';
export { type Mutant, type Stage, areas } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...normalisationMutants,
  ...hashingMutants,
  ...saltsMutants,
  ...tokenBytesMutants,
  ...ivReuseMutants,
  ...lifetimesMutants,
  ...generateMutants,
  ...refreshMutants,
  ...refreshAnswerMutants,
  ...optOutMutants,
  ...validateMutants,
  ...authMutants,
  ...rolesMutants,
  ...statusCodesMutants,
  ...messagesMutants,
  ...contentTypesMutants,
  ...httpMutants,
  ...envelopeMutants,
  ...envelopeTimeMutants,
  ...corsMutants,
  ...keysMutants,
  ...cstgMutants,
  ...identityMapMutants,
];

/**
 * Composes the operator with the fault of a mutant. The profile and scope are those of its stage unless the options
 * name others.
 *
 * @throws ConfigurationError when there is no such mutant, or the options cannot work
 */
export async function composeMutant(id: string, options: MockOperatorOptions): Promise<Composed> {
  const mutant = mutants.find((one) => one.id === id);
  if (mutant === undefined) {
    throw new ConfigurationError(`{mutant}: expected an id that uid2-mock selftest --list names; got ${id}`);
  }
  const { profile, scope } = mutant.on ?? {};
  const staged = { profile, ...(options.world === undefined && { scope }), ...definedIn(options) };
  return compose(checkOptions(staged), replacementsOf(mutant));
}

/** The options without undefined members, which would hide the stage. */
const definedIn = (options: MockOperatorOptions): MockOperatorOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
