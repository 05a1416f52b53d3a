/**
 * Says what a text is that was sent as a token, a key or a raw UID, what it holds, and what is wrong with it (Protocol §3,
 * §5).
 *
 * The text, and each text that `text-fixes.ts` makes of it, is tried as every kind of token and key. A kind is proved where
 * the text opens with the keys of the world, or is a value of it; otherwise the kind follows from the form.
 */

import { base64Fault } from '../base64-faults.ts';
import { decodeBase64, standardAlphabet } from '../base64.ts';
import type { Primitives } from '../primitives.ts';
import type { Reason } from '../reasons.ts';
import { tokenFault } from '../token-faults.ts';
import type { Cause } from './cause.ts';
import type { tokenCauses } from './causes/tokens.ts';
import { type DoctorWorld, secretsOf } from './doctor-world.ts';
import { missingText, nameOf } from './hash/constants.ts';
import { readKnown } from './known-text.ts';
import { readOther } from './other-text.ts';
import { readRawUid } from './raw-uid-reading.ts';
import { type Case, type Found, type Reading, tokenCause } from './reading.ts';
import { type Fixed, fixedTexts } from './text-fixes.ts';
import type { TokenKind } from './token-facts.ts';
import { examinedToken, isUpperCase, readToken } from './token-reading.ts';
import { type Refusal, ownershipFault, refreshVerdict, validateVerdict } from './token-verdict.ts';
import { isBeginning, opened } from './unopened-token.ts';

export interface TokenCase {
  readonly world?: DoctorWorld | undefined;
  /** ms */
  readonly now: number;
  /** `current` if absent */
  readonly profile?: string | undefined;
  /** name of the client that sends the text */
  readonly client?: string | undefined;
  /** path to which the text is sent, such as /v2/token/refresh */
  readonly route?: string | undefined;
}

export interface TokenInspection {
  /** such as `advertising_token`; `unknown` when nothing has this form */
  readonly kind: string;
  /** whether keys or members of the world show that the text is what it is taken for */
  readonly opens: boolean;
  /** of the operator, for a token sent to its route; null when there is none, or no world to tell */
  readonly refusal: Refusal | null;
  readonly causes: readonly Cause[];
  readonly found: Found;
}

/** In order of certainty. */
const readers = [readKnown, readToken, readRawUid, readOther] as const;

/** What a route takes. */
type Wanted = 'advertising' | 'refresh' | 'bare refresh' | 'raw UID';

const routes: readonly (readonly [RegExp, Wanted])[] = [
  [/^\/token\/refresh$/, 'bare refresh'],
  [/\/token\/refresh$/, 'refresh'],
  [/\/token\/validate$/, 'advertising'],
  [/\/optout\/status$/, 'raw UID'],
];

/** The causes of values that a route does not take, by the kind of the value. */
const mistaken: Readonly<Record<Wanted, Readonly<Record<string, Reason | keyof typeof tokenCauses>>>> = {
  advertising: {
    refresh_token: 'token_is_refresh',
    wrapped_refresh_token: 'token_is_refresh',
    raw_uid: 'token_is_raw_uid',
    raw_uid_or_hash: 'token_is_raw_uid',
  },
  refresh: {
    advertising_token: 'token_is_advertising',
    raw_uid: 'token_is_raw_uid',
    raw_uid_or_hash: 'token_is_raw_uid',
  },
  'bare refresh': { advertising_token: 'token_is_advertising', wrapped_refresh_token: 'token_is_wrapped' },
  'raw UID': { advertising_token: 'status_asked_with_token', refresh_token: 'status_asked_with_token' },
};

interface Best {
  readonly fixed: Fixed;
  readonly reading: Reading;
}

/** The first reading that opens, after the fewest steps; else the first that has a form. */
function bestReading(text: string, one: Case): Best | undefined {
  let byForm: Best | undefined;
  for (const fixed of fixedTexts(text)) {
    for (const read of readers) {
      const reading = read(fixed.text, one);
      if (reading?.opens === true) return { fixed, reading };
      // a part of a text may have any form
      if (reading !== undefined && !fixed.isPart) byForm ??= { fixed, reading };
    }
    if (byForm !== undefined && one.world === undefined) return byForm;
  }
  return byForm;
}

const WHATS: Readonly<Record<string, string>> = {
  refresh_token: 'the refresh token',
  wrapped_refresh_token: 'the refresh token',
  advertising_token: 'the advertising token',
  api_key: 'the API key',
};

/** The causes of the steps that made a text readable, the last mistake first. */
const stepCauses = ({ fixed, reading }: Best, proved: boolean): Cause[] =>
  fixed.steps.map((id) => tokenCause(id, proved, { what: WHATS[reading.kind] ?? 'the text' }));

