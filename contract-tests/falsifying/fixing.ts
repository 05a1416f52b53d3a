/** Repairs requests that must be refused, so that the operator accepts them. */
import type { Client } from './deployment.ts';
import { isRecord, type Exchange, type Json } from './exchange.ts';
import type { Family } from './families.ts';
import type { Falsification, Knowledge } from './falsification.ts';

export type Fix = (exchange: Exchange) => void;
export type Row = readonly [what: string, says: string, fix: Fix, seenBy?: Knowledge];

export const rowsOf = (theme: string, rows: readonly Row[], family?: Family): Falsification[] =>
  rows.map(([what, says, fix, seenBy = family?.seenBy ?? 'publisher']) => ({
    id: `${theme}/${what}${family === undefined ? '' : `@${family.name}`}`,
    says,
    seenBy,
    profile: 'current',
    request(exchange) {
      if (family === undefined || family.has(exchange)) fix(exchange);
    },
  }));

export const identifierKinds = ['email', 'phone', 'email_hash', 'phone_hash'];

/** Forwards other parameters than those received. */
export const withAsked =
  (change: (asked: Json) => Json | undefined): Fix =>
  (exchange) => {
    const { asked } = exchange;
    const changed = asked && change(asked);
    if (changed) exchange.ask(changed);
  };

export const without = (object: Json, name: string): Json =>
  Object.fromEntries(Object.entries(object).filter(([one]) => one !== name));

/** The JSON object that the text is. */
export function objectIn(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The client whose secret opens the envelope. */
export const sealer = (
  exchange: Exchange,
  among: readonly Client[] = exchange.operator.clients,
): Client | undefined =>
  among.find((client) => !client.disabled && exchange.openRequest(client) !== undefined);
