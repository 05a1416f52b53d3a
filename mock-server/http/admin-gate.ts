/** Passes requests to `/__admin`, with or without the prefix of a test id, to the app that answers them. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Addressed, TEST_ID } from './isolation.ts';
import type { Profile } from '../operator/profile.ts';

/** The path below which control calls are. */
export const ADMIN_PATH = '/__admin';
const ADMIN = /^\/__admin(?:[/?#]|$)/;

/** Answers a request to `/__admin`, whose body is unread. */
export type AnswerAdmin = (request: IncomingMessage, response: ServerResponse) => void;

/** Whether a target, without the prefix of a test id, is one of `/__admin`. */
export const isAdminTarget = (target: string): boolean => target.startsWith(ADMIN_PATH) && ADMIN.test(target);

/** Whether a browser that asks for `/`, which this operator does not have, is to be sent to the inspector page. */
export const asksForPage = (
  { method, headers }: IncomingMessage,
  { opensPage }: Pick<Profile, 'opensPage'>,
): boolean => opensPage && method === 'GET' && headers.accept?.includes('text/html') === true;

/** Passes a request on. A test id in its path becomes one in its header. */
export function passToAdmin(
  answer: AnswerAdmin,
  { raw }: FastifyRequest,
  reply: FastifyReply,
  { testId, target }: Addressed,
): void {
  if (testId !== '') raw.headers[TEST_ID] = testId;
  raw.url = target;
  reply.hijack();
  answer(raw, reply.raw);
}
