/** Faults that many mutants are made of. */

import type { Primitives } from '../mock-server/core/primitives.ts';
import type { Reply } from '../mock-server/http/replies.ts';
import type { HttpRules } from '../mock-server/http/rules.ts';
import type { Rules } from '../mock-server/operator/rules.ts';
import type { Fault } from './mutant.ts';

type EncodeAdvertising = Rules['encodeAdvertisingToken'];
type EncodeRefresh = Rules['encodeRefreshToken'];

/** Advertising tokens made of other fields, keys or IVs. */
export const advertising = (alter: (encode: EncodeAdvertising) => EncodeAdvertising): Fault => ({
  rules: ({ encodeAdvertisingToken }) => ({ encodeAdvertisingToken: alter(encodeAdvertisingToken) }),
});

/** Refresh tokens made of other fields, keys or IVs. */
export const refreshing = (alter: (encode: EncodeRefresh) => EncodeRefresh): Fault => ({
  rules: ({ encodeRefreshToken }) => ({ encodeRefreshToken: alter(encodeRefreshToken) }),
});

type Code = keyof HttpRules['replies'];

/** Refusals answered otherwise. */
export const replying = (...changes: readonly (readonly [code: Code, change: Partial<Reply>])[]): Fault => ({
  http: ({ replies }) => ({
    replies: {
      ...replies,
      ...Object.fromEntries(changes.map(([code, change]) => [code, { ...replies[code], ...change }])),
    },
  }),
});

/** The plaintext of AES-GCM without a look at the tag: counter mode from the second block (Protocol §7.1). */
export const openUnchecked = (
  primitives: Primitives,
  key: Uint8Array,
  iv: Uint8Array,
  sealed: Uint8Array,
): Uint8Array => primitives.ctr(key, Uint8Array.of(...iv, 0, 0, 0, 2), sealed.subarray(0, -16));

/** A request as it is opened. */
export type Open = Rules['openRequest'];

/** Requests opened in another way. */
export const opening = (alter: (honest: Open) => Open): Fault => ({
  rules: ({ openRequest }) => ({ openRequest: alter(openRequest) }),
});

/** The envelope of a body, whatever its form; undefined when it is none. */
export const envelopeOf = (
  body: Uint8Array,
  binary: boolean,
  primitives: Primitives,
): Uint8Array | undefined => (binary ? body : primitives.fromBase64(new TextDecoder().decode(body)));
