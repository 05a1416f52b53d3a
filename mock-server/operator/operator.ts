/** What the use cases work on: a world, how it behaves, its clock and its opt-outs. */

import { type IdentifierKind, identify as identifyBy, identifyNamed } from '../core/identifier.ts';
import type { Identity } from '../core/identity-hash.ts';
import type { Primitives } from '../core/primitives.ts';
import type { RawUidSettings, Scope } from '../core/raw-uid.ts';
import type { SaltBucket } from '../core/salts.ts';
import type { TestIdentity, TestIdentityKind } from '../core/test-identities.ts';
import type { Clock } from './state/clock.ts';
import { type Directory, indexWorld, rawUidSettingsOf } from './world/directory.ts';
import { OptOutStore } from './opted-out.ts';
import type { Profile } from './profile.ts';
import type { Rules } from './rules.ts';
import type { Lifetimes } from './token-times.ts';
import type { World } from './world/schema.ts';

export interface Operator {
  readonly world: World;
  readonly profile: Profile;
  readonly rules: Rules;
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly lifetimes: Lifetimes;
  readonly directory: Directory;
  readonly scope: Scope;
  readonly phones: boolean;
  readonly rawUidSettings: RawUidSettings;
  readonly optOuts: OptOutStore;
  /** test identities by first-level hash */
  readonly testIdentities: ReadonlyMap<string, Pick<TestIdentity, 'type' | 'kind'>>;
}

export interface OperatorParts {
  readonly world: World;
  readonly profile: Profile;
  readonly rules: Rules;
  readonly primitives: Primitives;
  readonly clock: Clock;
}

/** An identity with what the salts say of it. */
export interface Located {
  readonly identity: Identity;
  /** first-level hash, base64 */
  readonly flh: string;
  readonly bucket: SaltBucket;
  readonly testKind: TestIdentityKind | undefined;
}

export function createOperator(parts: OperatorParts): Operator {
  const { world, profile, rules, primitives } = parts;
  const rawUidSettings = rawUidSettingsOf(world);
  const operator: Operator = {
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
    optOuts: new OptOutStore(),
    testIdentities: new Map(
      profile.testIdentities.map((identity) => {
        const hash = rules.hashIdentifier(identity.identifier, primitives);
        return [rules.firstLevelHash(hash, world.salts.first_level, primitives), identity];
      }),
    ),
  };
  resetOptOuts(operator);
  return operator;
}

/** Reads an identifier of any kind; undefined when the operator calls it invalid (Protocol §2). */
export const identify = (
  { rules, primitives }: Operator,
  kind: IdentifierKind,
  value: string,
): Identity | undefined => identifyBy(kind, value, rules, primitives);

/** First-level hash, salt bucket and test role of an identity. */
export function locate(operator: Operator, identity: Identity): Located {
  const { rules, primitives, world } = operator;
  return locateHash(
    operator,
    identity,
    rules.firstLevelHash(identity.hash, world.salts.first_level, primitives),
  );
}

export function locateHash(operator: Operator, identity: Identity, flh: string): Located {
  const { buckets } = operator.directory;
  const bucket = buckets[operator.rules.bucketIndex(flh, buckets.length)];
  if (bucket === undefined) throw new Error('salts: expected a bucket for every index');
  const test = operator.testIdentities.get(flh);
  return { identity, flh, bucket, testKind: test?.type === identity.type ? test.kind : undefined };
}

/** An identity under the member that names its kind, as a world and the API write it; undefined if it is invalid. */
export function locateNamed(
  operator: Operator,
  named: { readonly [kind in IdentifierKind]?: string | undefined },
): Located | undefined {
  const identity = identifyNamed(named, operator.rules, operator.primitives);
  return identity && locate(operator, identity);
}

/** The raw UID (base64) an identity has now. */
export function rawUidOf(operator: Operator, { identity, flh, bucket }: Located): string {
  return operator.rules.currentRawUid(
    flh,
    identity.type,
    bucket,
    operator.rawUidSettings,
    operator.primitives,
  );
}

/** Whether generate and map refuse the identity. */
export function optedOut(operator: Operator, located: Located): boolean {
  return operator.rules.isOptedOut(located.testKind, operator.optOuts.since(located.flh));
}

/** Secret of any key, by id: decryption asks neither for times nor for owners (Protocol §4.2). */
export const secretFinder =
  ({ directory }: Operator) =>
  (keyId: number): Uint8Array | undefined =>
    directory.keyById.get(keyId)?.secret;

/**
 * Records an opt-out at `since` (ms). The opt-out file keeps six bits of the first byte of 33-byte raw UIDs, so those
 * of the environments integ and prod are never found by optout/status (Protocol §8.11).
 */
export function addOptOut(operator: Operator, located: Located, since: number): void {
  const rawUid = operator.primitives.fromBase64(rawUidOf(operator, located)) ?? new Uint8Array(0);
  const [first = 0, ...rest] = rawUid;
  const kept = rawUid.length === 33 ? Uint8Array.of(first & 0x3f, ...rest) : rawUid;
  operator.optOuts.add(located.flh, { since, rawUid: operator.primitives.toBase64(kept) });
}

/** Puts the opt-outs back to those of the world. */
export function resetOptOuts(operator: Operator): void {
  operator.optOuts.clear();
  for (const entry of operator.world.opted_out_identities) {
    const located = locateNamed(operator, entry);
    if (located) addOptOut(operator, located, entry.opted_out_at_seconds * 1000);
  }
}
