/**
 * What a token says, as plain values for people and JSON: journal and inspector show tokens alike. Times are ISO 8601.
 */

import { decodeAdvertisingToken } from '../advertising-token.ts';
import { isoTime } from '../iso-time.ts';
import type { Primitives } from '../primitives.ts';
import { decodeRefreshToken, unwrapRefreshToken } from '../refresh-token.ts';
import type { FindSecret, TokenOwner } from '../token-format.ts';

export type TokenKind = 'advertising' | 'refresh' | 'wrapped';

/** Scope and kind of identity of a token or raw UID. */
export const ownerFacts = ({ scope, type }: TokenOwner) => ({
  scope: scope === 1 ? 'euid' : 'uid2',
  identity_type: type === 1 ? 'phone' : 'email',
});

const advertisingFacts = (token: ReturnType<typeof decodeAdvertisingToken>) => ({
  version: token.version,
  ...ownerFacts(token),
  site_id: token.siteId,
  master_key_id: token.masterKeyId,
  site_key_id: token.siteKeyId,
  privacy_bits: token.privacyBits,
  established: isoTime(token.established),
  refreshed: token.version === 2 ? null : isoTime(token.refreshed),
  created: token.version === 2 ? null : isoTime(token.created),
  expires: isoTime(token.expires),
  raw_uid: token.rawUid,
});

const refreshFacts = (token: ReturnType<typeof decodeRefreshToken>) => ({
  version: token.version,
  ...ownerFacts(token),
  site_id: token.siteId,
  key_id: token.keyId,
  privacy_bits: token.privacyBits,
  established: isoTime(token.established),
  created: isoTime(token.created),
  expires: isoTime(token.expires),
  first_level_hash: token.flh,
});

/** A decoded token, with its facts. */
export type OpenedToken = { readonly facts: Readonly<Record<string, unknown>> } & (
  | { readonly kind: 'advertising'; readonly token: ReturnType<typeof decodeAdvertisingToken> }
  | { readonly kind: 'refresh' | 'wrapped'; readonly token: ReturnType<typeof decodeRefreshToken> }
);

/** @throws OperatorError as the decoders of `core/` do */
export function openToken(
  kind: TokenKind,
  text: string,
  findSecret: FindSecret,
  primitives: Primitives,
): OpenedToken {
  if (kind === 'advertising') {
    const token = decodeAdvertisingToken(text, findSecret, primitives);
    return { kind, token, facts: advertisingFacts(token) };
  }
  const bare = kind === 'refresh' ? text : unwrapRefreshToken(text, findSecret, primitives).refreshToken;
  const token = decodeRefreshToken(bare, findSecret, primitives);
  const facts = refreshFacts(token);
  return { kind, token, facts: kind === 'wrapped' ? { wrapped: true, ...facts } : facts };
}
