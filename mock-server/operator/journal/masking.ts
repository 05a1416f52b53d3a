/**
 * Masks what must not be shown: secrets and API keys, addresses and phone numbers, and hashes of them. What a text is
 * decides, wherever it stands; the name of a member adds to it, for values that are none of these by their form.
 * Tokens and sealed bytes stay whole.
 */

import { decodeBase64 } from '../../core/base64.ts';
import { JsonNumber, isJsonObject } from '../../core/json.ts';
import type { Facts } from '../../core/reasons.ts';
import { tokenKindOf } from '../../core/token-faults.ts';
import type { World } from '../world/schema.ts';
import { withoutEscapes } from './escapes.ts';
import { type SecretIndex, secretIndexOf } from './secrets.ts';

export interface Masker {
  /** whether everything is shown as it is */
  readonly isPlain: boolean;
  text(text: string): string;
  /** the value of a header */
  header(name: string, value: string): string;
  /** the value of a query parameter */
  parameter(name: string, value: string): string;
  /** a JSON value; numbers beyond the range of doubles become texts */
  json(value: unknown, of: 'request' | 'answer'): unknown;
}

const MARK = '…';
const API_KEY = /(?:UID2|EUID)-[A-Z]-[A-Z]-\d{1,9}-[^\s"'<>&,;]+/g;
const API_KEY_START = /^(?:UID2|EUID)-[A-Z]-[A-Z]-\d{1,9}-/;
/** texts in base64 and hex, in any alphabet */
const RUN = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
/** words, as in the address of a page: a hash or key has capitals and digits too */
const WORDS = /^[a-z/_-]*$/;
const HEX = /^[0-9a-f]{32,}$/i;
/** an at sign, escaped or of full width */
const AT = /@|%40|\uFF20/gi;
const HAS_AT = /@|%40|\uFF20/i;
/** what ends an address in a text */
const BOUNDARY = /[\s"'<>&=,;:()[\]{}]/;
const DOMAIN = /^[a-z0-9.-]{1,253}$/i;
const DIGITS = /\+?\p{Nd}[\p{Nd} ().-]{8,}\p{Nd}/gu;
const NOT_DIGITS = /\P{Nd}/gu;
const TIME = /^1[4-9]\d{11}$|^20\d{11}$/;
/** base64 of 16 or 20 bytes: a hash by an older function */
const SHORT_HASH = /^(?:[A-Za-z0-9+/_-]{22}==|[A-Za-z0-9+/_-]{27}=)$/;
const ESCAPE = /%[0-9a-f]{2}|\\u[0-9a-f]{4}/i;

const IDENTITY_NAME = /e-?mail|phone|identifier|msisdn/i;
const SECRET_NAME = /secret|passw|authorization|api-?_?key|auth-token|private|cookie|response_key/i;
/** members of answers with raw UIDs */
const RAW_UID_NAMES: ReadonlySet<string> = new Set(['advertising_id', 'raw_uid', 'u', 'p']);

/** Bytes that a hash or key has at least, and at most together with what may stand beside it. */
const HASH_BYTES = { least: 31, most: 64 } as const;

/** The beginning of a secret, up to the site id of an API key. */
function shownSecret(secret: string): string {
  const [start] = API_KEY_START.exec(secret) ?? [];
  if (start !== undefined) return `${start}${MARK}`;
  return secret.length < 16 ? MARK : `${secret.slice(0, 4)}${MARK}`;
}

/** Where `%40` ends; -1 without one. */
function lastEscapedAt(text: string): number {
  const place = text.lastIndexOf('%40');
  return place < 0 ? -1 : place + 2;
}

function shownAddress(address: string): string {
  const place = Math.max(address.lastIndexOf('@'), lastEscapedAt(address), address.lastIndexOf('\uFF20'));
  const [first = ''] = address.trim();
  const domain = address.slice(place + 1).trim();
  const isPlain = DOMAIN.test(domain) && !/\d{7}/.test(domain);
  return `${place > 0 ? first : ''}${MARK}@${isPlain ? domain : MARK}`;
}

/** A text with its addresses masked. Each is found by its at sign, so that a long text takes no longer. */
function withoutAddresses(text: string): string {
  let shown = '';
  let from = 0;
  for (const { index, 0: at } of text.matchAll(AT)) {
    if (index < from) continue;
    let start = index;
    while (start > from && !BOUNDARY.test(text[start - 1] ?? ' ')) start -= 1;
    let end = index + at.length;
    while (end < text.length && !BOUNDARY.test(text[end] ?? ' ')) end += 1;
    shown += text.slice(from, start) + shownAddress(text.slice(start, end));
    from = end;
  }
  return shown + text.slice(from);
}

/** Characters of base64 by which a run is judged. */
const SAMPLE = 84;
const PRINTABLE = /^[\t\n\r\x20-\x7e]*$/;

/** A run of base64 or hex: sealed bytes and tokens stay, what may be a hash, a key or a text does not. */
function shownRun(run: string, secrets: SecretIndex): string {
  if (WORDS.test(run) || tokenKindOf(run) !== undefined) return run;
  if (HEX.test(run)) return shownSecret(run);
  const bare = run.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  const length = Math.floor((bare.length * 3) / 4);
  if (length >= HASH_BYTES.least && length <= HASH_BYTES.most) return shownSecret(run);
  const bytes = decodeBase64(bare.slice(0, SAMPLE));
  const text = bytes && String.fromCharCode(...bytes);
  if (text === undefined || !PRINTABLE.test(text)) return run;
  return length > HASH_BYTES.most || maskedText(text, secrets) !== text ? shownSecret(run) : run;
}

function shownDigits(found: string): string {
  const digits = found.replace(NOT_DIGITS, '');
  if (digits.length < 10 || (found === digits && TIME.test(digits))) return found;
  return `${found.slice(0, 2)}${MARK}`;
}

function withoutSecrets(text: string, secrets: SecretIndex): string {
  let shown = '';
  let from = 0;
  for (let place = secrets.find(text, 0); place !== undefined; place = secrets.find(text, from)) {
    shown += text.slice(from, place.from) + shownSecret(text.slice(place.from, place.end));
    from = place.end;
  }
  return shown + text.slice(from);
}

function maskedOnce(text: string, secrets: SecretIndex): string {
  if (tokenKindOf(text) !== undefined) return text;
  if (SHORT_HASH.test(text)) return shownSecret(text);
  return withoutAddresses(withoutSecrets(text, secrets))
    .replace(API_KEY, shownSecret)
    .replace(RUN, (run) => shownRun(run, secrets))
    .replace(DIGITS, shownDigits);
}

function maskedText(text: string, secrets: SecretIndex): string {
  if (text === '') return text;
  const masked = maskedOnce(text, secrets);
  if (!ESCAPE.test(text)) return masked;
  // what is hidden by escapes
  const plain = withoutEscapes(text);
  const shown = maskedOnce(plain, secrets);
  return shown === plain ? masked : shown;
}

/** A value under a name that says it is an identity. */
function shownIdentity(text: string): string {
  if (HAS_AT.test(text)) return shownAddress(text);
  const shown = text.length >= 40 ? text.slice(0, 4) : text.slice(0, 1);
  return text === '' ? '' : `${shown}${MARK}`;
}

const CREDENTIALS = /^([a-z]{1,10}) +(.*)$/i;

function shownCredentials(value: string): string {
  const [, scheme, secret = ''] = CREDENTIALS.exec(value) ?? [];
  return scheme === undefined ? shownSecret(value) : `${scheme} ${shownSecret(secret)}`;
}

/** The number of a text; the text itself where a number would not be exact. */
const numberOf = (text: string): number | string => (String(Number(text)) === text ? Number(text) : text);

class WorldMasker implements Masker {
  readonly isPlain = false;
  readonly #secrets: SecretIndex;

  constructor(world: World) {
    this.#secrets = secretIndexOf(world);
  }

  text(text: string): string {
    return maskedText(text, this.#secrets);
  }

  header(name: string, value: string): string {
    return SECRET_NAME.test(name) ? shownCredentials(value) : this.text(value);
  }

  parameter(name: string, value: string): string {
    const shown = this.#named(name, value);
    if (shown !== value) return shown;
    // an unescaped plus sign was read as a blank
    const joined = value.replaceAll(' ', '+');
    return this.text(joined) === joined ? value : this.text(joined);
  }

  json(value: unknown, of: 'request' | 'answer', name = ''): unknown {
    if (typeof value === 'string') return this.#member(value, of, name);
    if (value instanceof JsonNumber) return numberOf(this.#number(value.text, of, name));
    if (Array.isArray(value)) return value.map((one) => this.json(one, of, name));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([member, one]) => [this.text(member), this.json(one, of, member)]),
    );
  }

  #member(value: string, of: 'request' | 'answer', name: string): string {
    const isOwn = of === 'answer' && RAW_UID_NAMES.has(name);
    return isOwn ? value : this.#named(name, value);
  }

  #named(name: string, value: string): string {
    if (tokenKindOf(value) !== undefined) return value;
    if (IDENTITY_NAME.test(name)) return shownIdentity(value);
    return SECRET_NAME.test(name) ? shownCredentials(value) : this.text(value);
  }

  #number(text: string, of: 'request' | 'answer', name: string): string {
    return of === 'answer' ? text : this.#named(name, text);
  }
}

/** A JSON value as JavaScript has it; numbers beyond the range of doubles are texts. */
export function plainJson(value: unknown): unknown {
  if (value instanceof JsonNumber) return numberOf(value.text);
  if (Array.isArray(value)) return value.map(plainJson);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plainJson(one)]));
}

const plain: Masker = {
  isPlain: true,
  text: (text) => text,
  header: (_, value) => value,
  parameter: (_, value) => value,
  json: plainJson,
};

/** Facts without what must not be shown. The sentences around them need no mask, and may have an at sign. */
export const maskedFacts = (facts: Facts, masker: Masker): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? masker.text(fact) : fact]),
  );

/** @param isPlain whether everything is shown as it is */
export const maskerOf = (world: World, isPlain: boolean): Masker =>
  isPlain ? plain : new WorldMasker(world);
