/** Reads the one identifier of a request from its query or its payload (Protocol §8). */

import { type JsonObject, jsonText } from '../core/json.ts';
import { identifierFault, unreadFault } from '../core/identifier-faults.ts';
import { absentMember } from '../core/member-faults.ts';
import type { Fault } from '../core/reasons.ts';
import { OperatorError, type OperatorErrorCode } from '../core/operator-error.ts';
import { type IdentifierKind, identifierKinds } from '../core/identifier.ts';
import type { Deployment } from '../operator/deployment.ts';
import { type Located, identify, locate } from '../operator/identity.ts';
import type { Query } from './query.ts';
import type { Call } from './route.ts';

export const emailKinds: readonly IdentifierKind[] = ['email', 'email_hash'];

/** The kinds an operator reads: with phone support off, phone members are ignored. */
export const kindsOf = ({ phones }: Deployment): readonly IdentifierKind[] =>
  phones ? identifierKinds : emailKinds;

/** The error codes of an endpoint: no or several identifiers, and an invalid identifier. */
interface IdentifierRefusals {
  readonly missing: OperatorErrorCode;
  readonly invalid: OperatorErrorCode;
}

const usualRefusals: IdentifierRefusals = {
  missing: 'identifier_missing',
  invalid: 'identifier_invalid',
};

interface Given {
  readonly kind: IdentifierKind;
  readonly text: string;
}

/** The identifiers of a request, with the kinds that are read and the source. */
export interface Asked {
  readonly kinds: readonly IdentifierKind[];
  readonly given: readonly Given[];
  /** undefined for an envelope without a payload */
  readonly source: Query | JsonObject | undefined;
}

function askedOf(
  kinds: readonly IdentifierKind[],
  source: Asked['source'],
  textOf: (kind: IdentifierKind) => string | undefined,
): Asked {
  const given: Given[] = [];
  for (const kind of kinds) {
    const text = textOf(kind);
    if (text !== undefined) given.push({ kind, text });
  }
  return { kinds, given, source };
}

export const askedInQuery = ({ query }: Call, kinds: readonly IdentifierKind[]): Asked =>
  askedOf(kinds, query, (kind) => query.get(kind));

export const askedInPayload = (payload: JsonObject | undefined, kinds: readonly IdentifierKind[]): Asked =>
  askedOf(kinds, payload, (kind) => jsonText(payload?.[kind]));

const isQuery = (source: Asked['source']): source is Query => source instanceof Map;

/** Why a request has no identifier that is read. */
function absentFault({ phones }: Deployment, { kinds, source }: Asked): Fault {
  if (source === undefined) return ['payload_absent'];
  const names = isQuery(source) ? [...source.keys()] : Object.keys(source);
  const empty = isQuery(source) ? undefined : kinds.find((kind) => source[kind] === null);
  if (empty !== undefined) return ['identifier_null', { kind: empty }];
  const reasons = { absent: 'identifier_absent', misnamed: 'identifier_misnamed' } as const;
  return unreadFault(names, kinds, phones) ?? absentMember(names, kinds, reasons);
}

/** Why a request does not have exactly one identifier. */
export function countFault(deployment: Deployment, asked: Asked): Fault {
  if (asked.given.length === 0) return absentFault(deployment, asked);
  return ['identifiers_several', { kinds: asked.given.map(({ kind }) => kind).join(', ') }];
}

/** Why the identifier of a request is invalid. */
export function invalidFault({ kind, text }: Given, source: Asked['source']): Fault {
  const isText = source === undefined || isQuery(source) || typeof source[kind] === 'string';
  return isText ? identifierFault(kind, text) : ['identifier_not_text', { kind }];
}

/** The identity of the only identifier in a request. */
export function onlyIdentity(
  { deployment, exchange }: Call,
  asked: Asked,
  refusals: IdentifierRefusals = usualRefusals,
): Located {
  const [given, ...others] = asked.given;
  if (given === undefined || others.length > 0) {
    throw new OperatorError(refusals.missing, ...countFault(deployment, asked));
  }
  const identity = identify(deployment, given.kind, given.text);
  if (identity === undefined) {
    throw new OperatorError(refusals.invalid, ...invalidFault(given, asked.source));
  }
  const located = locate(deployment, identity);
  exchange.identity = located;
  return located;
}
