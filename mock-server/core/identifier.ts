/**
 * Converts an identifier of a request or a world to an identity (Protocol §2). The name of the member says whether the
 * value is an email, a phone or a hash of one.
 */

import type { Identity, IdentityType } from './identity-hash.ts';
import type { Primitives } from './primitives.ts';

export const identifierKinds = ['email', 'email_hash', 'phone', 'phone_hash'] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

/** How identifiers are normalised and hashed. */
interface IdentifierRules {
  normalizeEmail(email: string): string | undefined;
  normalizePhone(phone: string): string | undefined;
  hashIdentifier(normalized: string, primitives: Primitives): string;
  readIdentityHash(text: string, primitives: Primitives): string | undefined;
}

/** The identity of an identifier; undefined when the operator calls it invalid. */
export function identify(
  kind: IdentifierKind,
  value: string,
  rules: IdentifierRules,
  primitives: Primitives,
): Identity | undefined {
  const type: IdentityType = kind.startsWith('email') ? 0 : 1;
  if (kind === 'email_hash' || kind === 'phone_hash') {
    const hash = rules.readIdentityHash(value, primitives);
    return hash === undefined ? undefined : { type, hash };
  }
  const normalized = kind === 'email' ? rules.normalizeEmail(value) : rules.normalizePhone(value);
  return normalized === undefined ? undefined : { type, hash: rules.hashIdentifier(normalized, primitives) };
}

/** The identity of an object such as `{ email: … }`, in which the name of the member is the kind. */
export function identifyNamed(
  named: { readonly [kind in IdentifierKind]?: string | undefined },
  rules: IdentifierRules,
  primitives: Primitives,
): Identity | undefined {
  const kind = identifierKinds.find((name) => named[name] !== undefined);
  return kind && identify(kind, named[kind] ?? '', rules, primitives);
}
