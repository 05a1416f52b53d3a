/** Puts `/__admin` into an app as the options say. */

import type { FastifyInstance } from 'fastify';
import type { AdminApp } from './admin/app.ts';
import type { Controlled } from './admin/calls/call.ts';
import type { AnswerAdmin } from './http/admin-gate.ts';
import type { Connections } from './http/connections.ts';
import { invalid } from './admin/calls/control-error.ts';
import { EXPECTED_ID, TEST_ID, isTestId } from './http/isolation.ts';
import { ConfigurationError, type MockOperatorOptions } from './options.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|0:0:0:0:0:0:0:1)$/i;

/**
 * Checks that the network cannot control the operator without a token.
 *
 * @throws ConfigurationError
 */
export function checkAdmin({ host = '127.0.0.1', admin = true, adminToken }: MockOperatorOptions): void {
  if (!admin || adminToken !== undefined || LOOPBACK.test(host)) return;
  throw new ConfigurationError(
    `{host}: expected a loopback address, or {adminToken=T} or {admin=false} beside it, because /__admin would be ` +
      `open to the network; got ${host}`,
  );
}

/** @throws ControlError for an invalid test id */
function testIdOf(headers: NodeJS.Dict<string | string[]>): string {
  const testId = String(headers[TEST_ID] ?? '');
  if (testId === '' || isTestId(testId)) return testId;
  throw invalid('X-UID2-Test-Id', EXPECTED_ID, `another text of ${testId.length} characters`);
}

/**
 * What answers `/__admin`. It is loaded with the first request to it, so that the mock is up quickly.
 *
 * @param page where the inspector page is, in place of the folder of the build
 */
export function mountAdmin(
  app: FastifyInstance,
  { adminToken: token, allowHost = [] }: MockOperatorOptions,
  controlled: Controlled,
  connections: Connections,
  page: URL | undefined,
): AnswerAdmin {
  const guard = { token, allowedHosts: [allowHost].flat() };
  const load = async (): Promise<AdminApp> =>
    (await import('./admin/app.ts')).createAdminApp({ ...controlled, guard, testIdOf, connections, page });
  let loaded: Promise<AdminApp> | undefined;
  app.addHook('preClose', async () => (await loaded?.catch(() => undefined))?.close());
  return (request, response) => {
    loaded ??= load();
    loaded.then(
      (admin) => {
        admin.handle(request, response);
      },
      // its files are gone, as during an update: the operator serves on
      () => response.destroy(),
    );
  };
}
