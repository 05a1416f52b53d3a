/** Mistakes that only emails have: upper case, and rules of gmail.com elsewhere or in part. */

import { emailParts } from './email-parts.ts';
import { capitalized, sided } from './email-sides.ts';
import { type TextStep, replacing, textStep } from './step.ts';
import { prefixSteps } from './text-steps.ts';

const firstUpper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const noDots = (text: string): string => text.replaceAll('.', '');
const noPlus = (local: string): string => local.replace(/\+.*$/s, '');

const cases: readonly TextStep[] = [
  textStep('text_upper_cased', { what: 'the email' }, (text) => text.toUpperCase()),
  textStep('text_upper_cased', { what: 'its first letter' }, firstUpper),
  sided('text_upper_cased', 'its local part', (local, domain) => `${local.toUpperCase()}@${domain}`, 2),
  sided('text_upper_cased', 'its domain', (local, domain) => `${local}@${domain.toUpperCase()}`, 2),
  sided(
    'text_upper_cased',
    'the first letter of its domain',
    (local, domain) => `${local}@${firstUpper(domain)}`,
    2,
  ),
  sided(
    'text_upper_cased',
    'the first letter of each name',
    (local, domain) => `${capitalized(local)}@${domain}`,
  ),
  textStep('text_upper_cased', { what: 'the first letter of each word' }, capitalized, 2),
];

const LAST_DOT = /\.([^.]*)$/;
const LAST_PLUS = /\+[^+]*$/;

/** Dots in front of the + only. */
function noDotsBeforePlus(local: string, domain: string): string | undefined {
  const plus = local.indexOf('+');
  return plus < 0 ? undefined : `${noDots(local.slice(0, plus))}${local.slice(plus)}@${domain}`;
}

const GOOGLEMAIL = /^googlemail\.com *$/i;

/** What ends a name in the local part for some programs. */
const separators = [
  ['dash', /-.*$/s],
  ['underscore', /_.*$/s],
  ['dot', /\..*$/s],
  ['=', /=.*$/s],
] as const;

const rules: readonly TextStep[] = [
  sided('text_dots_removed', 'the domain is not gmail.com', (local, domain) => `${noDots(local)}@${domain}`),
  sided('text_plus_removed', 'the domain is not gmail.com', (local, domain) => `${noPlus(local)}@${domain}`),
  sided('gmail_rule_elsewhere', '', (local, domain) => `${noDots(noPlus(local))}@${domain}`),
  textStep('text_dots_removed', { what: 'in the whole email' }, noDots),
  sided('text_dots_removed', 'in the domain', (local, domain) => `${local}@${noDots(domain)}`, 2),
  sided(
    'gmail_rule_partial',
    'only the first dot was removed',
    (local, domain) => `${local.replace('.', '')}@${domain}`,
  ),
  sided(
    'gmail_rule_partial',
    'only the last dot was removed',
    (local, domain) => `${local.replace(LAST_DOT, '$1')}@${domain}`,
    2,
  ),
  sided('gmail_rule_partial', 'dots were removed only in front of the +', noDotsBeforePlus),
  sided(
    'gmail_rule_partial',
    'the local part was cut at its last +',
    (local, domain) => `${local.replace(LAST_PLUS, '')}@${domain}`,
    2,
  ),
  sided(
    'text_plus_removed',
    'only the sign itself went',
    (local, domain) => `${local.replaceAll('+', '')}@${domain}`,
  ),
  ...separators.map(([name, pattern]) =>
    sided(
      'text_separator_cut',
      `its first ${name}`,
      (local, domain) => `${local.replace(pattern, '')}@${domain}`,
      2,
    ),
  ),
  sided(
    'gmail_domain_changed',
    'googlemail.com became gmail.com, and its dots and plus signs were removed',
    (local, domain) => (GOOGLEMAIL.test(domain) ? `${noDots(noPlus(local))}@gmail.com` : undefined),
  ),
  replacing(
    'gmail_domain_changed',
    { what: 'googlemail.com became gmail.com' },
    /@googlemail\.com(?= *$)/i,
    '@gmail.com',
  ),
  replacing(
    'gmail_domain_changed',
    { what: 'gmail.com became googlemail.com' },
    /@gmail\.com(?= *$)/i,
    '@googlemail.com',
  ),
  replacing(
    'text_trimmed_wrongly',
    { what: 'every character that is no letter, digit, @ or dot' },
    /[^\p{L}\p{N}@.]/gu,
    '',
    2,
  ),
];

const objects: readonly TextStep[] = ['email', 'Email', 'mail', 'email_address'].flatMap((member) => [
  textStep(
    'text_json',
    { what: `an object with the member ${member}` },
    (text) => JSON.stringify({ [member]: text }),
    2,
  ),
  textStep(
    'text_json',
    { what: `an object with the member ${member}, with a blank` },
    (text) => `{"${member}": ${JSON.stringify(text)}}`,
    2,
  ),
]);

const USUAL_PREFIXES = ['mailto:', 'email:'];
const PREFIXES = [
  'MAILTO:',
  'Mailto:',
  'mailto://',
  'email: ',
  'Email: ',
  'Email:',
  'E-Mail: ',
  'email=',
  'smtp:',
  'SMTP:',
  'acct:',
  'http://',
];

export const emailSteps: readonly TextStep[] = [
  ...cases,
  ...rules,
  ...emailParts,
  ...prefixSteps([...USUAL_PREFIXES, ...PREFIXES], USUAL_PREFIXES.length),
  ...objects,
];
