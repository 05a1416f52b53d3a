/** The identity, salt bucket and raw UID of an identifier (Protocol §2, §3). */

import { type IdentifierKind, identify as identifyBy, identifyNamed } from '../core/identifier.ts';
import type { Identity } from '../core/identity-hash.ts';
import { currentRawUid, currentRawUids } from '../core/raw-uid.ts';
import { type SaltBucket, firstLevelHash, firstLevelHashes } from '../core/salts.ts';
import type { TestIdentityKind } from '../core/test-identities.ts';
import type { Deployment } from './deployment.ts';

/** An identity with its first-level hash and its salt bucket. */
export interface Located {
  readonly identity: Identity;
  /** first-level hash, base64 */
  readonly flh: string;
  readonly bucket: SaltBucket;
  readonly testKind: TestIdentityKind | undefined;
}

/** Reads an identifier of any kind; undefined when the operator calls it invalid (Protocol §2). */
export const identify = (
  { rules, primitives }: Deployment,
  kind: IdentifierKind,
  value: string,
): Identity | undefined => identifyBy(kind, value, rules, primitives);

/** Finds the first-level hash, the salt bucket and the kind of test identity. */
export function locate(deployment: Deployment, identity: Identity): Located {
  const { rules, primitives, world } = deployment;
  return locateHash(
    deployment,
    identity,
    rules.firstLevelHash(identity.hash, world.salts.first_level, primitives),
  );
}

/** The same for many identities, in less time. A rule in place of the honest one is applied to each. */
export function locateAll(deployment: Deployment, identities: readonly Identity[]): Located[] {
  const { rules, primitives, world } = deployment;
  const salt = world.salts.first_level;
  const hashes = identities.map(({ hash }) => hash);
  const flhs =
    rules.firstLevelHash === firstLevelHash
      ? firstLevelHashes(hashes, salt, primitives)
      : hashes.map((hash) => rules.firstLevelHash(hash, salt, primitives));
  return identities.map((identity, at) => locateHash(deployment, identity, flhs[at] ?? ''));
}

/** The same for an identity whose first-level hash is known. */
export function locateHash(deployment: Deployment, identity: Identity, flh: string): Located {
  const { buckets } = deployment.directory;
  const bucket = buckets[deployment.rules.bucketIndex(flh, buckets.length)];
  if (bucket === undefined) throw new Error('salts: expected a bucket for every index');
  const test = deployment.testIdentities.get(flh);
  return { identity, flh, bucket, testKind: test?.type === identity.type ? test.kind : undefined };
}

/** The identity of `{ email: … }` and the like, as a world and the API name it; undefined when invalid. */
export function locateNamed(
  deployment: Deployment,
  named: { readonly [kind in IdentifierKind]?: string | undefined },
): Located | undefined {
  const identity = identifyNamed(named, deployment.rules, deployment.primitives);
  return identity && locate(deployment, identity);
}

/** The current raw UIDs of many identities, likewise. */
export function rawUidsOf(deployment: Deployment, located: readonly Located[]): string[] {
  const { rules, rawUidSettings, primitives } = deployment;
  return rules.currentRawUid === currentRawUid
    ? currentRawUids(located, rawUidSettings, primitives)
    : located.map((one) => rawUidOf(deployment, one));
}

/** The current raw UID of an identity, base64. */
export function rawUidOf(deployment: Deployment, { identity, flh, bucket }: Located): string {
  const { rules, rawUidSettings, primitives } = deployment;
  return rules.currentRawUid(flh, identity.type, bucket, rawUidSettings, primitives);
}
