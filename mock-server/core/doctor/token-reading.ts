/** Reads a text as an advertising token, a refresh token or a wrapped one. */

import { OperatorError } from '../operator-error.ts';
import { sentenceOf } from '../reasons.ts';
import { tokenFormOf } from '../token-faults.ts';
import type { Cause } from './cause.ts';
import { keyOf, missingKey, scopeNameOf } from './doctor-world.ts';
import { isOptedOutInWorld } from './opted-out-people.ts';
import { type Case, type Found, type Reading, shownDuration, tokenCause } from './reading.ts';
import { type OpenedToken, type TokenKind, openToken } from './token-facts.ts';
import { type Unopened, examineUnopened, opened } from './unopened-token.ts';

const KINDS: Readonly<Record<TokenKind, string>> = {
  advertising: 'advertising_token',
  refresh: 'refresh_token',
  wrapped: 'wrapped_refresh_token',
};

const whatOf = (kind: TokenKind): string =>
  kind === 'advertising' ? 'the advertising token' : 'the refresh token';

/** ms that clocks may differ by: a token from further ahead is reported. */
const CLOCKS = 60_000;

/** Chains that began before 2021-03-08T17:00Z are over (Protocol §8.2). */
const DEPRECATED_BEFORE = Date.UTC(2021, 2, 8, 17);

function timesFound({ kind, token }: OpenedToken, now: number): Found {
  const ends = kind === 'advertising' ? token.expires : token.validTill;
  return {
    age_seconds: token.created === 0 ? null : Math.round((now - token.created) / 1000),
    expires_in_seconds: Math.round((ends - now) / 1000),
    is_expired: ends < now,
  };
}

const bitsFound = (bits: number) => ({
  legacy: (bits & 1) !== 0,
  client_side_generated: (bits & 2) !== 0,
  opted_out: (bits & 4) !== 0,
});

function keysFound({ kind, token }: OpenedToken, { world, now }: Case): Found {
  if (world === undefined) return {};
  const ids = kind === 'advertising' ? [token.masterKeyId, token.siteKeyId] : [token.keyId];
  const site = world.sites?.find(({ id }) => id === token.siteId);
  return { site: site?.name ?? null, keys: ids.map((id) => keyOf(world, id, now)) };
}

/** Why a refresh gives no new token, in the operator's order; undefined when it does (Protocol §8.2). */
function refreshCause({ kind, token }: OpenedToken, one: Case): Cause | undefined {
  const { world, now } = one;
  if (kind === 'advertising' || world === undefined) return undefined;
  const what = { what: whatOf(kind) };
  if (token.established < DEPRECATED_BEFORE) return tokenCause('chain_too_old', true);
  if (token.validTill < now) return tokenCause('token_expired', true, what);
  if (isOptedOutInWorld(token, one, world)) return tokenCause('opted_out_in_world', true);
  const missing = missingKey(world, token.siteId, now);
  if (missing === undefined) return undefined;
  return missing === 'site'
    ? tokenCause('no_active_site_key', true, { site_id: token.siteId })
    : tokenCause(missing === 'master' ? 'no_active_master_key' : 'no_active_refresh_key', true);
}

function openedCauses(read: OpenedToken, one: Case): Cause[] {
  const { kind, token } = read;
  const { world, now } = one;
  const causes: Cause[] = [];
  const what = whatOf(kind);
  const scope = token.scope === 1 ? 'EUID' : 'UID2';
  if (world !== undefined && scope !== scopeNameOf(world)) {
    causes.push(tokenCause('token_other_scope', true, { what }));
  }
  if (kind === 'advertising' && token.expires < now) {
    causes.push(tokenCause('advertising_token_expired', true, { ago: shownDuration(now - token.expires) }));
  }
  const ofRefresh = refreshCause(read, one);
  if (ofRefresh !== undefined) causes.push(ofRefresh);
  if (token.created > now + CLOCKS) {
    causes.push(tokenCause('token_from_future', true, { what, ahead: shownDuration(token.created - now) }));
  }
  return causes;
}

/** The reading of a token that opens. */
function readingOf(read: OpenedToken, one: Case): Reading {
  const causes = openedCauses(read, one);
  const { kind, token } = read;
  const [first] = causes;
  return {
    kind: KINDS[kind],
    opens: true,
    causes,
    found: {
      ...read.facts,
      privacy: bitsFound(token.privacyBits),
      ...timesFound(read, one.now),
      ...keysFound(read, one),
      ...(kind !== 'advertising' && {
        would_refresh: causes.length === 0,
        why_not: first === undefined ? null : first.says,
      }),
    },
  };
}

/** The first bytes of tokens of versions 3 and 4, and of wrappers: random bytes hardly have them. */
const HEADS = /^(?:[ABEF][34][A-D]|AAA|EAA)/;

const LONG = 100;

/** Whether a long text has no lower-case letter. */
export const isUpperCase = (text: string): boolean => text.length >= LONG && text === text.toUpperCase();

function unopenedCauses(kind: TokenKind, text: string, examined: Unopened, one: Case): Cause[] {
  const { keyId, isKeyKnown, beginsRight, repaired } = examined;
  const what = whatOf(kind);
  if (repaired !== undefined) {
    const facts = { what, characters: repaired.characters.join(' and ') };
    return [tokenCause('token_characters_altered', true, facts)];
  }
  if (isUpperCase(text)) return [tokenCause('token_upper_case', false, { what })];
  if (isKeyKnown === true && keyId !== undefined) {
    if (beginsRight === true) {
      return [tokenCause(kind === 'wrapped' ? 'wrapper_altered' : 'token_altered', true, { what })];
    }
    return [tokenCause('token_of_other_operator', false, { what, key_id: keyId })];
  }
  const { reason, facts } = refusalOf(kind, text, one) ?? {
    reason: 'token_altered' as const,
    facts: { what },
  };
  return [tokenCause(reason, reason.endsWith('key_unknown') && HEADS.test(text), facts)];
}

/** Why the decoder refuses a token; undefined when it does not. */
function refusalOf(kind: TokenKind, text: string, one: Case): OperatorError | undefined {
  try {
    openToken(kind, text, one.findSecret, one.primitives);
    return undefined;
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
}

/** The reading of a text that has the form of a token; undefined when it has another. */
export function readToken(text: string, one: Case): Reading | undefined {
  const form = tokenFormOf(text);
  if (form === undefined) return undefined;
  const { kind, version } = form;
  const token = opened(kind, text, one);
  if (token !== undefined) return readingOf(token, one);
  return { kind: KINDS[kind], opens: false, causes: [], found: layoutFound(kind, version, text, one) };
}

/** What is seen of a token without its keys. */
function layoutFound(kind: TokenKind, version: number | undefined, text: string, one: Case): Found {
  const refusal = refusalOf(kind, text, one);
  const keyId = refusal?.facts.key_id;
  return {
    ...(version !== undefined && { version }),
    ...(keyId !== undefined && { key_id: keyId }),
    ...(refusal !== undefined &&
      one.world !== undefined && { problem: sentenceOf(refusal.reason, refusal.facts) }),
  };
}

/** The reading of a token that does not open, examined with the keys of the world. */
export function examinedToken(text: string, reading: Reading, one: Case): Reading {
  const kind = tokenFormOf(text)?.kind;
  if (kind === undefined || one.world === undefined) return reading;
  const examined = examineUnopened(kind, text, one);
  const causes = unopenedCauses(kind, text, examined, one);
  if (examined.repaired === undefined) return { ...reading, causes };
  const { causes: others, found } = readingOf(examined.repaired.token, one);
  return { ...reading, found, causes: [...causes, ...others] };
}
