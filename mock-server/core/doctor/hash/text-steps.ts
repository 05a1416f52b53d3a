/** Mistakes in the text of any identity: what is put around it, and how it is escaped or converted. */

import { type TextStep, replacing, textStep } from './step.ts';

const BEFORE = 'in front of';
const BEHIND = 'behind';
const AROUND = 'on both sides of';

type Cause = TextStep['cause'];

/** A text in front of the identity, behind it, and on both sides. */
const around = (
  cause: Cause,
  what: string,
  added: string,
  ranks: readonly [1 | 2, 1 | 2, 1 | 2],
): TextStep[] => [
  textStep(cause, { what, where: BEHIND }, (text) => text + added, ranks[0]),
  textStep(cause, { what, where: BEFORE }, (text) => added + text, ranks[1]),
  textStep(cause, { what, where: AROUND }, (text) => added + text + added, ranks[2]),
];

const whiteSpace: readonly TextStep[] = [
  ...around('text_white_space', 'a line feed', '\n', [1, 2, 2]),
  ...around('text_white_space', 'carriage return and line feed', '\r\n', [1, 2, 2]),
  ...around('text_white_space', 'a blank', ' ', [1, 1, 1]),
  ...around('text_white_space', 'a tab', '\t', [1, 2, 2]),
  ...around('text_white_space', 'a carriage return', '\r', [1, 2, 2]),
  ...around('text_white_space', 'two blanks', '  ', [2, 2, 2]),
  ...around('text_white_space', 'two line feeds', '\n\n', [2, 2, 2]),
  ...around('text_no_break_blank', 'a non-breaking blank', '\u00a0', [1, 1, 2]),
  ...around('text_no_break_blank', 'a narrow non-breaking blank', '\u202f', [2, 2, 2]),
  ...around('text_white_space', 'an ideographic blank', '\u3000', [2, 2, 2]),
  ...around('text_white_space', 'a thin blank', '\u2009', [2, 2, 2]),
  ...around('text_white_space', 'a line separator', '\u2028', [2, 2, 2]),
  ...around('text_invisible', 'a zero width blank', '\u200b', [1, 1, 2]),
  ...around('text_invisible', 'a zero width non-joiner', '\u200c', [2, 2, 2]),
  ...around('text_invisible', 'a zero width joiner', '\u200d', [2, 2, 2]),
  ...around('text_invisible', 'a word joiner', '\u2060', [2, 2, 2]),
  ...around('text_invisible', 'a left-to-right mark', '\u200e', [2, 2, 2]),
  ...around('text_invisible', 'a right-to-left mark', '\u200f', [2, 2, 2]),
  ...around('text_invisible', 'a soft hyphen', '\u00ad', [2, 2, 2]),
  ...around('text_invisible', 'a null character', '\0', [1, 2, 2]),
  textStep(
    'text_invisible',
    { what: 'a left-to-right embedding', where: AROUND },
    (text) => `\u202a${text}\u202c`,
    2,
  ),
  textStep('text_byte_order_mark', { where: BEFORE }, (text) => `\ufeff${text}`),
  textStep('text_byte_order_mark', { where: BEHIND }, (text) => `${text}\ufeff`, 2),
];

const enclosing: readonly (readonly [
  cause: Cause,
  what: string,
  open: string,
  close: string,
  rank: 1 | 2,
])[] = [
  ['text_quoted', 'double quotes', '"', '"', 1],
  ['text_quoted', 'single quotes', "'", "'", 1],
  ['text_quoted', 'backticks', '`', '`', 2],
  ['text_quoted', 'escaped double quotes', '\\"', '\\"', 2],
  ['text_quoted', 'doubled quotes', '""', '""', 2],
  ['text_quoted', 'three double quotes', '"""', '"""', 2],
  ['text_quoted', 'typographic double quotes', '“', '”', 1],
  ['text_quoted', 'typographic single quotes', '‘', '’', 2],
  ['text_quoted', 'low typographic quotes', '„', '“', 2],
  ['text_quoted', 'guillemets', '«', '»', 2],
  ['text_quoted', 'a quote in front', '"', '', 2],
  ['text_quoted', 'a quote behind', '', '"', 2],
  ['text_quoted', 'an apostrophe in front', "'", '', 1],
  ['text_quoted', 'an apostrophe behind', '', "'", 2],
  ['text_quoted', "b'…' as Python prints bytes", "b'", "'", 2],
  ['text_bracketed', 'angle brackets', '<', '>', 1],
  ['text_bracketed', 'square brackets', '[', ']', 1],
  ['text_bracketed', 'parentheses', '(', ')', 2],
  ['text_bracketed', 'braces', '{', '}', 2],
  ['text_bracketed', 'an angle bracket behind', '', '>', 2],
  ['text_json', 'a list with one text', '["', '"]', 1],
  ['text_json', 'a list with one text in single quotes', "['", "']", 2],
  ['text_json', 'an object with the member identifier', '{"identifier":"', '"}', 2],
  ['text_suffixed', 'a comma', '', ',', 1],
  ['text_suffixed', 'a semicolon', '', ';', 1],
  ['text_suffixed', 'a dot', '', '.', 1],
  ['text_suffixed', 'a colon', '', ':', 2],
  ['text_suffixed', 'a slash', '', '/', 2],
  ['text_suffixed', 'a vertical bar', '', '|', 2],
  ['text_suffixed', 'a question mark', '', '?', 2],
  ['text_suffixed', 'a percent-encoded line feed', '', '%0A', 2],
  ['text_suffixed', 'a percent-encoded blank', '', '%20', 2],
  ['text_suffixed', 'a percent-encoded CR LF', '', '%0D%0A', 2],
  ['text_suffixed', 'a backslash and the letter n', '', '\\n', 2],
  ['text_suffixed', 'the text \\r\\n', '', '\\r\\n', 2],
  ['text_suffixed', 'a comma and a blank', '', ', ', 2],
  ['text_suffixed', 'the word null', '', 'null', 2],
  ['text_suffixed', 'the word undefined', '', 'undefined', 2],
];

