/** Routes requests to `/__admin`, with or without the prefix of a test id, to the app that answers them. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { TEST_ID, addressed } from './isolation.ts';

/** The path below which control calls are. Here all of them are one route: the app that answers has its own. */
export const ADMIN_PATH = '/__admin';
const ADMIN = /^\/__admin(?:[/?#]|$)/;

/** Whether a target, without the prefix of a test id, is one of `/__admin`. */
export const isAdminTarget = (target: string): boolean => target.startsWith(ADMIN_PATH) && ADMIN.test(target);

interface AdminGateOptions {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The routes of `/__admin`. Bodies are left unread for the app that answers. */
export async function adminGate(app: FastifyInstance, { handle }: AdminGateOptions): Promise<void> {
  // before Fastify looks at the content type
  app.addHook('onRequest', (request, reply) => {
    const { testId, target } = addressed(request.originalUrl);
    if (testId !== '') request.raw.headers[TEST_ID] = testId;
    request.raw.url = target;
    reply.hijack();
    handle(request.raw, reply.raw);
  });
  app.all(ADMIN_PATH, () => undefined);
}
