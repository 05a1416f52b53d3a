/** Operators that read identifiers in another way: what they take for the same, and for invalid (Protocol §2). */
import { createHash } from 'node:crypto';
import { isRecord, type Exchange, type Json } from './exchange.ts';
import * as routes from './families.ts';
import type { Family } from './families.ts';
import { without } from './fixing.ts';
import type { Falsification, Knowledge } from './falsification.ts';

type Kind = 'email' | 'phone' | 'email_hash' | 'phone_hash';
/** The identifier that is forwarded to the operator instead; undefined to keep it. */
type Reading = (value: string, kind: Kind) => { kind: Kind; value: string } | undefined;

const kinds: readonly Kind[] = ['email', 'phone', 'email_hash', 'phone_hash'];
const families: readonly Family[] = [routes.GENERATE, routes.VALIDATE, routes.MAP];

const sha = (text: string): string => createHash('sha256').update(text).digest('base64');

interface Normalising {
  lower?: (text: string) => string;
  /** Domains whose local parts lose dots and extensions. */
  isGmail?: (domain: string) => boolean;
  dots?: boolean;
  extension?: boolean;
  trim?: (text: string) => string;
  local?: (text: string) => string;
  domain?: (text: string) => string;
}

const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The normal form by other rules than the operator's; undefined for an invalid identifier. */
function normalised(email: string, rules: Normalising): string | undefined {
  const { lower = lowerAscii, isGmail = (domain) => domain === 'gmail.com', trim = trimBlanks } = rules;
  const parts = lower(trim(email)).split('@');
  const [first = '', last = ''] = parts;
  if (parts.length !== 2) return undefined;
  const domain = (rules.domain ?? ((text) => text))(last);
  let local = (rules.local ?? ((text) => text.replace(/ /g, '')))(first);
  if (isGmail(domain)) {
    if (rules.extension !== false) local = local.replace(/\+.*$/, '');
    if (rules.dots !== false) local = local.replaceAll('.', '');
  }
  return local === '' || domain === '' ? undefined : `${local}@${domain}`;
}

function trimBlanks(text: string): string {
  return text.replace(/^ +| +$/g, '');
}

/** Addresses in the normal form of other rules, as hashes. */
const emails =
  (rules: Normalising): Reading =>
  (value, kind) => {
    if (kind !== 'email') return undefined;
    const right = normalised(value, {});
    const wrong = normalised(value, rules);
    return wrong === undefined || wrong === right ? undefined : { kind: 'email_hash', value: sha(wrong) };
  };

const values =
  (of: Kind, change: (value: string) => string, to: Kind = of): Reading =>
  (value, kind) => {
    if (kind !== of) return undefined;
    const changed = change(value);
    return changed === value && to === of ? undefined : { kind: to, value: changed };
  };

const isHash = (value: string): boolean => /^[\w+/]{43}=$/.test(value) || /^[0-9a-f]{64}$/i.test(value);

/** Puts other identifiers into a request, and the ones that were sent into the answer. */
function rewrite(exchange: Exchange, asked: Json, read: Reading): void {
  const given = kinds.filter((kind) => asked[kind] !== undefined && asked[kind] !== null);
  const [kind] = given;
  if (kind === undefined || given.length > 1) return;
  const value = asked[kind];
  const rest = without(asked, kind);
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  const readings = list.map((one) => (typeof one === 'string' ? read(one, kind) : undefined));
  const to = readings.find((one) => one !== undefined)?.kind;
  if (to === undefined) return;
  // One list has one kind: what is read rightly keeps its meaning as a hash of its normal form.
  const texts = list.map((one, index) => readings[index]?.value ?? (to === kind ? one : asHash(String(one))));
  exchange.identifiers = new Map(texts.map((text, index) => [text, list[index]]));
  exchange.ask({ ...rest, [to]: Array.isArray(value) ? texts : texts[0] });
}

const asHash = (email: string): string => {
  const normal = normalised(email, {});
  return normal === undefined ? 'invalid' : sha(normal);
};

function restore(exchange: Exchange): void {
  const { json, identifiers: sent } = exchange;
  if (!sent || !isRecord(json?.['body'])) return;
  const { body } = json;
  for (const name of ['mapped', 'unmapped']) {
    const items = body[name];
    if (!Array.isArray(items)) continue;
    for (const item of items as Json[])
      item['identifier'] = sent.get(item['identifier']) ?? item['identifier'];
  }
  if (exchange.answer?.status === 200) exchange.tell(json);
}

type Row = readonly [what: string, says: string, read: Reading, seenBy?: Knowledge];

