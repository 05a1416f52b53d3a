/** A Fastify app that answers `/__admin` and does not listen. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import fastify from 'fastify';
import { LONGEST_BODY } from './calls/call.ts';
import { checkCaller } from './guard.ts';
import { type AdminOptions, adminPlugin, sendError } from './plugin.ts';

/** Answers the requests that it is handed. */
export interface AdminApp {
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** Makes the app, ready to answer. */
export async function createAdminApp(options: AdminOptions): Promise<AdminApp> {
  const app = fastify({
    exposeHeadRoutes: false,
    bodyLimit: LONGEST_BODY,
    // a call that comes during shutdown is answered as any other
    return503OnClosing: false,
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
