/** Mutants of how identifiers are normalised and read from requests (Protocol §2.1, §2.2, §8). */

import { mutantsOf } from './mutant.ts';
import { alterPayloads } from './answers.ts';

const TOKEN_ROUTES = /\/token\/(generate|validate)$/;

/** Applies a step to the parts before and after the `@`; a text without exactly one `@` stays as it is. */
const mapParts = (email: string, step: (local: string, domain: string) => string): string => {
  const [local, domain, ...more] = email.split('@');
  return local === undefined || domain === undefined || more.length > 0 ? email : step(local, domain);
};

export const normalisationMutants = mutantsOf('normalisation', [
  [
    'as-it-comes',
    'S1',
    'addresses are hashed without normalisation',
    { rules: ({ normalizeEmail }) => ({ normalizeEmail: (email) => normalizeEmail(email) && email }) },
  ],
  [
    'keeps-case',
    'S1',
    'upper-case letters of addresses are kept',
    {
      rules: ({ normalizeEmail }) => ({
        normalizeEmail: (email) =>
          normalizeEmail(email) && mapParts(email, (local, domain) => `${local.trim()}@${domain.trim()}`),
      }),
    },
  ],
  [
    'folds-beyond-ascii',
    'S20',
    'letters beyond A to Z are converted to lower case too',
    { rules: ({ normalizeEmail }) => ({ normalizeEmail: (email) => normalizeEmail(email)?.toLowerCase() }) },
  ],
  [
    'keeps-gmail-dots',
    'S20',
    'dots in the local part of gmail.com are kept',
    {
      rules: ({ normalizeEmail }) => ({
        normalizeEmail: (email) => {
          const normalized = normalizeEmail(email);
          const dotted = email
            .toLowerCase()
            .replaceAll(' ', '')
            .replace(/\+.*(?=@)/, '');
          return normalized?.endsWith('@gmail.com') ? dotted : normalized;
        },
      }),
    },
  ],
  [
    'keeps-gmail-extensions',
    'S20',
    'the part after a plus sign is kept in addresses of gmail.com',
    {
      rules: ({ normalizeEmail }) => ({
        normalizeEmail: (email) => {
          const normalized = normalizeEmail(email);
          const extension = /\+[^@]*/.exec(email.toLowerCase().replaceAll(' ', ''))?.[0];
          return normalized?.endsWith('@gmail.com')
            ? normalized.replace('@', `${extension ?? ''}@`)
            : normalized;
        },
      }),
    },
  ],
  [
    'every-domain-is-gmail',
    'S20',
    'dots and extensions are removed in addresses of every domain',
    {
      rules: ({ normalizeEmail }) => ({
        normalizeEmail: (email) => {
          const normalized = normalizeEmail(email);
          return (
            normalized &&
            mapParts(
              normalized,
              (local, domain) => `${local.replace(/\+.*$/, '').replaceAll('.', '')}@${domain}`,
            )
          );
        },
      }),
    },
  ],
  [
    'googlemail-is-gmail',
    'S20',
    'addresses of googlemail.com are normalised as those of gmail.com',
    {
      rules: ({ normalizeEmail }) => ({
        normalizeEmail: (email) =>
          normalizeEmail(email.replace(/@googlemail\.com$/i, '@gmail.com'))?.replace(
            /@gmail\.com$/,
            /@googlemail\.com$/i.test(email) ? '@googlemail.com' : '@gmail.com',
          ),
      }),
    },
  ],
  [
    'keeps-inner-spaces',
    'S20',
    'spaces inside the local part are kept',
    {
      rules: ({ normalizeEmail }) => ({
        normalizeEmail: (email) =>
          normalizeEmail(email.trimStart().replaceAll(' ', '\u0001'))?.replaceAll('\u0001', ' ').trimEnd(),
      }),
    },
  ],
  [
    'trims-all-blanks',
    'S20',
    'tabs and line breaks around addresses are trimmed too',
    { rules: ({ normalizeEmail }) => ({ normalizeEmail: (email) => normalizeEmail(email.trim()) }) },
  ],
  [
    'second-at-sign',
    'S20',
    'a second at sign counts as part of the domain',
    {
      rules: ({ normalizeEmail }) => ({
        normalizeEmail: (email) =>
          normalizeEmail(
            email.replace('@', '\u0001').replaceAll('@', '\u0002').replace('\u0001', '@'),
          )?.replaceAll('\u0002', '@'),
      }),
    },
  ],
  [
    'formatted-phones',
    'R27',
    'blanks and hyphens in phone numbers are removed',
    {
      rules: ({ normalizePhone }) => ({
        normalizePhone: (phone) => normalizePhone(phone.replace(/[\s().-]/g, '')),
      }),
    },
  ],
  [
    'short-phones',
    'R27',
    'nine digits are a valid phone number',
    {
      rules: ({ normalizePhone }) => ({
        normalizePhone: (phone) => (/^\+\d{9}$/.test(phone) ? phone : normalizePhone(phone)),
      }),
    },
  ],
  [
    'phones-without-plus',
    'R27',
    'phone numbers are hashed without their plus sign',
    { rules: ({ normalizePhone }) => ({ normalizePhone: (phone) => normalizePhone(phone)?.slice(1) }) },
  ],
  [
    'last-parameter-counts',
    'R87',
    'the last of repeated parameters counts',
    {
      http: ({ parseQuery }) => ({
        parseQuery: (query) => parseQuery(query.split('&').reverse().join('&')),
      }),
    },
  ],
  [
    'plus-is-plus',
    'R87',
    'a plus sign in a query does not stand for a space',
    { http: ({ parseQuery }) => ({ parseQuery: (query) => parseQuery(query.replaceAll('+', '%2B')) }) },
  ],
  [
    'exact-parameter-names',
    'R87',
    'names of parameters are case-sensitive',
    {
      http: ({ parseQuery }) => ({
        parseQuery: (query) =>
          parseQuery(
            query
              .split('&')
              .filter((pair) => !/^[^=]*[A-Z]/.test(pair))
              .join('&'),
          ),
      }),
    },
  ],
  [
    'null-is-text',
    'R29',
    'a JSON null is an identifier',
    {
      http: (http) =>
        alterPayloads(http, TOKEN_ROUTES, (payload) =>
          Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, value ?? 'null'])),
        ),
    },
  ],
]);
