/** Makes a deployment of a world and a profile. */

import { HashMap } from '../core/hash-map.ts';
import type { TestIdentity } from '../core/test-identities.ts';
import type { Deployment, DeploymentParts } from './deployment.ts';
import { locateNamed } from './identity.ts';
import { optOutOf } from './opt-out.ts';
import { indexOptOuts } from './state/opt-outs.ts';
import { indexWorld, rawUidSettingsOf } from './world/directory.ts';

/** Indexes a valid world. The world must not change afterwards. */
export function createDeployment(parts: DeploymentParts): Deployment {
  const { world, profile, rules, primitives } = parts;
  const rawUidSettings = rawUidSettingsOf(world);
  const testIdentities = new HashMap<TestIdentity>();
  for (const identity of profile.testIdentities) {
    const hash = rules.hashIdentifier(identity.identifier, primitives);
    testIdentities.set(rules.firstLevelHash(hash, world.salts.first_level, primitives), identity);
  }
  const deployment: Deployment = {
    ...parts,
    lifetimes: {
      identity: world.identity_token_expires_after_seconds * 1000,
      refresh: world.refresh_token_expires_after_seconds * 1000,
      refreshAfter: world.refresh_identity_token_after_seconds * 1000,
    },
    directory: indexWorld(world, primitives),
    scope: rawUidSettings.scope,
    phones: profile.phones && world.enable_phone_support,
    rawUidSettings,
    testIdentities,
    optOuts: indexOptOuts([]),
  };
  const optOuts = world.opted_out_identities.flatMap((entry) => {
    const located = locateNamed(deployment, entry);
    return located ? [optOutOf(deployment, located, entry.opted_out_at_seconds * 1000)] : [];
  });
  return { ...deployment, optOuts: indexOptOuts(optOuts) };
}
