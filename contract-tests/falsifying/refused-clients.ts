/** Requests of client-side generation that are right and are refused (Protocol §8.5). */
import { clientSideBody, openClientSide } from './client-side.ts';
import type { Exchange } from './exchange.ts';
import * as routes from './families.ts';
import { refused, type RefusedRow } from './refusals.ts';

const hashOf = (exchange: Exchange): string => {
  const body = clientSideBody(exchange);
  return (body && openClientSide(exchange, body)) ?? '';
};

const clients: readonly RefusedRow[] = [
  [
    'subdomain',
    'an Origin below the domain',
    ({ sent }) => /^https?:\/\/[^/]+\.example\.com/.test(sent.headers.origin ?? ''),
    403,
  ],
  ['port', 'an Origin with a port', ({ sent }) => /:\d+$/.test(sent.headers.origin ?? ''), 403],
  [
    'http',
    'an Origin with http',
    ({ sent }) => /^http:\/\/.*example\.com/.test(sent.headers.origin ?? ''),
    403,
  ],
  ['host-case', 'an Origin in capitals', ({ sent }) => /:\/\/.*[A-Z]/.test(sent.headers.origin ?? ''), 403],
  ['text-time', 'a timestamp as text', (one) => typeof clientSideBody(one)?.['timestamp'] === 'string'],
  [
    'old-time',
    'an old timestamp',
    (one) => Number(clientSideBody(one)?.['timestamp']) < Date.now() - 600_000,
  ],
  ['phone', 'the hash of a phone number', (one) => hashOf(one).includes('phone_hash')],
  ['hex', 'a hexadecimal hash', (one) => /"[0-9a-f]{64}"/.test(hashOf(one))],
  ['no-type', 'a request without content type', ({ sent }) => sent.headers['content-type'] === undefined],
  ['app', 'a request of an app', (one) => clientSideBody(one)?.['app_name'] !== undefined, 403, 'world'],
];

export const refusedClients = clients.map((row) => refused(routes.CLIENT_GENERATE, row));
