/** Mistakes that only emails have: parts of the address, another domain, and names around it. */

import { capitalized, sided } from './email-sides.ts';
import { domainToAscii } from './punycode.ts';
import { type TextStep, replacing, textStep } from './step.ts';

const labelsOf = (domain: string): string[] => domain.split('.');

function inAscii(local: string, domain: string): string | undefined {
  const ascii = domainToAscii(domain);
  return ascii === undefined ? undefined : `${local}@${ascii}`;
}

const parts: readonly TextStep[] = [
  sided('text_part_only', 'the domain', (_, domain) => domain),
  sided('text_part_only', 'the local part', (local) => local),
  sided('text_part_only', 'the local part with the @', (local) => `${local}@`, 2),
  sided('text_part_only', 'the @ and the domain', (_, domain) => `@${domain}`, 2),
  sided(
    'text_part_only',
    'what stands in front of the +',
    (local) => (local.includes('+') ? local.replace(/\+.*$/s, '') : undefined),
    2,
  ),
  ...['', ' ', ' at ', '(at)', '[at]', '_', '#', '.', '-', '%'].map((sign) =>
    sided(
      'text_at_replaced',
      sign === '' ? 'nothing' : sign,
      (local, domain) => local + sign + domain,
      sign === '' ? 1 : 2,
    ),
  ),
  sided('text_domain_changed', 'www. was put in front', (local, domain) => `${local}@www.${domain}`, 2),
  sided(
    'text_domain_changed',
    'its last label was lost',
    (local, domain) => `${local}@${labelsOf(domain).slice(0, -1).join('.')}`,
    2,
  ),
  sided(
    'text_domain_changed',
    'its first label was lost',
    (local, domain) => `${local}@${labelsOf(domain).slice(1).join('.')}`,
    2,
  ),
  sided(
    'text_domain_changed',
    'only its last two labels were kept',
    (local, domain) => `${local}@${labelsOf(domain).slice(-2).join('.')}`,
    2,
  ),
  sided('text_domain_changed', 'the domain stands in front', (local, domain) => `${domain}@${local}`, 2),
  sided('text_punycode', 'letters beyond ASCII became punycode', inAscii),
  ...(['+', '.', '_', '-', '%20'] as const).map((sign) =>
    replacing('text_blanks_changed', { what: `they became ${sign}` }, / /g, sign, 2),
  ),
  replacing('text_blanks_changed', { what: 'several became one' }, / {2,}/g, ' ', 2),
];

/** Names that examples and templates have. */
const NAMES = [
  'Name',
  'name',
  'Jane Doe',
  'John Doe',
  'Jane',
  'User',
  'Test',
  'Test User',
  'Full Name',
  'First Last',
];

const wordsOf = (text: string): string => capitalized(text.replace(/[@+].*$/s, '').replace(/[._-]+/g, ' '));

/** What a display name may be made of. */
const nameOf: readonly ((text: string) => string)[] = [
  wordsOf,
  (text) => text.replace(/@.*$/s, ''),
  (text) => text,
  ...NAMES.map((name) => () => name),
];

const names: readonly TextStep[] = nameOf.flatMap((name, index) => [
  textStep('text_display_name', {}, (text) => `${name(text)} <${text}>`, index === 0 ? 1 : 2),
  textStep('text_display_name', {}, (text) => `"${name(text)}" <${text}>`, 2),
]);

const LONGEST_LOCAL_PART = 30;

/** A dot at each place of a gmail.com address: the user typed it, and the value was computed from that. */
const dots: readonly TextStep[] = Array.from({ length: LONGEST_LOCAL_PART }, (_, index) => {
  const place = index + 1;
  const withDot = (local: string, domain: string): string | undefined =>
    domain === 'gmail.com' && place < local.length
      ? `${local.slice(0, place)}.${local.slice(place)}@${domain}`
      : undefined;
  return sided('gmail_dot_added', '', withDot, 3);
});

export const emailParts: readonly TextStep[] = [...parts, ...names, ...dots];
