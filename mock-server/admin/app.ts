/** A Fastify app that answers `/__admin` and does not listen. It is made when it is first asked for. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import fastify from 'fastify';
import { type AdminOptions, adminPlugin } from './plugin.ts';

export interface AdminApp {
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

const MEBIBYTE = 1_048_576;

export async function createAdminApp(options: AdminOptions): Promise<AdminApp> {
  const app = fastify({ exposeHeadRoutes: false, bodyLimit: 64 * MEBIBYTE });
  await app.register(adminPlugin, options);
  await app.ready();
  return {
    handle: (request, response) => {
      app.routing(request, response);
    },
    close: () => app.close(),
  };
}
