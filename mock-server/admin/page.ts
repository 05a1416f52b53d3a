/**
 * The inspector page: files that the build makes of `inspector/`. They hold nothing of the operator, so they are sent
 * without the admin token; the page asks its user for it.
 */

import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { packageFile } from '../../package-files/read.ts';
import { ADMIN_PATH } from '../http/admin-gate.ts';
import { ControlError } from './calls/control-error.ts';

interface PageFile {
  readonly name: string;
  readonly type: string;
  /** whether there is one beside it that is compressed with brotli */
  readonly isCompressed: boolean;
}

const files: Readonly<Record<string, PageFile>> = {
  '/ui': { name: 'page.html', type: 'text/html; charset=utf-8', isCompressed: false },
  '/ui/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8', isCompressed: true },
  '/ui/style.css': { name: 'style.css', type: 'text/css; charset=utf-8', isCompressed: true },
};

const BROTLI = /(?:^|,)\s*br\s*(?:,|$)/;

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

async function read(folder: URL | undefined, name: string): Promise<Buffer> {
  const content =
    folder === undefined
      ? packageFile(`dist/inspector/${name}`)
      : await readFile(new URL(name, folder)).catch(() => undefined);
  if (content !== undefined) return content;
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
  for (const [path, { name, type, isCompressed }] of Object.entries(files)) {
    app.get(`${ADMIN_PATH}${path}`, async (request, reply) => {
      const takesBrotli = isCompressed && BROTLI.test(String(request.headers['accept-encoding'] ?? ''));
      const content = await read(folder, takesBrotli ? `${name}.br` : name);
      reply.headers({ ...headers, 'content-type': type, vary: 'accept-encoding' });
      if (takesBrotli) reply.header('content-encoding', 'br');
      return reply.send(content);
    });
  }
  app.get(WITH_SLASH, (_request, reply) => redirect(reply, '../ui'));
  app.get(ROOT, ({ originalUrl }, reply) => {
    const last = originalUrl.slice(originalUrl.lastIndexOf('/') + 1);
    return redirect(reply, `${last === '' ? '' : `${last}/`}${ADMIN_PATH.slice(1)}/ui`);
  });
}
