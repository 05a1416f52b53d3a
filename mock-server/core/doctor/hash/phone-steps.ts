/** Mistakes that only phones have: prefixes, parts of the number, and how people write it. */

import { digital, national } from './phone-digits.ts';
import { groupedWritings } from './phone-groups.ts';
import { phoneNumbers } from './phone-numbers.ts';
import { type TextStep, textStep } from './step.ts';
import { prefixSteps } from './text-steps.ts';

const FRONTS = [
  ['00', '00', 1],
  ['011', '011', 1],
  ['a blank in place of +', ' ', 1],
  ['%2B', '%2B', 1],
  ['%2b', '%2b', 2],
  ['+00', '+00', 2],
  ['+0', '+0', 2],
  ['0', '0', 2],
  ['000', '000', 2],
  ['0011', '0011', 2],
  ['+ and a blank', '+ ', 1],
  ['++', '++', 2],
  ['a full-width +', '＋', 2],
  ['a minus', '-', 2],
  ['p:+', 'p:+', 2],
] as const;

const prefixes: readonly TextStep[] = [
  digital('phone_plus_absent', '', (digits) => digits),
  ...FRONTS.map(([what, written, rank]) => digital('phone_prefix', what, (digits) => written + digits, rank)),
  national('phone_trunk_zero', '', (code, number) => `+${code}0${number}`),
  national('phone_trunk_zero', '', (code, number) => `+${code}(0)${number}`, 2),
  national('phone_trunk_zero', '', (code, number) => `+${code} (0) ${number}`, 2),
  national('phone_trunk_zero', '', (code, number) => `${code}0${number}`, 2),
  national('phone_trunk_zero', '', (code, number) => `00${code}0${number}`, 2),
  national('phone_trunk_zero_lost', '', (code, number) =>
    number.startsWith('0') ? `+${code}${number.slice(1)}` : undefined,
  ),
  national('phone_national', '', (_, number) => number),
  national('phone_national', '', (_, number) => `0${number}`),
  national('phone_national', '', (_, number) => `+${number}`),
  national('phone_national', '', (_, number) => `+0${number}`, 2),
  national('phone_other_code', '1', (_, number) => `1${number}`, 2),
  national('phone_other_code', '8', (_, number) => `8${number}`, 2),
  national('phone_other_code', '1, with the plus sign', (_, number) => `+1${number}`, 2),
  national('phone_other_code', 'itself, twice', (code, number) => `+${code}${code}${number}`, 2),
];

const groups: readonly TextStep[] = groupedWritings.map(({ style, write, isUsual }) =>
  national('phone_grouped', style, write, isUsual ? 3 : 4),
);

/** The ways to group that are combined with other changes of the text. */
const usualGroups: readonly TextStep[] = ['-', ' ', '.'].flatMap((sign) => {
  const joined = (number: string): string | undefined =>
    number.length === 10 ? [number.slice(0, 3), number.slice(3, 6), number.slice(6)].join(sign) : undefined;
  return [
    national('phone_grouped', `+1${sign}234${sign}567${sign}8901`, (code, number) => {
      const rest = joined(number);
      return rest && `+${code}${sign}${rest}`;
    }),
    national('phone_grouped', `234${sign}567${sign}8901`, (_, number) => joined(number), 2),
    national('phone_grouped', `+1${sign}2345678901`, (code, number) => `+${code}${sign}${number}`),
  ];
});

const objects: readonly TextStep[] = ['phone', 'phone_number', 'phoneNumber'].map((member) =>
  textStep(
    'text_json',
    { what: `an object with the member ${member}` },
    (text) => JSON.stringify({ [member]: text }),
    2,
  ),
);

const PREFIXES = [
  'tel:',
  'phone:',
  'TEL:',
  'tel: ',
  'phone: ',
  'Phone: ',
  'Tel.: ',
  'Tel: ',
  'phone=',
  'sms:',
  'callto:',
  'sip:',
  'whatsapp:',
  'mobile:',
  'tel://',
];

export const phoneSteps: readonly TextStep[] = [
  ...prefixes,
  ...usualGroups,
  ...prefixSteps(PREFIXES, 1),
  ...phoneNumbers,
  ...objects,
  ...groups,
];

/** Steps that make a phone in normal form of one that people typed, in part. */
export const phoneCleaningSteps: readonly TextStep[] = [
  textStep('phone_plus_absent', {}, (text) => text.replace(/\D/g, '')),
  textStep('text_taken_out', { what: 'everything but digits and +' }, (text) => text.replace(/[^\d+]/g, '')),
  textStep('text_other_characters', { what: 'digits and + written in ASCII' }, (text) =>
    text.normalize('NFKC'),
  ),
  textStep(
    'phone_extension',
    { what: 'its digits were added to the phone' },
    (text) => `+${text.replace(/\D/g, '')}`,
  ),
];
