/** Faults that several mutants share. */

import { OperatorError } from '../mock-server/core/operator-error.ts';
import type { Primitives } from '../mock-server/core/primitives.ts';
import type { Reply } from '../mock-server/http/replies.ts';
import type { HttpRules } from '../mock-server/http/rules.ts';
import type { Rules } from '../mock-server/operator/rules.ts';
import type { Fault } from './mutant.ts';

type EncodeAdvertising = Rules['encodeAdvertisingToken'];
type EncodeRefresh = Rules['encodeRefreshToken'];

/** Alters how advertising tokens are made: their fields, keys or IVs. */
export const alterAdvertisingTokens = (alter: (encode: EncodeAdvertising) => EncodeAdvertising): Fault => ({
  rules: ({ encodeAdvertisingToken }) => ({ encodeAdvertisingToken: alter(encodeAdvertisingToken) }),
});

/** Alters how refresh tokens are made: their fields, keys or IVs. */
export const alterRefreshTokens = (alter: (encode: EncodeRefresh) => EncodeRefresh): Fault => ({
  rules: ({ encodeRefreshToken }) => ({ encodeRefreshToken: alter(encodeRefreshToken) }),
});

type Code = keyof HttpRules['replies'];

/** Alters the answers to refusals, by error code. */
export const alterReplies = (
  ...changes: readonly (readonly [code: Code, change: Partial<Reply>])[]
): Fault => ({
  http: ({ replies }) => ({
    replies: {
      ...replies,
      ...Object.fromEntries(changes.map(([code, change]) => [code, { ...replies[code], ...change }])),
    },
  }),
});

/** The plaintext of AES-GCM, with an unchecked tag: counter mode from the second block (Protocol §7.1). */
export const openUnchecked = (
  primitives: Primitives,
  key: Uint8Array,
  iv: Uint8Array,
  sealed: Uint8Array,
): Uint8Array => primitives.ctr(key, Uint8Array.of(...iv, 0, 0, 0, 2), sealed.subarray(0, -16));

export type Open = Rules['openRequest'];

/** Alters how the envelope of a request is opened. */
export const alterOpenRequest = (alter: (honest: Open) => Open): Fault => ({
  rules: ({ openRequest }) => ({ openRequest: alter(openRequest) }),
});

/** The envelope in a body, binary or base64; undefined when the base64 is invalid. */
export const envelopeOf = (
  body: Uint8Array,
  binary: boolean,
  primitives: Primitives,
): Uint8Array | undefined => (binary ? body : primitives.fromBase64(new TextDecoder().decode(body)));

/** Opens a request. If that is refused with the given code, the request goes to `reopen`. */
export const reopenRefused =
  (honest: Open, code: Code, reopen: (refusal: OperatorError) => Open): Open =>
  (...request) => {
    try {
      return honest(...request);
    } catch (error) {
      if (!(error instanceof OperatorError) || error.code !== code) throw error;
      return reopen(error)(...request);
    }
  };
