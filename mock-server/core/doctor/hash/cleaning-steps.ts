/**
 * Steps that take away what the operator keeps: the value was computed from a cleaner text than the identity as typed.
 * They are tried on the text as typed and on its normal form.
 */

import { percentDecoded } from '../../decoding.ts';
import { type TextStep, replacing, textStep } from './step.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  commat: '@',
  plus: '+',
  period: '.',
  nbsp: '\u00a0',
};

const htmlDecoded = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      const code =
        decimal !== undefined ? Number(decimal) : hex !== undefined ? parseInt(hex, 16) : undefined;
      if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      return ENTITIES[(name ?? '').toLowerCase()] ?? whole;
    },
  );

/** The part of a list at a place. */
const partOf = (text: string, place: number): string | undefined => {
  const parts = text.split(/\s*[,;|\n/]\s*|\s+(?=\S+@)|\s+(?=\+\d)/).filter((part) => part !== '');
  return parts.length > 1 ? parts.at(place) : undefined;
};

export const cleaningSteps: readonly TextStep[] = [
  replacing('text_trimmed_wrongly', { what: 'white space other than blanks at the ends' }, /^\s+|\s+$/gu, ''),
  replacing('text_trimmed_wrongly', { what: 'white space inside the text' }, /\s+/gu, ''),
  replacing('text_trimmed_wrongly', { what: 'every blank' }, / +/g, ''),
  replacing(
    'text_taken_out',
    { what: 'its invisible characters' },
    /[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\p{Cc}]+/gu,
    '',
  ),
  replacing('text_taken_out', { what: 'the quotes around it' }, /^(["'`“„«‘]+)(.*?)["'`”“»’]+$/su, '$2'),
  replacing('text_taken_out', { what: 'its quotes' }, /["'`“”„«»‘’]+/gu, ''),
  replacing('text_taken_out', { what: 'the brackets around it' }, /^[<([{](.*)[>)\]}]$/su, '$1'),
  replacing(
    'text_taken_out',
    { what: 'the display name and the angle brackets' },
    /^.*<([^<>]*)>.*$/su,
    '$1',
  ),
  replacing('text_taken_out', { what: 'its comment in parentheses' }, /\s*\([^)]*\)\s*/gu, ''),
  replacing(
    'text_taken_out',
    { what: 'its prefix' },
    /^\s*(?:mailto|e-?mail|smtp|tel|phone|sip|acct)\s*[:=]\s*/iu,
    '',
  ),
  replacing('text_taken_out', { what: 'what follows a question mark' }, /\?.*$/su, ''),
  replacing('text_taken_out', { what: 'punctuation at its end' }, /[.,;:|/]+\s*$/u, ''),
  replacing('text_taken_out', { what: 'punctuation at its start' }, /^[.,;:|/]+/u, ''),
  textStep('text_unescaped', { what: 'percent-encoding' }, percentDecoded),
  textStep('text_unescaped', { what: 'percent-encoding of a form' }, (text) =>
    percentDecoded(text.replaceAll('+', ' ')),
  ),
  textStep('text_unescaped', { what: 'HTML entities' }, htmlDecoded),
  replacing('text_unescaped', { what: 'backslashes' }, /\\(.)/gs, '$1'),
  textStep('text_one_of_two', { what: 'the first' }, (text) => partOf(text, 0)),
  textStep('text_one_of_two', { what: 'the last' }, (text) => partOf(text, -1)),
  textStep('text_unicode_lower_cased', {}, (text) => text.toLowerCase()),
];
