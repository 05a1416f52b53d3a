/** Requests that are accepted with another key than they need, or without one (Protocol §6.1, §6.2). */
import type { Client } from './deployment.ts';
import type { Exchange } from './exchange.ts';
import * as routes from './families.ts';
import type { Family } from './families.ts';
import type { Falsification } from './falsification.ts';
import { rowsOf, sealer, type Fix, type Row } from './fixing.ts';

/** Takes the key of the client that sealed the envelope. */
function asSealer(exchange: Exchange, client = sealer(exchange)): void {
  const opened = client && exchange.openRequest(client);
  if (opened) exchange.sealRequest(opened.head, opened.text, client);
}

/** Another header is read as `key`. */
const asBearer =
  (read: (header: string, exchange: Exchange) => string | undefined): Fix =>
  (exchange) => {
    const { authorization } = exchange.sent.headers;
    if (authorization === undefined || exchange.client) return;
    const key = read(authorization, exchange);
    const client = key === undefined ? undefined : exchange.operator.clientOf(key);
    if (!client || client.disabled) return;
    exchange.request.headers.authorization = `Bearer ${client.key}`;
    exchange.as = client;
    exchange.changed = true;
  };

const all = ({ operator }: Exchange): Client | undefined =>
  operator.clients.find(
    ({ roles, disabled, service_id: service }) => !disabled && !service && roles.length >= 5,
  );

/** Treats the client as if it had every role, or were not disabled. */
const withRoles =
  (lacks: (client: Client) => boolean): Fix =>
  (exchange) => {
    const { client } = exchange;
    const opened = exchange.openRequest();
    if (client && lacks(client) && opened) exchange.sealRequest(opened.head, opened.text, all(exchange));
  };

const lacks =
  (...roles: string[]) =>
  ({ roles: own, disabled }: Client): boolean =>
    !disabled && !roles.some((role) => own.includes(role));

const noKey: Row = [
  'none',
  'no key is needed',
  (exchange) => {
    if (exchange.sent.headers.authorization === undefined) asSealer(exchange);
  },
];
const unknownKey: Row = [
  'unknown',
  'an unknown key is accepted',
  (exchange) => {
    if (exchange.bearer !== undefined && !exchange.client) asSealer(exchange);
  },
];

const keyed = [routes.GENERATE, routes.VALIDATE, routes.MAP, routes.MAP_V3, routes.SHARING, routes.STATUS];
const roleOf: readonly (readonly [Family, ...string[]])[] = [
  [routes.GENERATE, 'GENERATOR'],
  [routes.VALIDATE, 'GENERATOR'],
  [routes.MAP, 'MAPPER'],
  [routes.MAP_V3, 'MAPPER'],
  [routes.LATEST, 'ID_READER'],
  [routes.BIDSTREAM, 'ID_READER'],
  [routes.SHARING, 'SHARER', 'ID_READER'],
  [routes.STATUS, 'MAPPER', 'SHARER', 'ID_READER'],
  [routes.LOGOUT, 'OPTOUT'],
];

export const acceptedKeys: readonly Falsification[] = [
  ...keyed.flatMap((family) => rowsOf('key', [noKey, unknownKey], family)),
  ...roleOf.flatMap(([family, ...roles]) =>
    rowsOf('key', [['role', 'the role is not checked', withRoles(lacks(...roles)), 'participants']], family),
  ),
  ...rowsOf('key', [
    ['disabled', 'a disabled client is accepted', withRoles(({ disabled }) => disabled), 'world'],
    [
      'case',
      'letter case does not count in keys',
      asBearer((header, { operator }) => {
        const key = /^bearer (\S+)$/i.exec(header.trim())?.[1]?.toLowerCase();
        return operator.clients.find((client) => client.key.toLowerCase() === key)?.key;
      }),
    ],
    [
      'prefix',
      'the last letter of a key does not count',
      asBearer((header, { operator }) => {
        const key = /^bearer (\S+)$/i.exec(header.trim())?.[1]?.slice(0, -1);
        return operator.clients.find((client) => client.key.slice(0, -1) === key)?.key;
      }),
    ],
    ['blanks', 'two blanks after Bearer', asBearer((header) => /^bearer {2}(\S+)$/i.exec(header)?.[1])],
    ['tab', 'a tab after Bearer', asBearer((header) => /^bearer\t(\S+)$/i.exec(header)?.[1])],
    ['basic', 'Basic is accepted', asBearer((header) => /^basic (\S+)$/i.exec(header)?.[1])],
    ['bare', 'a key needs no scheme', asBearer((header) => /^(\S+)$/.exec(header)?.[1])],
    [
      'more',
      'what follows the key does not count',
      asBearer((header) => /^bearer (\S+) /i.exec(header)?.[1]),
    ],
  ]),
];