/** No token has fewer characters. */
const SHORTEST = 100;
/** Shorter texts are not examined. */
const SHORTEST_READ = 16;
/** Lengths around those of refresh tokens. */
const isLikeRefresh = ({ length }: string): boolean => (length > 160 && length < 174) || length > 300;

const ELIDED = /(?:\.\.\.|…)/;
const WRAPPED = /^[AE]AA/;

/** Tokens of which a text may be the beginning. */
const CUTS: readonly (readonly [kind: TokenKind, what: string])[] = [
  ['advertising', 'the advertising token'],
  ['wrapped', 'the refresh token'],
  ['refresh', 'the refresh token'],
];

/** What is likely wrong with a text of no known kind. */
function unreadCauses(text: string, wanted: Wanted | undefined, one: Case): Cause[] {
  const isRefresh =
    wanted === undefined ? isLikeRefresh(text) || WRAPPED.test(text) : wanted.endsWith('refresh');
  const kind = isRefresh ? 'refresh' : 'advertising';
  const what = `the ${kind} token`;
  const missing = missingText(text);
  if (missing !== undefined)
    return [tokenCause('token_placeholder', text.length > 2, { got: nameOf(missing) })];
  if (ELIDED.test(text)) return [tokenCause('token_elided', false, { what })];
  if (text.length < SHORTEST_READ) return [tokenCause('token_too_short', false, { what })];
  if (isUpperCase(text)) return [tokenCause('token_upper_case', false, { what })];
  const cut = CUTS.find(([of]) => isBeginning(of, text, one))?.[1];
  if (cut !== undefined) return [tokenCause('token_cut', true, { what: cut, length: text.length })];
  const [reason, facts] = tokenFault(text, kind) ?? [];
  if (reason !== undefined) return [tokenCause(reason, false, { what, ...facts })];
  const isBase64 = decodeBase64(standardAlphabet(text)) !== undefined;
  if (!isBase64) return [tokenCause(base64Fault(text), false, { what })];
  return [tokenCause(text.length < SHORTEST ? 'token_too_short' : 'token_version_unknown', false, { what })];
}

const wantedBy = (route: string | undefined): Wanted | undefined =>
  route === undefined ? undefined : routes.find(([path]) => path.test(route))?.[1];

function verdict(
  text: string,
  wanted: Wanted | undefined,
  causes: readonly Cause[],
  best: Best | undefined,
  one: Case,
) {
  if (one.world === undefined) return null;
  const kind = best?.reading.kind;
  const isRefresh = kind === 'refresh_token' || kind === 'wrapped_refresh_token';
  const asked = wanted ?? (isRefresh ? 'refresh' : kind === 'advertising_token' ? 'advertising' : undefined);
  if (asked === 'advertising') return validateVerdict(text, causes, one);
  return asked?.endsWith('refresh') === true ? refreshVerdict(text, best?.reading, one) : null;
}

/** Why the client may not validate a token that opens. */
function ownership(text: string, wanted: Wanted | undefined, one: Case): Cause[] {
  const token = wanted === 'advertising' ? opened('advertising', text, one) : undefined;
  const fault = token && one.world && ownershipFault(token, one, one.world);
  return fault === undefined ? [] : [tokenCause(fault, true)];
}

/**
 * Inspects a text of any form; none is an error.
 *
 * @param given what is known of its sender and its operator. Without a world only the form of the text is judged.
 */
export function inspectToken(primitives: Primitives, text: string, given: TokenCase): TokenInspection {
  const { world, now, profile = 'current', client, route } = given;
  const one: Case = { primitives, findSecret: secretsOf(world, primitives), world, now, profile, client };
  const wanted = wantedBy(route);
  const best = bestReading(text, one);
  if (best === undefined) {
    const causes = unreadCauses(text, wanted, one);
    return {
      kind: 'unknown',
      opens: false,
      found: {},
      causes,
      refusal: verdict(text, wanted, causes, best, one),
    };
  }
  const { fixed } = best;
  const reading = best.reading.opens ? best.reading : examinedToken(fixed.text, best.reading, one);
  const { kind, opens, found } = reading;
  const isProved =
    opens || reading.causes.some(({ id, proved }) => proved && id === 'token_characters_altered');
  const instead = wanted && mistaken[wanted][kind];
  const causes = [
    ...stepCauses(best, isProved),
    ...(instead === undefined ? [] : [tokenCause(instead, opens, { what: WHATS[kind] ?? 'the text' })]),
    ...ownership(fixed.text, wanted, one),
    ...reading.causes,
  ];
  const refusal = verdict(text, wanted, causes, { fixed, reading }, one);
  const takenFor = wanted === undefined ? {} : { taken_for: wanted };
  return {
    kind,
    opens: opens && fixed.steps.length === 0,
    refusal,
    causes,
    found: { ...found, ...takenFor },
  };
}
