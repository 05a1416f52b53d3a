/**
 * Which requests may call `/__admin`: those with the token where there is one, and never those of a foreign page in a
 * browser on this machine (DNS rebinding, cross-site requests).
 */

import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ControlError } from './calls/control-error.ts';

export interface GuardOptions {
  /** asked for as `Authorization: Bearer` */
  readonly token: string | undefined;
  /** names under which the operator may be called, beside the address on which a request came */
  readonly allowedHosts: readonly string[];
}

const SCHEME = /^bearer (.*)$/i;
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function checkToken({ token }: GuardOptions, { headers }: IncomingMessage): void {
  if (token === undefined) return;
  const [, given] = SCHEME.exec(headers.authorization ?? '') ?? [];
  // digests have one length, so that a comparison takes the same time whatever the token
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  throw new ControlError('unauthorized', {
    field: 'Authorization',
    expected: 'Bearer and the admin token',
    got: given === undefined ? 'none' : 'another token',
  });
}

/** The host of `host:port`, without the brackets of an IPv6 address. */
const hostName = (host: string): string =>
  (/^\[(.*)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, '')).toLowerCase();

const plainAddress = (address: string): string => address.replace(/^::ffff:/i, '').toLowerCase();

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1']);

function checkHost({ allowedHosts }: GuardOptions, { headers, socket }: IncomingMessage): void {
  const name = hostName(headers.host ?? '');
  // Rebinding needs a name. In a container the own address is another than the one by which its host calls.
  if (LOOPBACK.has(name)) return;
  const own = plainAddress(socket.localAddress ?? '');
  const known = [own, 'localhost', ...allowedHosts.map((host) => host.toLowerCase())];
  // of a connection that is closed there is no address
  if (name !== '' && known.includes(name)) return;
  throw new ControlError('forbidden', {
    field: 'Host',
    expected: `${known.join(', ')}, or a name given by --allow-host`,
    got: headers.host === undefined ? 'none' : 'another name',
  });
}

const SAME_SITE: ReadonlySet<unknown> = new Set([undefined, 'none', 'same-origin']);

function checkOrigin({ headers }: IncomingMessage): void {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  const isOwn =
    origin === undefined || origin.replace(/^https?:\/\//i, '').toLowerCase() === host.toLowerCase();
  if (isOwn && SAME_SITE.has(site)) return;
  throw new ControlError('forbidden', {
    field: isOwn ? 'Sec-Fetch-Site' : 'Origin',
    expected: 'a page of this operator, or no browser',
    got: 'another site',
  });
}

/**
 * Refuses a request of a foreign page.
 *
 * @throws ControlError `forbidden`
 */
export function checkSite(options: GuardOptions, request: IncomingMessage): void {
  checkHost(options, request);
  checkOrigin(request);
}

/**
 * Refuses a request of a foreign page, and one without the token.
 *
 * @throws ControlError `forbidden` or `unauthorized`
 */
export function checkCaller(options: GuardOptions, request: IncomingMessage): void {
  checkSite(options, request);
  checkToken(options, request);
}
