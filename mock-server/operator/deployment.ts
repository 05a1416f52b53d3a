/**
 * A deployment: what cannot change while an operator runs. Its world is an immutable value: to replace the world is to
 * make another deployment.
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
  /** whether phone identifiers are read at all */
  readonly phones: boolean;
  readonly rawUidSettings: RawUidSettings;
  /** test identities by first-level hash */
  readonly testIdentities: ReadonlyMap<string, Pick<TestIdentity, 'type' | 'kind'>>;
  /** opt-outs that the world brings */
  readonly optOuts: OptOutIndex;
}

/** Secret of any key, by id: decryption asks neither for times nor for owners (Protocol §4.2). */
export const secretFinder =
  ({ directory }: Deployment) =>
  (keyId: number): Uint8Array | undefined =>
    directory.keyById.get(keyId)?.secret;
