/**
 * The inspector page: files that the build makes of `inspector/`. They hold nothing of the operator, so they are sent
 * without the admin token; the page asks its user for it.
 */

import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ADMIN_PATH } from '../http/admin-gate.ts';
import { ControlError } from './calls/control-error.ts';

/** Where the build puts the page, as seen from the bundles and from the sources. */
const FOLDERS = [
  new URL('../inspector/', import.meta.url),
  new URL('../../dist/inspector/', import.meta.url),
];

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/ui': ['page.html', 'text/html; charset=utf-8'],
  '/ui/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/ui/style.css': ['style.css', 'text/css; charset=utf-8'],
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join('; ');

const headers = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const ROOT = '/';
const WITH_SLASH = `${ADMIN_PATH}/ui/`;

/** The paths that are answered without a token. */
export const pagePaths: readonly string[] = [
  ROOT,
  WITH_SLASH,
  ...Object.keys(files).map((path) => `${ADMIN_PATH}${path}`),
];

async function read(folders: readonly URL[], name: string): Promise<Buffer> {
  for (const folder of folders) {
    try {
      return await readFile(new URL(name, folder));
    } catch {
      continue;
    }
  }
  throw new ControlError('missing', {
    field: 'path',
    expected: 'a page that was built, by npm run build',
    got: 'no file',
  });
}

/** Sends to the page, by a relative URL: what stands in front of the path, such as the prefix of a test id, stays. */
const redirect = (reply: FastifyReply, location: string): FastifyReply =>
  reply.code(302).headers({ location, 'cache-control': 'no-store' }).send();

/** @param folder where the page is, in place of the folder of the build */
export function addPage(app: FastifyInstance, folder: URL | undefined): void {
  const folders = folder === undefined ? FOLDERS : [folder];
  for (const [path, [name, type]] of Object.entries(files)) {
    app.get(`${ADMIN_PATH}${path}`, async (_request, reply) => {
      const content = await read(folders, name);
      return reply.headers({ ...headers, 'content-type': type }).send(content);
    });
  }
  app.get(WITH_SLASH, (_request, reply) => redirect(reply, '../ui'));
  app.get(ROOT, ({ originalUrl }, reply) => {
    const last = originalUrl.slice(originalUrl.lastIndexOf('/') + 1);
    return redirect(reply, `${last === '' ? '' : `${last}/`}${ADMIN_PATH.slice(1)}/ui`);
  });
}
