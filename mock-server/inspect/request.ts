/** What an operator answers to a request, and why: its own reason, and what the doctors prove. */

import { causeOfReason } from '../core/doctor/causes/reasons.ts';
import type { Cause } from '../core/doctor/cause.ts';
import { diagnoseEnvelope } from '../core/doctor/envelope-doctor.ts';
import type { EnvelopeDiagnosis } from '../core/doctor/envelope-case.ts';
import { silentMistakes } from '../core/doctor/silent-mistakes.ts';
import { bodies } from '../core/sentences/bodies.ts';
import { parseJsonObject } from '../core/json-reading.ts';
import { fromUtf8 } from '../core/text.ts';
import { nativePrimitives } from '../native/primitives.ts';
import { type Exchange, openedRequest } from '../operator/exchange.ts';
import { identifiersIn } from '../operator/journal/causes.ts';
import type { AskedOperator } from './operator.ts';
import type { RawAnswer, RawRequest } from './raw-request.ts';

interface InspectedRequest extends RawRequest {
  /** ms */
  readonly now: number;
  readonly profile: string;
  /** name of the client whose secret should seal the body, if it is known */
  readonly client: string | undefined;
}

export type Inspection = EnvelopeDiagnosis;

/** Reasons that the envelope doctor says more of. */
const isOfEnvelope = (reason: string): boolean =>
  Object.hasOwn(bodies, reason) || /^(?:cstg_(?:payload|iv|public)|token_|wrapper_)/.test(reason);

/** The message of a refusal; of an answer without one its status, or the text itself. */
function messageOf({ body }: RawAnswer): string {
  const text = body.toString('utf8');
  const { message, status } = parseJsonObject(text) ?? {};
  if (typeof message === 'string') return message;
  return typeof status === 'string' ? status : text;
}

const pathOf = (target: string): string => target.replace(/[?#].*$/s, '');

const contentTypeOf = ({ headers }: RawRequest): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];

/** Whether a path is one whose bodies are sealed. */
const readsEnvelopes = (path: string): boolean => /^\/+v[23]\//i.test(path);

function diagnosed(
  request: InspectedRequest,
  { world }: AskedOperator,
  exchange: Exchange | undefined,
): EnvelopeDiagnosis | undefined {
  const path = exchange?.route ?? pathOf(request.target);
  if (!readsEnvelopes(path)) return undefined;
  const contentType = contentTypeOf(request);
  const client = exchange?.client?.name ?? request.client;
  return diagnoseEnvelope(nativePrimitives, {
    body: request.body,
    ...(contentType !== undefined && { contentType }),
    clients: world.clients,
    ...(client !== undefined && { client }),
    now: request.now,
    profile: request.profile,
    route: path,
    keypairs: world.client_side_keypairs,
  });
}

/** The causes in order: what is proved of an envelope says more than the reason of its refusal. */
function causesOf(exchange: Exchange | undefined, envelope: EnvelopeDiagnosis | undefined): Cause[] {
  const own = exchange && causeOfReason(exchange.reason, exchange.facts);
  const ofEnvelope = envelope?.causes ?? [];
  const proved = ofEnvelope.filter((cause) => cause.proved);
  if (own === undefined) return [...ofEnvelope];
  if (!isOfEnvelope(own.id)) return [own, ...proved];
  return proved.length > 0 ? proved : [own, ...ofEnvelope.filter(({ says }) => says !== own.says)];
}

function foundOf(
  exchange: Exchange | undefined,
  envelope: EnvelopeDiagnosis | undefined,
): Record<string, unknown> {
  const client = exchange?.client;
  return {
    ...(exchange?.route !== undefined && { route: exchange.route }),
    ...(client && { client: client.name, roles: [...client.roles] }),
    ...envelope?.found,
    ...(exchange?.reason !== undefined && exchange.reason !== 'served' && { reason: exchange.reason }),
  };
}

/** Mistakes that the operator serves for another person. */
function silentCauses({ target, body }: RawRequest, exchange: Exchange | undefined): Cause[] {
  const query = /\?([^#]*)/.exec(target)?.[1] ?? '';
  const opened = exchange && openedRequest(exchange, body, nativePrimitives);
  const plain = parseJsonObject(opened ?? fromUtf8(body));
  return silentMistakes(identifiersIn({ plain, query }), nativePrimitives);
}

/** Asks the operator, and says why it answers so. */
export async function inspectRequest(
  operator: AskedOperator,
  request: InspectedRequest,
): Promise<Inspection> {
  const { answer, exchange } = await operator.ask(request, request.now);
  const envelope = diagnosed(request, operator, exchange);
  const isRefused = answer.status >= 400;
  return {
    kind: envelope?.kind ?? 'request',
    opens: envelope?.opens ?? !isRefused,
    refusal: isRefused ? { status: answer.status, message: messageOf(answer) } : null,
    causes: isRefused ? causesOf(exchange, envelope) : silentCauses(request, exchange),
    found: foundOf(exchange, envelope),
  };
}
