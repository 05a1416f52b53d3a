/** The one identifier of a request, out of a query string or a payload (Protocol §8). */

import { type JsonObject, jsonText } from '../core/json.ts';
import { identifierFault } from '../core/identifier-faults.ts';
import { absentMember } from '../core/member-faults.ts';
import type { Facts, Reason } from '../core/reasons.ts';
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
interface IdentifierRefusals {
  readonly missing: OperatorErrorCode;
  readonly invalid: OperatorErrorCode;
}

const usualRefusals: IdentifierRefusals = {
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

type Fault = readonly [reason: Reason, facts?: Facts];

/** Why a request has no identifier that is read. */
function absentFault({ deployment, exchange, query }: Call): Fault {
  const kinds = kindsOf(deployment);
  const { payload } = exchange;
  const names = payload ? Object.keys(payload) : [...query.keys()];
  const off = identifierKinds.find((kind) => !kinds.includes(kind) && names.includes(kind));
  if (off !== undefined) return ['phones_off', { kind: off }];
  const empty = kinds.find((kind) => payload?.[kind] === null);
  if (empty !== undefined) return ['identifier_null', { kind: empty }];
  return absentMember(names, kinds, { absent: 'identifier_absent', misnamed: 'identifier_misnamed' });
}

function invalidFault({ kind, text }: Given, payload: JsonObject | undefined): Fault {
  const isText = payload === undefined || typeof payload[kind] === 'string';
  return isText ? identifierFault(kind, text) : ['identifier_not_text', { kind }];
}

/** The identity that exactly one given identifier names. */
export function onlyIdentity(
  call: Call,
  [given, ...others]: readonly Given[],
  refusals: IdentifierRefusals = usualRefusals,
): Located {
  if (given === undefined) throw new OperatorError(refusals.missing, ...absentFault(call));
  if (others.length > 0) {
    const kinds = [given, ...others].map(({ kind }) => kind).join(', ');
    throw new OperatorError(refusals.missing, 'identifiers_several', { kinds });
  }
  const { deployment, exchange } = call;
  const identity = identify(deployment, given.kind, given.text);
  if (identity === undefined) {
    throw new OperatorError(refusals.invalid, ...invalidFault(given, call.exchange.payload));
  }
  const located = locate(deployment, identity);
  exchange.identity = located;
  return located;
}
