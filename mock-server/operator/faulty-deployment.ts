/** Deployments for requests that meet an ordered fault: the present one with some rules replaced. */

import type { TokenKey } from '../core/token-format.ts';
import { identifierKinds } from '../core/identifier.ts';
import type { Deployment } from './deployment.ts';
import { identify, locate } from './identity.ts';
import type { Rules } from './rules.ts';
import type { OrderedFault } from './state/faults.ts';
import type { Directory } from './world/directory.ts';

type Replaced = Partial<Rules>;
type Effect = (honest: Rules, deployment: Deployment) => Replaced;

/** The bytes with the last one altered. */
function withBadTag(sealed: Uint8Array): Uint8Array {
  const altered = Uint8Array.from(sealed);
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  return altered;
}

/** The tag is at the end of the last part. */
function* endingBadly(parts: Iterable<Uint8Array>): Generator<Uint8Array, void> {
  let last: Uint8Array | undefined;
  for (const part of parts) {
    if (last !== undefined) yield last;
    last = part;
  }
  if (last !== undefined) yield withBadTag(last);
}

const badTag: Effect = ({ sealResponse, sealWithKey }) => ({
  sealResponse: (...answer) => endingBadly(sealResponse(...answer)),
  sealWithKey: (...answer) => withBadTag(sealWithKey(...answer)),
});

const wrongNonce: Effect = ({ sealResponse }) => ({
  sealResponse: (json, nonce, ...rest) =>
    sealResponse(
      json,
      nonce.map((byte) => byte ^ 0xff),
      ...rest,
    ),
});

/** @param skew ms */
const skewed =
  (skew: number): Effect =>
  ({ sealResponse }) => ({
    sealResponse: (json, nonce, now, ...rest) => sealResponse(json, nonce, now + skew, ...rest),
  });

/** V2 refresh tokens are accepted for a minute after they expire. */
const LONG_OVER_MS = 120_000;

/** Tokens issued so long ago that the refresh token has expired too. */
const expired: Effect = (honest, { lifetimes }) => {
  const age = lifetimes.refresh + LONG_OVER_MS;
  return {
    tokenTimes: (now, ...rest) => honest.tokenTimes(now - age, ...rest),
    encodeAdvertisingToken: (version, token, ...rest) => {
      const created = token.created - age;
      const established = Math.min(token.established, created);
      const aged = { ...token, established, created, refreshed: token.refreshed - age };
      return honest.encodeAdvertisingToken(version, aged, ...rest);
    },
    encodeRefreshToken: (version, token, ...rest) => {
      const created = token.created - age;
      const established = Math.min(token.established, created);
      return honest.encodeRefreshToken(version, { ...token, established, created }, ...rest);
    },
  };
};

const FOREIGN_IDS_FROM = 1_000_000;
const MAX_KEY_ID = 0x7fff_ffff;

/** A key that the world does not have: with an id and a secret of its own. */
function foreignKey(
  { keyById }: Directory,
  { id, secret }: TokenKey,
  sha256: (data: Uint8Array) => Uint8Array,
) {
  let other = (id + FOREIGN_IDS_FROM) % MAX_KEY_ID;
  while (keyById.has(other)) other = (other + 1) % MAX_KEY_ID;
  return { id: other, secret: sha256(secret) };
}

const foreign: Effect = (honest, { directory, primitives }) => {
  const other = (key: TokenKey): TokenKey => foreignKey(directory, key, (data) => primitives.sha256(data));
  return {
    encodeAdvertisingToken: (version, token, { master, site }, ...rest) =>
      honest.encodeAdvertisingToken(version, token, { master: other(master), site: other(site) }, ...rest),
    encodeRefreshToken: (version, token, key, ...rest) =>
      honest.encodeRefreshToken(version, token, other(key), ...rest),
    wrapRefreshToken: (wrapped, scope, key, ...rest) =>
      honest.wrapRefreshToken(wrapped, scope, other(key), ...rest),
  };
};

const optedOut: Effect = () => ({ isOptedOut: () => true, endsChain: () => true });

function effectsOf({ tag, nonce, skew, token, optout }: OrderedFault): Effect[] {
  return [
    ...(tag === undefined ? [] : [badTag]),
    ...(nonce === undefined ? [] : [wrongNonce]),
    ...(skew === undefined ? [] : [skewed(skew)]),
    ...(token === undefined ? [] : [token === 'expired' ? expired : foreign]),
    ...(optout === undefined ? [] : [optedOut]),
  ];
}

/** A deployment that answers as a fault says: the effects inside envelopes and tokens. */
export const faultyDeployment = (deployment: Deployment, fault: OrderedFault): Deployment => {
  let { rules } = deployment;
  for (const effect of effectsOf(fault)) rules = { ...rules, ...effect(rules, deployment) };
  return { ...deployment, rules };
};

/**
 * A deployment that notes the identities which a request names: those of identifiers, of every element of a list, and of
 * refresh tokens.
 *
 * @param note called with first-level hashes (base64)
 */
export const notingDeployment = (deployment: Deployment, note: (flh: string) => void): Deployment => ({
  ...deployment,
  rules: {
    ...deployment.rules,
    // every identity is located by its bucket
    bucketIndex(flh, count) {
      note(flh);
      return deployment.rules.bucketIndex(flh, count);
    },
  },
});

/** The first-level hash (base64) of an address, a phone number, or a hash of one; undefined for any other text. */
export function firstLevelHashOf(deployment: Deployment, text: string): string | undefined {
  for (const kind of identifierKinds) {
    const identity = identify(deployment, kind, text);
    if (identity !== undefined) return locate(deployment, identity).flh;
  }
  return undefined;
}
