/** The tokens of an exchange, decoded when they are read, with the keys that the operator has then. */

import { decodeAdvertisingToken } from '../../core/advertising-token.ts';
import { isJsonObject } from '../../core/json.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { sentenceOf } from '../../core/reasons.ts';
import { decodeRefreshToken, unwrapRefreshToken } from '../../core/refresh-token.ts';
import { tokenFault, tokenKindOf } from '../../core/token-faults.ts';
import type { TokenOwner } from '../../core/token-format.ts';
import { type Deployment, secretFinder } from '../deployment.ts';
import { isoTime } from '../state/clock.ts';
import type { Masker } from './masking.ts';

type Kind = 'advertising' | 'refresh' | 'wrapped';

/** A token with its place, such as `request.query.refresh_token`. */
export interface Found {
  readonly at: string;
  readonly kind: Kind;
  readonly text: string;
}

const NAMES: Readonly<Record<string, 'advertising' | 'refresh'>> = {
  advertising_token: 'advertising',
  advertisement_token: 'advertising',
  token: 'advertising',
  refresh_token: 'refresh',
};

/** The token that a text is by its form, else by the name of its member. */
function kindOf(name: string, text: string): Kind | undefined {
  const named = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return tokenKindOf(text) ?? (text === '' ? undefined : named);
}

/** The token that a text is, as a list of one or none. */
export function tokenAt(at: string, name: string, text: string): Found[] {
  const kind = kindOf(name.toLowerCase(), text);
  return kind === undefined ? [] : [{ at, kind, text }];
}

/** The tokens in a JSON value. */
export function tokensIn(value: unknown, at: string, name = ''): Found[] {
  if (typeof value === 'string') return tokenAt(at, name, value);
  if (Array.isArray(value)) {
    return value.flatMap((one, index) => tokensIn(one, `${at}[${index}]`, name));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([member, one]) => tokensIn(one, `${at}.${member}`, member));
}

const ownerOf = ({ scope, type }: TokenOwner) => ({
  scope: scope === 1 ? 'euid' : 'uid2',
  identity_type: type === 1 ? 'phone' : 'email',
});

function advertisingFacts(text: string, deployment: Deployment): object {
  const token = decodeAdvertisingToken(text, secretFinder(deployment), deployment.primitives);
  return {
    version: token.version,
    ...ownerOf(token),
    site_id: token.siteId,
    master_key_id: token.masterKeyId,
    site_key_id: token.siteKeyId,
    privacy_bits: token.privacyBits,
    established: isoTime(token.established),
    refreshed: token.version === 2 ? null : isoTime(token.refreshed),
    created: token.version === 2 ? null : isoTime(token.created),
    expires: isoTime(token.expires),
    raw_uid: token.rawUid,
  };
}

function refreshFacts(text: string, deployment: Deployment): object {
  const token = decodeRefreshToken(text, secretFinder(deployment), deployment.primitives);
  return {
    version: token.version,
    ...ownerOf(token),
    site_id: token.siteId,
    key_id: token.keyId,
    privacy_bits: token.privacyBits,
    established: isoTime(token.established),
    created: isoTime(token.created),
    expires: isoTime(token.expires),
    first_level_hash: token.flh,
  };
}

function factsOf(kind: Kind, text: string, deployment: Deployment): object {
  if (kind === 'advertising') return advertisingFacts(text, deployment);
  if (kind === 'refresh') return refreshFacts(text, deployment);
  const { refreshToken } = unwrapRefreshToken(text, secretFinder(deployment), deployment.primitives);
  return { wrapped: true, ...refreshFacts(refreshToken, deployment) };
}

/** What a token holds, or why it cannot be decoded. */
export function decodedToken({ at, kind, text }: Found, deployment: Deployment, masker: Masker): object {
  const found = { at: masker.text(at), kind: kind === 'wrapped' ? 'refresh' : kind };
  try {
    return { ...found, ...factsOf(kind, text, deployment) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { reason, facts } = error.because(kind === 'wrapped' ? undefined : tokenFault(text, kind));
    return { ...found, problem: reason, problem_text: masker.text(sentenceOf(reason, facts)) };
  }
}
