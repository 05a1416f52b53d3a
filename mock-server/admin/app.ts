/** A Fastify app that answers `/__admin` and does not listen. It is made when it is first asked for. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import fastify from 'fastify';
import { checkCaller } from './guard.ts';
import { type AdminOptions, MOST_BYTES, adminPlugin, sendError } from './plugin.ts';

export interface AdminApp {
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

export async function createAdminApp(options: AdminOptions): Promise<AdminApp> {
  const app = fastify({
    exposeHeadRoutes: false,
    bodyLimit: MOST_BYTES,
    frameworkErrors(error, request, reply) {
      try {
        checkCaller(options.guard, request.raw);
        sendError(reply, error);
      } catch (refusal) {
        sendError(reply, refusal);
      }
    },
  });
  await app.register(adminPlugin, options);
  await app.ready();
  return {
    handle: (request, response) => {
      app.routing(request, response);
    },
    close: () => app.close(),
  };
}
