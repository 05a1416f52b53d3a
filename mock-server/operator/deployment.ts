/**
 * A deployment: what cannot change while an operator runs. Its world is an immutable value. A new world makes a new
 * deployment.
 */

import type { Primitives } from '../core/primitives.ts';
import type { RawUidSettings, Scope } from '../core/raw-uid.ts';
import type { TestIdentity } from '../core/test-identities.ts';
import type { Profile } from './profile.ts';
import type { Rules } from './rules.ts';
import type { OptOutIndex } from './state/opt-outs.ts';
import type { Lifetimes } from './token-times.ts';
import type { Directory } from './world/directory.ts';
import type { World } from './world/schema.ts';

export interface DeploymentParts {
  readonly world: World;
  readonly profile: Profile;
  readonly rules: Rules;
  readonly primitives: Primitives;
}

export interface Deployment extends DeploymentParts {
  readonly lifetimes: Lifetimes;
  readonly directory: Directory;
  readonly scope: Scope;
  /** whether phone identifiers are read */
  readonly phones: boolean;
  readonly rawUidSettings: RawUidSettings;
  /** test identities by first-level hash */
  readonly testIdentities: ReadonlyMap<string, Pick<TestIdentity, 'type' | 'kind'>>;
  /** the opt-outs in the world */
  readonly optOuts: OptOutIndex;
}

/** The secret of any key, by id: decryption checks neither times nor owners of a key (Protocol §4.2). */
export const secretFinder =
  ({ directory }: Deployment) =>
  (keyId: number): Uint8Array | undefined =>
    directory.keyById.get(keyId)?.secret;
