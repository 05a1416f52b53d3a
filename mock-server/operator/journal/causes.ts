/** Why an exchange ended so, as exactly as the doctors can tell with the secrets of the present world. */

import type { Cause } from '../../core/doctor/cause.ts';
import { causeOfReason } from '../../core/doctor/causes/reasons.ts';
import { diagnoseEnvelope } from '../../core/doctor/envelope-doctor.ts';
import { type Identifier, silentMistakes } from '../../core/doctor/silent-mistakes.ts';
import { isJsonObject } from '../../core/json.ts';
import { fromUtf8 } from '../../core/text.ts';
import type { Deployment } from '../deployment.ts';
import type { Exchange } from '../exchange.ts';
import type { Client } from '../world/directory.ts';
import { type Masker, maskedFacts } from './masking.ts';
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

/** A search in a longer body would hold up other requests. */
const LONGEST = 65_536;
/** version (1), IV (12) */
const HEAD = 13;

type WorldClient = Deployment['world']['clients'][number];

/** The client whose secret opens an envelope in its usual form, if it is another than the one that sent it. */
function ownerOf(
  body: Uint8Array,
  client: Client,
  { world, primitives }: Deployment,
): WorldClient | undefined {
  const bytes = body[0] === 1 ? body : primitives.fromBase64(fromUtf8(body).trim());
  if (bytes === undefined || bytes.length < HEAD) return undefined;
  return world.clients.find(({ name, secret }) => {
    const key = name === client.name ? undefined : primitives.fromBase64(secret);
    return key && primitives.gcmOpen(key, bytes.subarray(1, HEAD), bytes.subarray(HEAD)) !== undefined;
  });
}

/** What the envelope doctor proves, with the secrets of the client and of the one that sealed. */
function envelopeCauses(
  { exchange, body, contentType }: Asked,
  deployment: Deployment,
  masker: Masker,
): Cause[] {
  const { reason, route, client, arrived } = exchange;
  if (route === undefined || client === undefined || !OF_ENVELOPES.test(reason)) return [];
  if (body === undefined || body.length > LONGEST || !ENDPOINTS_WITH_ENVELOPES.test(route)) return [];
  const { world, profile, primitives } = deployment;
  const own = world.clients.filter(({ name }) => name === client.name);
  const { causes } = diagnoseEnvelope(primitives, {
    body,
    // with the secrets of all clients in all forms the search would take seconds
    clients: [...own, ...[ownerOf(body, client, deployment) ?? []].flat()],
    client: client.name,
    now: arrived,
    profile: profile.name,
    route,
    ...(contentType !== undefined && { contentType }),
  });
  return causes.filter(({ proved }) => proved).map((cause) => ({ ...cause, says: masker.text(cause.says) }));
}

const KINDS: readonly string[] = ['email', 'email_hash', 'phone_hash'];

/** The identifiers of a request, in its query and its plain payload, whose mistakes may be silent. */
export function* identifiersIn({ plain, query }: Pick<Asked, 'plain' | 'query'>): Generator<Identifier> {
  for (const { name, value } of parametersOf(query)) if (KINDS.includes(name)) yield [name, value];
  if (!isJsonObject(plain)) return;
  for (const kind of KINDS) {
    for (const value of [plain[kind]].flat()) if (typeof value === 'string') yield [kind, value];
  }
}

export type CausesOf = (asked: Asked, deployment: Deployment, masker: Masker) => Cause[];

/**
 * The causes of an answer: what the doctors prove first, then the reason by which the operator decided. For a request
 * that is served, the mistakes that gave another person without an error.
 */
export const causesOf: CausesOf = (asked, deployment, masker) => {
  const { reason, facts } = asked.exchange;
  if (reason === 'served') return silentMistakes(identifiersIn(asked), deployment.primitives);
  const cause = causeOfReason(reason, maskedFacts(facts, masker));
  return cause === undefined ? [] : [...envelopeCauses(asked, deployment, masker), cause];
};
