/** The one identifier of a request, out of a query string or a payload (Protocol §8). */

import { type JsonObject, jsonText } from '../core/json.ts';
import { OperatorError, type OperatorErrorCode } from '../core/operator-error.ts';
import { type IdentifierKind, identifierKinds } from '../core/identifier.ts';
import type { Deployment } from '../operator/deployment.ts';
import { type Located, identify, locate } from '../operator/identity.ts';
import type { Call } from './route.ts';

export const emailKinds: readonly IdentifierKind[] = ['email', 'email_hash'];

/** The kinds an operator reads: with phone support off, phone members are ignored. */
export const kindsOf = ({ phones }: Deployment): readonly IdentifierKind[] =>
  phones ? identifierKinds : emailKinds;

/** What an endpoint calls a request with no or several identifiers, and one whose identifier is invalid. */
export interface IdentifierRefusals {
  readonly missing: OperatorErrorCode;
  readonly invalid: OperatorErrorCode;
}

export const usualRefusals: IdentifierRefusals = {
  missing: 'identifier_missing',
  invalid: 'identifier_invalid',
};

export interface Given {
  readonly kind: IdentifierKind;
  readonly text: string;
}

function givenOf(
  kinds: readonly IdentifierKind[],
  textOf: (kind: IdentifierKind) => string | undefined,
): Given[] {
  const found: Given[] = [];
  for (const kind of kinds) {
    const text = textOf(kind);
    if (text !== undefined) found.push({ kind, text });
  }
  return found;
}

export function givenInQuery({ query }: Call, kinds: readonly IdentifierKind[]): Given[] {
  return givenOf(kinds, (kind) => query.get(kind));
}

export function givenInPayload(payload: JsonObject | undefined, kinds: readonly IdentifierKind[]): Given[] {
  return givenOf(kinds, (kind) => jsonText(payload?.[kind]));
}

/** The identity that exactly one given identifier names. */
export function onlyIdentity(
  { deployment, exchange }: Call,
  [given, ...others]: readonly Given[],
  refusals: IdentifierRefusals = usualRefusals,
): Located {
  if (given === undefined || others.length > 0) throw new OperatorError(refusals.missing);
  const identity = identify(deployment, given.kind, given.text);
  if (identity === undefined) throw new OperatorError(refusals.invalid);
  const located = locate(deployment, identity);
  exchange.identity = located;
  return located;
}