const rows: readonly Row[] = [
  ['no-lower', 'letter case counts in addresses', emails({ lower: (text) => text })],
  ['unicode-lower', 'all letters are folded', emails({ lower: (text) => text.toLowerCase() })],
  ['dots', 'dots count at gmail.com', emails({ dots: false })],
  ['extension', 'extensions count at gmail.com', emails({ extension: false })],
  ['everywhere', 'the rules of gmail.com hold at every domain', emails({ isGmail: () => true })],
  [
    'googlemail',
    'the rules of gmail.com hold at googlemail.com',
    emails({ isGmail: (domain) => /^(gmail|googlemail)\.com$/.test(domain) }),
  ],
  ['trim', 'tabs and line breaks around an address are dropped', emails({ trim: (text) => text.trim() })],
  ['inner', 'blanks inside the local part count', emails({ local: (text) => text })],
  [
    'domain-blanks',
    'blanks inside the domain are dropped',
    emails({ domain: (text) => text.replaceAll(' ', '') }),
  ],
  ['domain-dot', 'a dot at the end is dropped', emails({ domain: (text) => text.replace(/\.$/, '') })],
  ['untrimmed', 'blanks around an address count', emails({ trim: (text) => text, local: (text) => text })],
  ['two-ats', 'two @ are accepted', values('email', (one) => one.replace(/@(.*)@/, '$1@'))],
  [
    'no-domain',
    'an address without domain is accepted',
    values('email', (one) => (/^[^@]+@? *$/.test(one) ? 'x@example.com' : one)),
  ],
  [
    'no-local',
    'an address without local part is accepted',
    values('email', (one) => one.replace(/^ *@/, 'x@')),
  ],
  [
    'gmail-empty',
    'an address that gmail.com leaves empty is accepted',
    values('email', (one) => (/^[ .]*(\+[^@]*)?@gmail\.com$/i.test(one) ? 'x@gmail.com' : one)),
  ],
  ['phone-blanks', 'blanks around a phone number are dropped', values('phone', (one) => one.trim())],
  [
    'phone-signs',
    'signs in a phone number are dropped',
    values('phone', (one) => one.replace(/[-() .]/g, '')),
  ],
  ['phone-plus', 'a phone number needs no +', values('phone', (one) => one.replace(/^(\d{10,15})$/, '+$1'))],
  [
    'phone-short',
    'nine digits are a phone number',
    values('phone', (one) => one.replace(/^(\+\d{9})$/, '$10')),
  ],
  [
    'phone-long',
    '16 digits are a phone number',
    values('phone', (one) => one.replace(/^(\+\d{15})\d$/, '$1')),
  ],
  [
    'phone-bare',
    'a phone number is hashed without its +',
    values('phone', (one) => (/^\+\d{10,15}$/.test(one) ? sha(one.slice(1)) : one), 'phone_hash'),
  ],
  [
    'phone-as-email',
    'a phone hash is read as one of an address',
    values('phone_hash', (one) => one, 'email_hash'),
  ],
  [
    'hash-url',
    'a hash may have the URL alphabet',
    values('email_hash', (one) => one.replaceAll('-', '+').replaceAll('_', '/')),
  ],
  ['hash-blanks', 'blanks around a hash are dropped', values('email_hash', (one) => one.trim())],
  [
    'hash-unpadded',
    'a hash needs no padding',
    values('email_hash', (one) => one.replace(/^([\w+/]{43})$/, '$1=')),
  ],
  ['hash-again', 'a hash is hashed again', values('email_hash', (one) => (isHash(one) ? sha(one) : one))],
  [
    'hash-hex-case',
    'letter case counts in hexadecimal hashes',
    values('email_hash', (one) =>
      /^[0-9a-f]{64}$/i.test(one) && one !== one.toLowerCase() ? sha(one) : one,
    ),
  ],
  [
    'hash-hex-text',
    'a hexadecimal hash is hashed as text',
    values('email_hash', (one) => (/^[0-9a-f]{64}$/i.test(one) ? sha(one) : one)),
  ],
  [
    'hash-short',
    'a hash of 31 bytes is accepted as any',
    values('email_hash', (one) => one.replace(/^.{1,20}$/, sha(''))),
  ],
];

export const spellingFalsifications = rows.map(([what, says, read, seenBy = 'publisher']): Falsification => ({
  id: `identifiers/${what}`,
  says,
  seenBy,
  profile: 'current',
  request(exchange) {
    const { asked } = exchange;
    if (asked && families.some(({ has }) => has(exchange))) rewrite(exchange, asked, read);
  },
  answer: restore,
}));
