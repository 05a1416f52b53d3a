/** Hands requests to `/__admin` over, with or without the prefix of a test id. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { TEST_ID, addressed } from './isolation.ts';

const PATH = '/__admin';
const ADMIN = /^\/__admin(?:[/?#]|$)/;

/** Whether a target, without the prefix of a test id, is one of `/__admin`. */
export const isAdminTarget = (target: string): boolean => target.startsWith(PATH) && ADMIN.test(target);

interface AdminGateOptions {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The routes of `/__admin`. Bodies are left unread for the app that answers. */
export async function adminGate(app: FastifyInstance, { handle }: AdminGateOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => {
    done(null);
  });
  for (const url of [PATH, `${PATH}/*`]) {
    app.all(url, (request, reply) => {
      const { testId } = addressed(request.originalUrl);
      if (testId !== '') request.raw.headers[TEST_ID] = testId;
      reply.hijack();
      handle(request.raw, reply.raw);
    });
  }
}
