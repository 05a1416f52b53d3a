/** Requests that are to be refused and are accepted: identifiers, lists, paths, methods, lengths (Protocol §6.4, §8). */
import * as routes from './families.ts';
import type { Falsification } from './falsification.ts';
import { identifierKinds, rowsOf, withAsked, without, type Fix, type Row } from './fixing.ts';

const identifierRows: readonly Row[] = [
  [
    'two',
    'of two identifiers the first counts',
    withAsked((asked) => {
      const given = identifierKinds.filter((kind) => asked[kind] !== undefined && asked[kind] !== null);
      if (given.length < 2) return undefined;
      return Object.fromEntries(Object.entries(asked).filter(([name]) => !given.slice(1).includes(name)));
    }),
  ],
  [
    'none',
    'a missing identifier is accepted',
    withAsked((asked) =>
      identifierKinds.some((kind) => kind in asked) ? undefined : { ...asked, email: 'x@example.com' },
    ),
  ],
  [
    'empty',
    'an empty address is accepted',
    withAsked((asked) => (asked['email'] === '' ? { ...asked, email: 'x@example.com' } : undefined)),
  ],
  [
    'opted-out',
    'opt-outs are not checked',
    withAsked((asked) =>
      /^optout@/.test(String(asked['email'])) ? { ...asked, email: 'x@example.com' } : undefined,
    ),
  ],
];

const onPath =
  (change: (path: string) => string): Fix =>
  (exchange) => {
    const path = change(exchange.sent.path);
    if (path === exchange.sent.path) return;
    exchange.request.path = path;
    exchange.changed = true;
  };

/** The answer to another request: that of the right method, without what needs a key. */
const method =
  (...wrong: string[]): Fix =>
  (exchange) => {
    if (!wrong.includes(exchange.sent.method)) return;
    exchange.request.method = /^\/v[23]\//.test(exchange.route) ? 'POST' : 'GET';
    exchange.changed = true;
  };

const MIB = 1_048_576;

const httpRows: readonly Row[] = [
  [
    'path-case',
    'letter case does not count in paths',
    onPath((path) => path.replace(/^[^?]+/, (one) => one.toLowerCase())),
  ],
  ['path-escape', '%2F is a slash', onPath((path) => path.replace(/%2F/gi, '/'))],
  ['path-json', '.json at the end does not count', onPath((path) => path.replace(/\.json$/, ''))],
  ['method-put', 'PUT is accepted', method('PUT')],
  ['method-get', 'GET is accepted on POST routes', method('GET')],
  ['method-head', 'HEAD is accepted', method('HEAD')],
  ['method-delete', 'DELETE and PATCH are accepted', method('DELETE', 'PATCH')],
  [
    'body',
    'a body over the limit is read',
    (exchange) => {
      const opened = exchange.sent.body.length > MIB ? exchange.openRequest() : undefined;
      if (opened) exchange.sealRequest(opened.head, opened.text.trim());
    },
  ],
  [
    'body-key-first',
    'the key is checked before the length',
    (exchange) => {
      if (exchange.sent.body.length > MIB && !exchange.client && exchange.isEnveloped)
        exchange.reply(401, { status: 'unauthorized' });
    },
  ],
];

const listRows: readonly Falsification[] = [
  ...rowsOf(
    'accepts',
    [
      [
        'long-list',
        'a list over the limit is read',
        withAsked((asked) => {
          const list = asked['advertising_ids'];
          return Array.isArray(list) && list.length > 5
            ? { ...asked, advertising_ids: (list as unknown[]).slice(0, 5) }
            : undefined;
        }),
      ],
    ],
    routes.OPTED_OUT,
  ),
  ...rowsOf(
    'accepts',
    [
      [
        'text-list',
        'a text counts as a list',
        withAsked((asked) => {
          const kind = identifierKinds.find((one) => asked[one] !== undefined && !Array.isArray(asked[one]));
          return kind === undefined ? undefined : { ...asked, [kind]: [String(asked[kind])] };
        }),
      ],
      [
        'two-lists',
        'of two lists the first counts',
        withAsked((asked) => {
          const [, second] = identifierKinds.filter(
            (one) => Array.isArray(asked[one]) && (asked[one] as unknown[]).length > 0,
          );
          return second === undefined ? undefined : without(asked, second);
        }),
      ],
    ],
    routes.MAP,
  ),
  ...rowsOf(
    'accepts',
    [
      [
        'unknown-member',
        'unknown members are ignored',
        withAsked((asked) => {
          const extra = Object.keys(asked).find((name) => !identifierKinds.includes(name));
          return extra === undefined ? undefined : without(asked, extra);
        }),
      ],
      [
        'null-element',
        'null in a list is dropped',
        withAsked((asked) => {
          const kind = identifierKinds.find(
            (one) => Array.isArray(asked[one]) && (asked[one] as unknown[]).includes(null),
          );
          if (kind === undefined) return undefined;
          return { ...asked, [kind]: (asked[kind] as unknown[]).filter((one) => one !== null) };
        }),
      ],
    ],
    routes.MAP_V3,
  ),
  ...rowsOf(
    'accepts',
    [
      [
        'since-zone',
        'a time may end with Z',
        withAsked((asked) => {
          const since = asked['since_timestamp'];
          return typeof since === 'string' && since.endsWith('Z')
            ? { since_timestamp: since.slice(0, -1) }
            : undefined;
        }),
      ],
      [
        'since-date',
        'a time may be a date',
        withAsked((asked) => {
          const since = asked['since_timestamp'];
          return typeof since === 'string' && /^\d{4}-\d\d-\d\d$/.test(since)
            ? { since_timestamp: `${since}T00:00` }
            : undefined;
        }),
      ],
    ],
    routes.BUCKETS,
  ),
];

export const acceptedRequests = [
  ...rowsOf('accepts', identifierRows, routes.GENERATE),
  ...rowsOf(
    'accepts',
    identifierRows.filter(([what]) => what !== 'opted-out'),
    routes.VALIDATE,
  ),
  ...rowsOf('accepts', httpRows),
  ...listRows,
];
