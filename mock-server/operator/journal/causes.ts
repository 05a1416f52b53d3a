/** Why an exchange ended so, as exactly as the doctors can tell with the secrets of the present world. */

import type { Cause } from '../../core/doctor/cause.ts';
import { causeOfReason } from '../../core/doctor/causes/reasons.ts';
import { diagnoseEnvelope } from '../../core/doctor/envelope-doctor.ts';
import { type Identifier, silentMistakes } from '../../core/doctor/silent-mistakes.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Facts } from '../../core/reasons.ts';
import type { Deployment } from '../deployment.ts';
import type { Exchange } from '../exchange.ts';
import type { Masker } from './masking.ts';
import { parametersOf } from './queries.ts';

/** What is known of a request when its causes are asked for. */
interface Asked {
  readonly exchange: Exchange;
  readonly body: Uint8Array | undefined;
  readonly contentType: string | undefined;
  readonly query: string;
  /** the opened payload, or the JSON of a body that is not sealed */
  readonly plain: unknown;
}

/** Reasons that a sealed body may have. */
const OF_ENVELOPES = /^(?:base64|envelope|timestamp|nonce|payload|body)_/;
const ENDPOINTS_WITH_ENVELOPES = /^\/v[23]\/(?!token\/(?:refresh|client-generate)$)/;

function envelopeCauses(
  { exchange, body, contentType }: Asked,
  deployment: Deployment,
  masker: Masker,
): Cause[] {
  const { reason, route, client, arrived } = exchange;
  if (route === undefined || body === undefined || !OF_ENVELOPES.test(reason)) return [];
  if (!ENDPOINTS_WITH_ENVELOPES.test(route)) return [];
  const { world, profile, primitives } = deployment;
  const { causes } = diagnoseEnvelope(primitives, {
    body,
    clients: world.clients,
    now: arrived,
    profile: profile.name,
    route,
    ...(contentType !== undefined && { contentType }),
    ...(client !== undefined && { client: client.name }),
  });
  return causes.filter(({ proved }) => proved).map((cause) => ({ ...cause, says: masker.text(cause.says) }));
}

const KINDS: readonly string[] = ['email', 'email_hash', 'phone_hash'];

function* identifiersOf({ plain, query }: Asked): Generator<Identifier> {
  for (const { name, value } of parametersOf(query)) if (KINDS.includes(name)) yield [name, value];
  if (!isJsonObject(plain)) return;
  for (const kind of KINDS) {
    for (const value of [plain[kind]].flat()) if (typeof value === 'string') yield [kind, value];
  }
}

export type CausesOf = (asked: Asked, deployment: Deployment, masker: Masker) => Cause[];

/** Facts without what must not be shown. The sentences around them need no mask, and may have an at sign. */
const maskedFacts = (facts: Facts, masker: Masker): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? masker.text(fact) : fact]),
  );

/**
 * The causes of an answer: what the doctors prove first, then the reason by which the operator decided. For a request
 * that is served, the mistakes that gave another person without an error.
 */
export const causesOf: CausesOf = (asked, deployment, masker) => {
  const { reason, facts } = asked.exchange;
  if (reason === 'served') return silentMistakes(identifiersOf(asked), deployment.primitives);
  const cause = causeOfReason(reason, maskedFacts(facts, masker));
  return cause === undefined ? [] : [...envelopeCauses(asked, deployment, masker), cause];
};
