/**
 * Mistakes in identifiers that the operator takes without an error, so that it serves another person. They are found
 * without knowing the right identifier.
 */

import type { Facts } from '../reasons.ts';
import type { Primitives } from '../primitives.ts';
import { type Cause, causeFrom } from './cause.ts';
import { hashCauses } from './causes/hash.ts';
import { missingText, nameOf } from './hash/constants.ts';
import { knownConstant } from './hash/known-constants.ts';
import { readIdentityHash } from '../identity-hash.ts';

type HashCauseId = keyof typeof hashCauses;

/** Parts of an email that no address has. The facts show nothing of the address. */
const inEmails: readonly (readonly [form: RegExp, cause: HashCauseId, facts: Facts])[] = [
  [/^(["'`]).*\1$/s, 'text_quoted', { what: 'quotes around it' }],
  [/^mailto:/i, 'text_prefixed', { prefix: 'mailto:' }],
  [/<[^<>]*@[^<>]*>/, 'text_bracketed', { what: 'a name and < >' }],
  [/^\ufeff/, 'text_byte_order_mark', { where: 'before' }],
  [
    /[\u200b-\u200d\u2060\ufeff\u0000-\u0008]/,
    'text_invisible',
    { what: 'a character without width', where: 'within' },
  ],
  [/\u00a0/, 'text_no_break_blank', { what: 'a non-breaking blank', where: 'with' }],
  [/^[\t\r\n]|[\t\r\n]$/, 'text_white_space', { what: 'a tab or line end', where: 'around' }],
];

function hashCause(value: string, primitives: Primitives): Cause | undefined {
  const hash = readIdentityHash(value, primitives);
  const bytes = hash === undefined ? undefined : primitives.fromBase64(hash);
  const known = bytes && knownConstant([{ bytes, written: [] }], primitives);
  // tests send the identities of the documentation
  if (known?.constant.cause !== 'constant_text') return undefined;
  return causeFrom(hashCauses, 'constant_text', true, { text: nameOf(known.constant.text) });
}

function emailCause(value: string): Cause | undefined {
  const missing = missingText(value);
  if (missing !== undefined) return causeFrom(hashCauses, 'constant_value', true, { text: nameOf(missing) });
  const [, cause, facts] = inEmails.find(([form]) => form.test(value)) ?? [];
  return cause && causeFrom(hashCauses, cause, true, facts);
}

/** An identifier of a request: `email`, `email_hash`, `phone_hash`, with its value. */
export type Identifier = readonly [kind: string, value: string];

/** The causes in identifiers that were served, each once. */
export function silentMistakes(identifiers: Iterable<Identifier>, primitives: Primitives): Cause[] {
  const causes = new Map<string, Cause>();
  for (const [kind, value] of identifiers) {
    const cause = kind.endsWith('_hash')
      ? hashCause(value, primitives)
      : kind === 'email'
        ? emailCause(value)
        : undefined;
    if (cause !== undefined && !causes.has(cause.id)) causes.set(cause.id, cause);
  }
  return [...causes.values()];
}
