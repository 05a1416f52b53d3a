/** The operator's answer to an envelope (Protocol §7.3), as the server gives it. */

import { type OpenedRequest, openRequest } from '../envelope.ts';
import { envelopeEras, envelopeMessages } from '../envelope-messages.ts';
import { OperatorError } from '../operator-error.ts';
import { type Primitives, utf8 } from '../primitives.ts';
import { type EnvelopeClient, secretOf } from './envelope-keys.ts';
import type { EnvelopeCase, EnvelopeDiagnosis } from './envelope-case.ts';

/** Profiles whose operators refuse in fewer words. */
const TERSE: ReadonlySet<string> = new Set(['v5.56', 'seed-v1']);

/** The rules and messages of envelopes in the profile of the case. */
export const eraOf = ({ profile = 'current' }: EnvelopeCase) =>
  TERSE.has(profile) ? envelopeEras.terse : envelopeEras.detailed;

const isBinary = (contentType = ''): boolean => /^application\/octet-stream$/i.test(contentType.trim());

/** Whether a content type is that of a multipart form. */
export const isMultipart = (contentType = ''): boolean => /^\s*multipart\/form-data/i.test(contentType);

/** A long payload is read when it is asked for, and is refused then. */
const readWhole = ({ payload }: OpenedRequest): unknown => payload;

/** The refusal when the secret of a client should open the body; null when the request is taken. */
function refusalFor(
  primitives: Primitives,
  given: EnvelopeCase,
  client: EnvelopeClient,
): EnvelopeDiagnosis['refusal'] {
  const { body, contentType, now } = given;
  const { variant, detailed } = eraOf(given);
  const bytes = isMultipart(contentType) ? new Uint8Array(0) : typeof body === 'string' ? utf8(body) : body;
  const secret = secretOf(client) ?? new Uint8Array(32);
  try {
    readWhole(openRequest(bytes, isBinary(contentType), secret, now, variant, primitives));
    return null;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const messages: Readonly<Record<string, string>> = envelopeMessages(
      detailed,
      client.key?.startsWith('EUID-') === true,
    );
    const message = (messages[error.code] ?? error.code).replace(/\{(\w+)\}/g, (whole, name: string) =>
      String(error.facts[name] ?? whole),
    );
    return { status: 400, message };
  }
}

/** A client that the case does not have: an envelope without known secrets is judged by everything but its key. */
const UNKNOWN: EnvelopeClient = { name: 'unknown', secret: '' };

/**
 * What the operator answers, and for which client: the one that the case names, otherwise the first whose secret has
 * the body taken.
 */
export function refusalOf(
  primitives: Primitives,
  given: EnvelopeCase,
): { readonly client: EnvelopeClient; readonly refusal: EnvelopeDiagnosis['refusal'] } {
  const named = given.clients.filter(({ name }) => given.client === undefined || name === given.client);
  let first: { client: EnvelopeClient; refusal: EnvelopeDiagnosis['refusal'] } | undefined;
  for (const client of named.length > 0 ? named : [UNKNOWN]) {
    const refusal = refusalFor(primitives, given, client);
    const isKey = refusal?.message.includes('Check encryption key') === true;
    if (refusal === null || !isKey) return { client, refusal };
    first ??= { client, refusal };
  }
  return first ?? { client: UNKNOWN, refusal: null };
}
