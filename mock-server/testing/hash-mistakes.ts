/**
 * Mistakes with identities and hashes, made as programs make them, without the tables of the doctor: what a test injects,
 * and the causes by which it may be named first.
 */

import { createHash } from 'node:crypto';
import type { Dice } from './random.ts';

type Text = (text: string) => string;

interface Mistake {
  readonly name: string;
  /** causes that name it; each gives the same bytes for some identities */
  readonly causes: readonly string[];
}

/** A mistake in the text: made of the identity as typed, which has the parts that it needs. */
interface TextMistake extends Mistake {
  readonly kind: 'email' | 'phone';
  /** typed identities in which the mistake shows */
  readonly typed: (dice: Dice) => string;
  readonly wrong: Text;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const word = (dice: Dice, length: number): string =>
  Array.from({ length }, () => LETTERS.charAt(dice.below(LETTERS.length))).join('');

const name = (dice: Dice): string => word(dice, 4 + dice.below(6));
const plain = (dice: Dice): string => `${name(dice)}${dice.below(100)}@${name(dice)}.com`;
const dotted = (dice: Dice): string => `${name(dice)}.${name(dice)}@${name(dice)}.org`;
const gmail = (dice: Dice): string => `${name(dice)}.${name(dice)}@gmail.com`;
const tagged = (dice: Dice): string => `${name(dice)}+${name(dice)}@${name(dice)}.net`;
const gmailTagged = (dice: Dice): string => `${name(dice)}+${name(dice)}@gmail.com`;
const upper = (dice: Dice): string => `${name(dice).toUpperCase()}@${name(dice)}.com`;
const phone = (dice: Dice): string => `+1${2 + dice.below(8)}${String(dice.below(1e9)).padStart(9, '0')}`;
const british = (dice: Dice): string => `+447${String(dice.below(1e9)).padStart(9, '0')}`;

const email = (
  mistake: string,
  causes: readonly string[],
  wrong: Text,
  typed: (dice: Dice) => string = plain,
): TextMistake => ({ kind: 'email', name: mistake, causes, typed, wrong });

const ofPhone = (
  mistake: string,
  causes: readonly string[],
  wrong: Text,
  typed: (dice: Dice) => string = phone,
): TextMistake => ({ kind: 'phone', name: mistake, causes, typed, wrong });

const local = (text: string): string => text.slice(0, text.indexOf('@'));
const domain = (text: string): string => text.slice(text.indexOf('@') + 1);

/** Those that `mistakes.md` of the protocol names. */
export const textMistakes: readonly TextMistake[] = [
  email(
    'not trimmed',
    ['text_not_trimmed'],
    (text) => text,
    (dice) => ` ${plain(dice)}`,
  ),
  email(
    'not trimmed at the end',
    ['text_not_trimmed'],
    (text) => text,
    (dice) => `${plain(dice)} `,
  ),
  email('not lower-cased', ['text_case_kept'], (text) => text, upper),
  email('gmail dots kept', ['gmail_dots_kept'], (text) => text, gmail),
  email('gmail plus kept', ['gmail_plus_kept'], (text) => text, gmailTagged),
  email(
    'dots removed elsewhere',
    ['text_dots_removed', 'gmail_rule_elsewhere', 'gmail_rule_partial'],
    (text) => `${local(text).replaceAll('.', '')}@${domain(text)}`,
    dotted,
  ),
  email(
    'plus removed elsewhere',
    ['text_plus_removed', 'gmail_rule_elsewhere', 'gmail_rule_partial'],
    (text) => `${local(text).replace(/\+.*/, '')}@${domain(text)}`,
    tagged,
  ),
  email(
    'googlemail folded',
    ['gmail_domain_changed'],
    (text) => text.replace('@googlemail.com', '@gmail.com'),
    (dice) => `${name(dice)}@googlemail.com`,
  ),
  email('line feed', ['text_white_space'], (text) => `${text}\n`),
  email('CR LF', ['text_white_space'], (text) => `${text}\r\n`),
  email('blank behind', ['text_white_space'], (text) => `${text} `),
  email('blank in front', ['text_white_space'], (text) => ` ${text}`),
  email('tab', ['text_white_space'], (text) => `${text}\t`),
  email('double quotes', ['text_quoted'], (text) => `"${text}"`),
  email('single quotes', ['text_quoted'], (text) => `'${text}'`),
  email('byte order mark', ['text_byte_order_mark', 'encoded_byte_order_mark'], (text) => `\ufeff${text}`),
  email('mailto:', ['text_prefixed'], (text) => `mailto:${text}`),
  email('display name', ['text_display_name'], (text) => `Jane Doe <${text}>`),
  email('angle brackets', ['text_bracketed'], (text) => `<${text}>`),
  email('non-breaking blank', ['text_no_break_blank'], (text) => `${text}\u00a0`),
  email('zero width', ['text_invisible'], (text) => `${text}\u200b`),
  email('two addresses', ['text_repeated'], (text) => `${text},${text}`),
  email(
    'first of two',
    ['text_one_of_two'],
    (text) => text.split(',')[0] ?? '',
    (dice) => `${plain(dice)},${plain(dice)}`,
  ),
  email(
    'plus lost',
    ['text_plus_lost', 'text_blanks_changed', 'text_at_replaced'],
    (text) => text.replace('+', ' '),
    tagged,
  ),
  email('percent-encoded', ['text_escaped'], encodeURIComponent),
  email('domain only', ['text_part_only'], domain),
  email('local part only', ['text_part_only'], local),
  email('upper-cased', ['text_upper_cased'], (text) => text.toUpperCase()),
  email(
    'accents removed',
    ['text_accents_removed'],
    (text) => text.replace('é', 'e'),
    (dice) => `${name(dice)}é@${name(dice)}.com`,
  ),
  email(
    'NFD',
    ['text_unicode_form'],
    (text) => text.normalize('NFD'),
    (dice) => `${name(dice)}é@${name(dice)}.com`,
  ),
  ofPhone('trunk zero', ['phone_trunk_zero'], (text) => text.replace('+44', '+440'), british),
  ofPhone('plus missing', ['phone_plus_absent'], (text) => text.slice(1)),
  ofPhone('00 for +', ['phone_prefix'], (text) => text.replace('+', '00')),
  ofPhone('national', ['phone_national', 'phone_digits_cut'], (text) => text.slice(2)),
  ofPhone('in groups', ['phone_grouped'], (text) => text.replace(/^\+1(...)(...)/, '+1 ($1) $2-')),
  ofPhone('with dashes', ['phone_grouped'], (text) => text.replace(/^\+1(...)(...)/, '$1-$2-')),
  ofPhone('British groups', ['phone_grouped'], (text) => text.replace(/^\+44(....)/, '+44 $1 '), british),
  ofPhone('full-width digits', ['text_other_characters'], (text) =>
    text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  ),
  ofPhone('scientific', ['phone_spreadsheet'], (text) => Number(text).toExponential(5).replace('e', 'E')),
  ofPhone('trailing .0', ['phone_spreadsheet'], (text) => `${text.slice(1)}.0`),
  ofPhone('thousands', ['phone_spreadsheet'], (text) => Number(text).toLocaleString('en-US')),
  ofPhone('apostrophe', ['text_quoted'], (text) => `'${text}`),
  ofPhone('tel:', ['text_prefixed'], (text) => `tel:${text}`),
];

/** Mistakes between the text and the bytes of the hash. */
interface HashMistake extends Mistake {
  readonly wrong: (text: string) => Buffer;
}

const sha = (data: string | Buffer, algorithm = 'sha256'): Buffer =>
  createHash(algorithm).update(data).digest();

export const hashMistakes: readonly HashMistake[] = [
  { name: 'UTF-16', causes: ['encoded_utf16'], wrong: (text) => sha(Buffer.from(text, 'utf16le')) },
  {
    name: 'UTF-16, big-endian',
    causes: ['encoded_utf16'],
    wrong: (text) => sha(Buffer.from(text, 'utf16le').swap16()),
  },
  {
    name: 'UTF-16 with byte order mark',
    causes: ['encoded_byte_order_mark'],
    wrong: (text) => sha(Buffer.from(`\ufeff${text}`, 'utf16le')),
  },
  { name: 'twice, of bytes', causes: ['digest_twice'], wrong: (text) => sha(sha(text)) },
  { name: 'twice, of base64', causes: ['digest_twice'], wrong: (text) => sha(sha(text).toString('base64')) },
  { name: 'twice, of hex', causes: ['digest_twice'], wrong: (text) => sha(sha(text).toString('hex')) },
  {
    name: 'twice, of upper-case hex',
    causes: ['digest_twice'],
    wrong: (text) => sha(sha(text).toString('hex').toUpperCase()),
  },
  {
    name: 'base64 of the text',
    causes: ['encoded_other'],
    wrong: (text) => sha(Buffer.from(text).toString('base64')),
  },
  {
    name: 'hex of the text',
    causes: ['encoded_other'],
    wrong: (text) => sha(Buffer.from(text).toString('hex')),
  },
  { name: 'MD5', causes: ['digest_algorithm'], wrong: (text) => sha(text, 'md5') },
  { name: 'SHA-1', causes: ['digest_algorithm'], wrong: (text) => sha(text, 'sha1') },
  { name: 'SHA-512', causes: ['digest_algorithm'], wrong: (text) => sha(text, 'sha512') },
];

/** Ways to write the hash. */
interface WritingMistake extends Mistake {
  readonly wrong: (hash: Buffer) => string;
}

export const writingMistakes: readonly WritingMistake[] = [
  {
    name: 'URL alphabet',
    causes: ['written_url_alphabet', 'written_padding_absent'],
    wrong: (hash) => hash.toString('base64url'),
  },
  {
    name: 'padding missing',
    causes: ['written_padding_absent'],
    wrong: (hash) => hash.toString('base64').replace(/=+$/, ''),
  },
  {
    name: 'base64 of hex',
    causes: ['written_base64_of_hex'],
    wrong: (hash) => Buffer.from(hash.toString('hex')).toString('base64'),
  },
  {
    name: 'percent-encoded',
    causes: ['written_percent_encoded'],
    wrong: (hash) => encodeURIComponent(hash.toString('base64')),
  },
  { name: 'in quotes', causes: ['written_quoted'], wrong: (hash) => `"${hash.toString('base64')}"` },
  { name: 'line feed', causes: ['written_white_space'], wrong: (hash) => `${hash.toString('hex')}\n` },
  { name: 'raw', causes: ['written_raw'], wrong: (hash) => hash.toString('latin1') },
  { name: '0x', causes: ['written_prefix'], wrong: (hash) => `0x${hash.toString('hex')}` },
  {
    name: 'base64 twice',
    causes: ['written_base64_twice'],
    wrong: (hash) => Buffer.from(hash.toString('base64')).toString('base64'),
  },
  { name: 'list of bytes', causes: ['written_list'], wrong: (hash) => `[${[...hash].join(', ')}]` },
  ...(['swap16', 'swap32', 'reverse'] as const).map((order) => ({
    name: `bytes in another order: ${order}`,
    causes: ['written_reversed'],
    wrong: (hash: Buffer) => Buffer.from(hash)[order]().toString('base64'),
  })),
  {
    name: 'hex in pairs',
    causes: ['written_separated'],
    wrong: (hash) => hash.toString('hex').replace(/..(?=.)/g, '$&:'),
  },
];
