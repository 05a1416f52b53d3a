/** Every mutant. */

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
import { type Composition, type Mutant, composition } from './mutant.ts';
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

/** How to put together the operator with the fault of an id; undefined when there is no such mutant. */
export function compositionOfMutant(id: string): Composition | undefined {
  const mutant = mutants.find((one) => one.id === id);
  return mutant && composition(mutant);
}