const repeated: readonly (readonly [what: string, between: string])[] = [
  ['with a comma between', ','],
  ['with a semicolon between', ';'],
  ['with a comma and a blank between', ', '],
  ['with a semicolon and a blank between', '; '],
  ['with a blank between', ' '],
  ['with a line feed between', '\n'],
  ['with a vertical bar between', '|'],
  ['with nothing between', ''],
];

const percentEncoded = (text: string): string | undefined =>
  text.isWellFormed() ? encodeURIComponent(text) : undefined;

const escaped: readonly TextStep[] = [
  textStep('text_escaped', { what: 'percent-encoded' }, percentEncoded),
  textStep('text_escaped', { what: 'percent-encoded, with lower-case digits' }, (text) =>
    percentEncoded(text)?.replace(/%../g, (code) => code.toLowerCase()),
  ),
  textStep(
    'text_escaped',
    { what: 'percent-encoded as in a form' },
    (text) =>
      percentEncoded(text)
        ?.replaceAll('%20', '+')
        .replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    2,
  ),
  replacing('text_escaped', { what: '+ as %2B' }, /\+/g, '%2B'),
  replacing('text_escaped', { what: '@ as %40' }, /@/g, '%40'),
  replacing('text_escaped', { what: 'blanks as %20' }, / /g, '%20', 2),
  replacing('text_escaped', { what: '@ as an HTML entity' }, /@/g, '&#64;'),
  replacing('text_escaped', { what: '@ as an HTML entity in hex' }, /@/g, '&#x40;', 2),
  replacing('text_escaped', { what: '@ as a named HTML entity' }, /@/g, '&commat;', 2),
  replacing('text_escaped', { what: '+ as an HTML entity' }, /\+/g, '&#43;'),
  replacing('text_escaped', { what: '& as an HTML entity' }, /&/g, '&amp;'),
  replacing('text_escaped', { what: 'apostrophes as an HTML entity' }, /'/g, '&#39;'),
  replacing('text_escaped', { what: 'apostrophes as an HTML entity in hex' }, /'/g, '&#x27;', 2),
  replacing('text_escaped', { what: 'apostrophes doubled, as in SQL' }, /'/g, "''"),
  replacing('text_escaped', { what: 'apostrophes behind a backslash' }, /'/g, "\\'"),
  replacing('text_escaped', { what: '@ as \\u0040' }, /@/g, '\\u0040'),
  replacing('text_escaped', { what: '+ as \\u002b' }, /\+/g, '\\u002b'),
  replacing('text_escaped', { what: '@ as =40, quoted-printable' }, /@/g, '=40', 2),
  replacing('text_escaped', { what: 'slashes behind a backslash' }, /\//g, '\\/', 2),
  textStep(
    'text_escaped',
    { what: 'letters beyond ASCII as \\u escapes' },
    (text) => text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    2,
  ),
  replacing('text_plus_lost', { what: 'a blank' }, /\+/g, ' '),
  replacing('text_plus_lost', { what: 'nothing' }, /\+/g, ''),
  replacing('text_plus_lost', { what: 'two plus signs' }, /\+/g, '++', 2),
];

const converted: readonly TextStep[] = [
  ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form, index) =>
    textStep('text_unicode_form', { form }, (text) => text.normalize(form), index < 2 ? 1 : 2),
  ),
  textStep('text_accents_removed', { what: 'accents dropped' }, (text) =>
    text
      .normalize('NFD')
      .replace(/\p{Mn}/gu, '')
      .normalize('NFC'),
  ),
  replacing('text_accents_removed', { what: 'letters beyond ASCII dropped' }, /[^\0-\x7f]/gu, ''),
  replacing('text_accents_removed', { what: 'letters beyond ASCII written as ?' }, /[^\0-\x7f]/gu, '?'),
  replacing('text_other_characters', { what: 'a full-width @' }, /@/g, '＠', 2),
  replacing('text_other_characters', { what: 'a full-width +' }, /\+/g, '＋', 2),
  ...(
    [
      ['full-width', 0xff10, 1],
      ['Arabic-Indic', 0x660, 2],
      ['Persian', 0x6f0, 2],
      ['Devanagari', 0x966, 2],
    ] as const
  ).map(([name, zero, rank]) =>
    textStep(
      'text_other_characters',
      { what: `${name} digits` },
      (text) => text.replace(/\d/g, (digit) => String.fromCharCode(zero + Number(digit))),
      rank,
    ),
  ),
  textStep('text_reversed', {}, (text) => [...text].reverse().join(''), 2),
];

/** Mistakes that a text of any kind can have. */
export const commonSteps: readonly TextStep[] = [
  ...whiteSpace,
  ...enclosing.map(([cause, what, open, close, rank]) =>
    textStep(cause, { what }, (text) => open + text + close, rank),
  ),
  ...escaped,
  ...converted,
  ...repeated.map(([what, between], index) =>
    textStep('text_repeated', { what }, (text) => text + between + text, index < 2 ? 1 : 2),
  ),
];

/** A step for each prefix. */
export const prefixSteps = (prefixes: readonly string[], common: number): TextStep[] =>
  prefixes.map((prefix, index) =>
    textStep('text_prefixed', { prefix: prefix.trim() }, (text) => prefix + text, index < common ? 1 : 2),
  );
