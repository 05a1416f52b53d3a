/**
 * Identity hash: SHA-256 of the normalised identifier, or the decoded hash that a caller supplied (Protocol §2.3). It
 * is passed on as padded base64, because salted hashes are computed from that text (Protocol §2.4).
 */

import type { Primitives } from './primitives.ts';

/** 0 email, 1 phone; bits 2-3 of every type byte (Protocol §5). */
export type IdentityType = 0 | 1;

export const EMAIL: IdentityType = 0;
export const PHONE: IdentityType = 1;

export interface Identity {
  readonly type: IdentityType;
  /** base64 of the identity hash: 32 bytes, or 31 to 33 when supplied by a caller */
  readonly hash: string;
}

const HEX = /^[0-9a-fA-F]{64}$/;

/**
 * Reads a supplied hash: 44 characters that decode as strict base64 (the decoded length is not checked), or 64 hex
 * digits of either case. Undefined otherwise.
 */
export function readIdentityHash(text: string, primitives: Primitives): string | undefined {
  if (text.length === 44) {
    const bytes = primitives.fromBase64(text);
    return bytes && primitives.toBase64(bytes);
  }
  if (HEX.test(text)) {
    return primitives.toBase64(
      Uint8Array.from({ length: 32 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16)),
    );
  }
  return undefined;
}

/** base64 SHA-256 of a normalised identifier. A lone surrogate counts as `?`, as in the operator's UTF-8. */
export function hashIdentifier(normalized: string, primitives: Primitives): string {
  const text = normalized.isWellFormed() ? normalized : normalized.replace(/\p{Surrogate}/gu, '?');
  return primitives.sha256Base64(text);
}
