/**
 * Serves requests while faults are ordered. A request meets the first fault that matches it and does not spare it, and no
 * other: it counts as a hit before anything else happens, so that all processes agree on how many are left.
 */

import type { OutgoingHttpHeaders } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deployment } from '../operator/deployment.ts';
import { type Exchange, explain } from '../operator/exchange.ts';
import { faultyDeployment, firstLevelHashOf, notingDeployment } from '../operator/faulty-deployment.ts';
import { chance } from '../operator/state/chance.ts';
import type { MetFault, OrderedFault } from '../operator/state/faults.ts';
import type { State } from '../operator/state/state.ts';
import { StoreAway } from '../operator/state/store.ts';
import { clientOfKey } from './auth.ts';
import { alteredAnswer, orderedAnswer, orderedHeaders } from './fault-answers.ts';
import { matchesHead } from './fault-matching.ts';
import type { Answer, Route } from './route.ts';
import { type Plugin, addCause, endOfTurn, guardLater, observeEnd, send } from './send.ts';

/** A request that may meet a fault. */
interface Served {
  /** undefined for a preflight */
  readonly route: Route | undefined;
  /** The answer of an operator. Refusals are answers too. */
  readonly answer: (deployment: Deployment, state: State, exchange: Exchange) => Answer | Promise<Answer>;
  /** the headers of any answer */
  readonly headers: () => OutgoingHttpHeaders;
}

interface Claimed extends MetFault {
  /** the number of the hit, from 1 */
  readonly hit: number;
}

/** A state that a rehearsal cannot change. */
const unchanging = (state: State): State => ({
  ...state,
  optOuts: { ...state.optOuts, add: async () => undefined },
});

/**
 * The first-level hashes of the identities that a request names. Only the operator can read them, out of envelopes,
 * lists and tokens: so it serves the request once as a rehearsal, which changes nothing and is not sent.
 */
async function identitiesOf(
  { surface, state, exchange }: FastifyRequest,
  served: Served,
): Promise<Set<string>> {
  const found = new Set<string>();
  const noting = notingDeployment(surface.deployment, (flh) => found.add(flh));
  await served.answer(noting, unchanging(state), { ...exchange });
  return found;
}

/** The fault that a request meets. It counts as hit. */
async function claim(request: FastifyRequest, served: Served): Promise<Claimed | undefined> {
  const { state, surface } = request;
  let named: Set<string> | undefined;
  for (const met of state.faults.met()) {
    if (!matchesHead(met, request, served.route)) continue;
    const { identity } = met.fault;
    if (identity !== undefined) {
      named ??= await identitiesOf(request, served);
      const flh = firstLevelHashOf(surface.deployment, identity);
      if (flh === undefined || !named.has(flh)) continue;
    }
    const hit = await state.faults.hit(met);
    if (hit > 0) return { ...met, hit };
  }
  return undefined;
}

/** With the store away nothing can be counted: requests are served as if no fault were ordered. */
async function claimIfCounted(request: FastifyRequest, served: Served): Promise<Claimed | undefined> {
  try {
    return await claim(request, served);
  } catch (error) {
    if (error instanceof StoreAway) return undefined;
    throw error;
  }
}

/** ms */
function latencyOf({ fault: { latency = 0 }, seed, id, hit }: Claimed): number {
  if (typeof latency === 'number') return latency;
  return latency.min + (latency.max - latency.min) * chance(seed, `${id} latency`, hit);
}

const isWithoutAnswer = ({ hang, reset }: OrderedFault): boolean => hang === true || reset === 'before';

/** Ends a request without an answer. */
function endWithoutAnswer(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  isHanging: boolean,
): void {
  reply.hijack();
  endOfTurn(plugin, request, reply, () => {
    if (isHanging) plugin.waits.hang(request.raw);
    else request.raw.socket.resetAndDestroy();
    observeEnd(plugin, request);
  });
}

/** Sends the head of an answer and half of its body, and resets the connection. */
function sendPart(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  { http, type, body, phrase = STATUS_CODES[http] ?? '' }: Answer,
  headers: OutgoingHttpHeaders,
): void {
  const { socket } = request.raw;
  addCause(plugin, request, headers);
  reply.hijack();
  if (type !== undefined) headers['content-type'] = type;
  const bytes = Buffer.from(body);
  // never the whole body, so that no client takes the answer for complete
  if (http !== 204) headers['content-length'] = Math.max(bytes.length, 2);
  reply.raw.writeHead(http, phrase, headers);
  // some answers have no body with which the head would go
  reply.raw.flushHeaders();
  const part = bytes.length > 1 ? bytes.subarray(0, bytes.length >> 1) : ' ';
  reply.raw.write(part);
  endOfTurn(plugin, request, reply, () => {
    socket.write('', () => {
      socket.resetAndDestroy();
    });
    observeEnd(plugin, request, http, headers, part);
  });
}

/** Applies a fault to a request. Returns the function that ends the request. */
async function applied(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  served: Served,
  claimed: Claimed,
): Promise<() => void> {
  const { fault, id } = claimed;
  const { exchange, surface, state, raw } = request;
  exchange.fault = fault.preset ?? id;
  // the fault may answer before the operator notes them
  exchange.route = served.route?.path;
  exchange.client = clientOfKey(surface.deployment, raw.headers.authorization);
  const latency = latencyOf(claimed);
  if (latency > 0) await plugin.waits.pause(raw, latency);
  const reason = (): void => {
    // a refusal of the operator itself keeps its reason
    if (exchange.reason === 'served') explain(exchange, 'fault_ordered', { fault: exchange.fault ?? id });
  };
  if (isWithoutAnswer(fault)) {
    return () => {
      reason();
      endWithoutAnswer(plugin, request, reply, fault.hang === true);
    };
  }
  const honest =
    orderedAnswer(fault) ??
    (await served.answer(faultyDeployment(surface.deployment, fault), state, exchange));
  const answer = alteredAnswer(honest, fault);
  return () => {
    reason();
    const headers = { ...served.headers(), ...orderedHeaders(fault) };
    const sendAll = fault.reset === 'after' ? sendPart : send;
    sendAll(plugin, request, reply, answer, headers);
  };
}

/** Serves a request as the first fault says that it meets; as the operator if it meets none. */
export function serveWithFaults(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  served: Served,
): void {
  const outcome = async (): Promise<() => void> => {
    const claimed = await claimIfCounted(request, served);
    if (claimed !== undefined) return applied(plugin, request, reply, served, claimed);
    const { surface, state, exchange } = request;
    const answer = await served.answer(surface.deployment, state, exchange);
    return () => {
      send(plugin, request, reply, answer, served.headers());
    };
  };
  guardLater(plugin, request, reply, outcome(), (end) => {
    end();
  });
}
