/** Phones as spreadsheets and programs write numbers, and phones of which digits are lost. */

import { digital } from './phone-digits.ts';
import { type TextStep, textStep } from './step.ts';

const last = (count: number) => (digits: string) =>
  digits.length > count ? digits.slice(-count) : undefined;
const first = (count: number) => (digits: string) =>
  digits.length > count ? digits.slice(0, count) : undefined;

const cuts: readonly TextStep[] = [
  ...[4, 7, 8, 9, 10, 11].map((count) => digital('phone_digits_cut', `the last ${count}`, last(count), 2)),
  ...[9, 10, 11, 12].map((count) => digital('phone_digits_cut', `the first ${count}`, first(count), 2)),
  digital('phone_digits_cut', 'the + and the first 10', (digits) => `+${digits.slice(0, 10)}`, 2),
  digital('phone_digits_cut', 'all but the last', (digits) => `+${digits.slice(0, -1)}`, 2),
  ...['x', ' x', ' ext ', ' ext. ', ';ext=', '#', ','].flatMap((sign) =>
    ['0', '1', '12', '123', '1234'].map((digits) =>
      textStep(
        'phone_extension',
        { what: `${sign.trim()}${digits} was hashed with the phone` },
        (text) => text + sign + digits,
        3,
      ),
    ),
  ),
];

/** Places of separators: before each three digits from the right, and the Indian way. */
const THOUSANDS = /\B(?=(\d{3})+$)/g;
const LAKHS = /\B(?=(\d{2})*\d{3}$)/g;

const SEPARATORS = [
  ['commas', ','],
  ['dots', '.'],
  ['blanks', ' '],
  ['apostrophes', "'"],
  ['typographic apostrophes', '’'],
  ['non-breaking blanks', '\u00a0'],
  ['narrow non-breaking blanks', '\u202f'],
  ['thin blanks', '\u2009'],
  ['underscores', '_'],
] as const;

const thousands: readonly TextStep[] = SEPARATORS.flatMap(([name, sign]) => {
  const what = `thousands separated by ${name}`;
  const point = sign === '.' ? ',' : '.';
  return [
    digital('phone_spreadsheet', what, (digits) => digits.replace(THOUSANDS, sign), 2),
    digital(
      'phone_spreadsheet',
      `${what}, with the plus sign`,
      (digits) => `+${digits.replace(THOUSANDS, sign)}`,
      3,
    ),
    digital(
      'phone_spreadsheet',
      `${what}, with decimal places`,
      (digits) => `${digits.replace(THOUSANDS, sign)}${point}00`,
      3,
    ),
    digital(
      'phone_spreadsheet',
      `${what}, with an apostrophe in front`,
      (digits) => `'${digits.replace(THOUSANDS, sign)}`,
      3,
    ),
  ];
});

/** Scientific notation: how the exponent is written, and the decimal point. */
const NOTATIONS: readonly (readonly [style: string, exponent: (power: string) => string, point: string])[] = [
  ['E+', (power) => `E+${power.padStart(2, '0')}`, '.'],
  ['e+', (power) => `e+${power}`, '.'],
  ['E', (power) => `E${power}`, '.'],
  ['E+ with a comma', (power) => `E+${power.padStart(2, '0')}`, ','],
  ['E+ with three digits', (power) => `E+${power.padStart(3, '0')}`, '.'],
];

const PLACES = Array.from({ length: 15 }, (_, places) => places);

/** Mantissa and exponent of a number. */
const scientificParts = (digits: string, places?: number): readonly [mantissa: string, power: string] => {
  const [mantissa = '', power = ''] = Number(digits).toExponential(places).split('e+');
  return [mantissa, power];
};

const scientific: readonly TextStep[] = NOTATIONS.flatMap(([style, exponent, point]) =>
  PLACES.flatMap((places) => {
    const what = `scientific notation (${style}), ${places} decimal places`;
    const written = (digits: string): string => {
      const [mantissa, power] = scientificParts(digits, places);
      return mantissa.replace('.', point) + exponent(power);
    };
    return [
      digital('phone_spreadsheet', what, written, 3),
      digital('phone_spreadsheet', `${what}, with the plus sign`, (digits) => `+${written(digits)}`, 3),
    ];
  }),
);

/** The shortest digits that give the number, as in Java's `Double.toString`. */
const shortest = (digits: string): string => {
  const [mantissa, power] = scientificParts(digits);
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${power}`;
};

const TRAILING = ['.0', '.00', ',00', ',0', '.', '.000000', 'n', 'L'];

const numbers: readonly TextStep[] = [
  ...TRAILING.flatMap((end, index) => [
    digital('phone_spreadsheet', `a trailing ${end}`, (digits) => digits + end, index === 0 ? 1 : 2),
    digital('phone_spreadsheet', `a trailing ${end}, with the plus sign`, (digits) => `+${digits}${end}`, 2),
  ]),
  digital('phone_spreadsheet', 'Indian groups of digits', (digits) => digits.replace(LAKHS, ','), 3),
  digital('phone_spreadsheet', 'an apostrophe in front of the digits', (digits) => `'${digits}`),
  textStep('phone_spreadsheet', { what: 'a formula, ="…"' }, (text) => `="${text}"`, 2),
  digital('phone_spreadsheet', 'a formula, ="…", without the plus sign', (digits) => `="${digits}"`, 2),
  textStep('phone_spreadsheet', { what: 'a formula, =…' }, (text) => `=${text}`, 2),
  digital('phone_spreadsheet', 'the digits of a double (Java)', shortest, 2),
  digital(
    'phone_spreadsheet',
    'a number of 32 bits, which overflows',
    (digits) => String(BigInt.asIntN(32, BigInt(digits))),
    2,
  ),
  digital(
    'phone_spreadsheet',
    'a number of 32 bits without sign, which overflows',
    (digits) => String(BigInt.asUintN(32, BigInt(digits))),
    2,
  ),
  digital('phone_spreadsheet', 'the largest number of 32 bits', () => '2147483647', 2),
  digital('phone_spreadsheet', 'a float of 32 bits', (digits) => String(Math.fround(Number(digits))), 2),
  digital('phone_spreadsheet', 'hex digits', (digits) => BigInt(digits).toString(16), 2),
  textStep(
    'phone_spreadsheet',
    { what: '#, where the column is too narrow' },
    (text) => '#'.repeat(text.length),
    2,
  ),
];

export const phoneNumbers: readonly TextStep[] = [...numbers, ...cuts, ...thousands, ...scientific];
