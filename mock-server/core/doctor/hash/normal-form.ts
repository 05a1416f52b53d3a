/**
 * The normal form of an email as a list of rules (Protocol §2.1), so that one can be left out. All of them in order
 * give what `normalizeEmail` gives. They can be applied to any text, also one that is not an email.
 */

import { normalizeEmail, normalizePhone } from '../../normalize.ts';
import type { HashCauseId } from '../causes/hash.ts';

export type IdentityKind = 'email' | 'phone';

export interface NormalRule {
  readonly id: string;
  /** what the rule does, for a person */
  readonly says: string;
  /** the mistake of leaving it out */
  readonly cause: HashCauseId;
  readonly facts?: Readonly<Record<string, string>>;
  apply(text: string): string;
}

const GMAIL = /@gmail\.com *$/i;

const inLocalPart = (text: string, change: (local: string) => string): string => {
  const at = text.indexOf('@');
  return at < 0 ? text : change(text.slice(0, at)) + text.slice(at);
};

const ofGmail = (text: string, change: (local: string) => string): string =>
  GMAIL.test(text) ? inLocalPart(text, change) : text;

const emailRules: readonly NormalRule[] = [
  {
    id: 'lower_case',
    says: 'A to Z become lower case',
    cause: 'text_case_kept',
    apply: (text) => text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase()),
  },
  {
    id: 'leading_blanks',
    says: 'blanks at the start are removed',
    cause: 'text_not_trimmed',
    facts: { where: 'start' },
    apply: (text) => text.replace(/^ +/, ''),
  },
  {
    id: 'inner_blanks',
    says: 'blanks in the local part are removed',
    cause: 'text_inner_blanks_kept',
    apply: (text) =>
      inLocalPart(text, (local) => {
        const name = local.replace(/^ +/, '');
        return local.slice(0, local.length - name.length) + name.replaceAll(' ', '');
      }),
  },
  {
    id: 'trailing_blanks',
    says: 'blanks at the end are removed',
    cause: 'text_not_trimmed',
    facts: { where: 'end' },
    apply: (text) => text.replace(/ +$/, ''),
  },
  {
    id: 'gmail_plus',
    says: 'at gmail.com, + and what follows it in the local part are removed',
    cause: 'gmail_plus_kept',
    apply: (text) => ofGmail(text, (local) => local.replace(/\+.*$/s, '')),
  },
  {
    id: 'gmail_dots',
    says: 'at gmail.com, dots of the local part are removed',
    cause: 'gmail_dots_kept',
    apply: (text) => ofGmail(text, (local) => local.replaceAll('.', '')),
  },
];

/** The rules of a kind. A phone has none: the operator takes it as it is or not at all. */
export const rulesOf: Readonly<Record<IdentityKind, readonly NormalRule[]>> = {
  email: emailRules,
  phone: [],
};

/** Applies rules in order, without those that are left out. */
export function applyRules(
  text: string,
  rules: readonly NormalRule[],
  left: ReadonlySet<NormalRule> = new Set(),
): string {
  return rules.reduce((current, rule) => (left.has(rule) ? current : rule.apply(current)), text);
}

/** The normal form that the operator hashes; undefined when it calls the identity invalid. */
export const normalForm = (kind: IdentityKind, identity: string): string | undefined =>
  kind === 'email' ? normalizeEmail(identity) : normalizePhone(identity);

const EXTENSION = /\s*(?:ext(?:ension)?\.?|x|#|;ext=|,)\s*\d{1,6}\s*$/i;

/** The phone that people mean by a text that is not in normal form; undefined when it has too few digits. */
export function meantPhone(text: string): string | undefined {
  const ascii = text.normalize('NFKC').replace(EXTENSION, '').replace(/\(0\)/g, '');
  const digits = ascii.replace(/\D/g, '');
  const international = /^\D*\+/.test(ascii) ? digits : digits.replace(/^00/, '');
  return normalizePhone(`+${international}`);
}

const PHONE = /^\D{0,8}(?:\d[^\p{L}\d]{0,4}){7,}(?:\D{0,5}\d{1,6})?$/u;

/** The kind of an identity by its looks. */
export function kindOf(identity: string): IdentityKind {
  if (identity.includes('@')) return 'email';
  return PHONE.test(identity.normalize('NFKC').trim()) ? 'phone' : 'email';
}
