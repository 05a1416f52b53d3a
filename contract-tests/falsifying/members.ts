/** Falsified members of answers in JSON (Protocol §5.6, §8). */
import { isRecord, type Exchange, type Json } from './exchange.ts';
import * as routes from './families.ts';
import type { Family } from './families.ts';
import type { Falsification } from './falsification.ts';

/** Changes the JSON of successes, plain or sealed. */
export const inJson = (
  { name, seenBy, profile, has }: Family,
  what: string,
  says: string,
  change: (json: Json, exchange: Exchange) => void,
  status = 200,
): Falsification => ({
  id: `${what}@${name}`,
  says,
  seenBy,
  profile,
  answer(exchange) {
    if (!has(exchange) || exchange.answer?.status !== status) return;
    const { json } = exchange;
    if (!json) return;
    const before = JSON.stringify(json);
    change(json, exchange);
    if (JSON.stringify(json) !== before) exchange.tell(json);
  },
});

/** The objects at a path: `body`, `body.mapped[]`, `[]`; those that are there. */
function objectsAt(json: unknown, path: string): Json[] {
  let found: unknown[] = [json];
  for (const step of path.split('.').filter((one) => one !== '')) {
    const name = step.replace('[]', '');
    if (name !== '') found = found.map((one) => (isRecord(one) ? one[name] : undefined));
    if (step.endsWith('[]')) found = found.flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : []));
  }
  return found.filter(isRecord);
}

/** A value of another type. */
const retyped = (value: unknown): unknown => (typeof value === 'string' ? [value] : String(value));

/** Another value of the same type and form. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 86_400_000;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return value.slice(1);
  if (typeof value !== 'string' || value === '') return value;
  const at = Math.floor(value.length / 2);
  const letter = value[at] === 'A' ? 'B' : /\d/.test(value[at] ?? '') ? (value[at] === '1' ? '2' : '1') : 'A';
  return value.slice(0, at) + letter + value.slice(at + 1);
}

const has = (object: Json, member: string): boolean => Object.hasOwn(object, member);

/** Kinds of change: every member of the table below is changed in each of these ways. */
const changes: Readonly<Record<string, (object: Json, member: string) => void>> = {
  removed: (object, member) => void Reflect.deleteProperty(object, member),
  retyped: (object, member) => void (object[member] = retyped(object[member])),
  changed: (object, member) => void (object[member] = other(object[member])),
};

type Kind = 'removed' | 'retyped' | 'changed';
const most: readonly Kind[] = ['removed', 'retyped', 'changed'];
const few: readonly Kind[] = ['removed', 'changed'];

const tokens = [
  'advertising_token',
  'refresh_token',
  'identity_expires',
  'refresh_expires',
  'refresh_from',
] as const;
const sealedTokens = [...tokens, 'refresh_response_key'] as const;

/** Family, path to the objects, members, kinds of change. */
const table: readonly (readonly [Family, string, readonly string[], readonly Kind[]])[] = [
  [routes.GENERATE, '', ['status'], most],
  [routes.GENERATE, 'body', sealedTokens, most],
  [routes.REFRESH, '', ['status'], few],
  [routes.REFRESH, 'body', sealedTokens, few],
  [routes.CLIENT_GENERATE, 'body', sealedTokens, few],
  [routes.VALIDATE, '', ['body', 'status'], most],
  [routes.LOGOUT, 'body', ['optout'], few],
  [routes.MAP, 'body.mapped[]', ['identifier', 'advertising_id', 'bucket_id'], most],
  [routes.MAP, 'body.unmapped[]', ['identifier', 'reason'], most],
  [routes.MAP_V3, 'body.email[]', ['u', 'p', 'r', 'e'], most],
  [routes.MAP_V3, 'body', ['phone_hash'], ['removed', 'retyped']],
  [routes.BUCKETS, 'body[]', ['bucket_id', 'last_updated'], few],
  [routes.LATEST, 'body[]', ['id', 'site_id', 'created', 'activates', 'expires', 'secret'], few],
  [
    routes.SHARING,
    'body',
    [
      'caller_site_id',
      'master_keyset_id',
      'default_keyset_id',
      'token_expiry_seconds',
      'max_sharing_lifetime_seconds',
      'identity_scope',
      'allow_clock_skew_seconds',
      'site_data',
    ],
    most,
  ],
  [routes.SHARING, 'body.keys[]', ['id', 'keyset_id', 'created', 'activates', 'expires', 'secret'], few],
  [routes.SHARING, 'body.site_data[]', ['id', 'domain_names'], few],
  [
    routes.BIDSTREAM,
    'body',
    ['max_bidstream_lifetime_seconds', 'identity_scope', 'allow_clock_skew_seconds', 'site_data'],
    few,
  ],
  [routes.BIDSTREAM, 'body.keys[]', ['id', 'created', 'activates', 'expires', 'secret'], few],
  [routes.OPTED_OUT, 'body.opted_out[]', ['advertising_id', 'opted_out_since'], few],
  [routes.GENERATE_V1, 'body', tokens, few],
  [routes.REFRESH_V1, 'body', tokens, few],
  [routes.MAP_V1, 'body.mapped[]', ['identifier', 'advertising_id', 'bucket_id'], few],
  [routes.LATEST_V1, 'body[]', ['site_id', 'secret'], few],
  [routes.VALIDATE_V1, '', ['body'], few],
];

const words: Readonly<Record<Kind, string>> = {
  removed: 'is missing',
  retyped: 'has another type',
  changed: 'has another value',
};

const ofTable = table.flatMap(([family, path, members, kinds]) =>
  members.flatMap((member) =>
    kinds.map((kind) =>
      inJson(family, `members/${path}.${member}-${kind}`, `the member ${member} ${words[kind]}`, (json) => {
        for (const object of objectsAt(json, path)) if (has(object, member)) changes[kind]?.(object, member);
      }),
    ),
  ),
);

/** Where an additional member is put. */
const places: readonly (readonly [Family, string])[] = [
  [routes.GENERATE, ''],
  [routes.GENERATE, 'body'],
  [routes.REFRESH, ''],
  [routes.REFRESH, 'body'],
  [routes.CLIENT_GENERATE, 'body'],
  [routes.VALIDATE, ''],
  [routes.LOGOUT, 'body'],
  [routes.MAP, 'body'],
  [routes.MAP, 'body.mapped[]'],
  [routes.MAP, 'body.unmapped[]'],
  [routes.MAP_V3, 'body'],
  [routes.MAP_V3, 'body.email[]'],
  [routes.BUCKETS, 'body[]'],
  [routes.LATEST, 'body[]'],
  [routes.SHARING, 'body'],
  [routes.SHARING, 'body.keys[]'],
  [routes.BIDSTREAM, 'body'],
  [routes.BIDSTREAM, 'body.keys[]'],
  [routes.OPTED_OUT, 'body.opted_out[]'],
  [routes.GENERATE_V1, 'body'],
];

const added = places.map(([family, path]) =>
  inJson(family, `members/${path}.-added`, 'there is a member more', (json) => {
    for (const object of objectsAt(json, path)) object['more'] = 1;
  }),
);

const lists: readonly (readonly [Family, string])[] = [
  [routes.MAP, 'mapped'],
  [routes.MAP, 'unmapped'],
  [routes.MAP_V3, 'email'],
  [routes.SHARING, 'keys'],
  [routes.SHARING, 'site_data'],
  [routes.BIDSTREAM, 'keys'],
  [routes.OPTED_OUT, 'opted_out'],
  [routes.BUCKETS, ''],
  [routes.LATEST, ''],
];

const listChanges: readonly (readonly [string, string, (list: unknown[]) => void])[] = [
  ['reversed', 'the list is in the other order', (list) => void list.reverse()],
  ['shortened', 'the last of the list is missing', (list) => void list.pop()],
  ['repeated', 'the last of the list is there twice', (list) => void list.push(...list.slice(-1))],
];

const ofLists = lists.flatMap(([family, name]) =>
  listChanges.map(([what, says, change]) =>
    inJson(family, `lists/${name}-${what}`, says, ({ body }) => {
      const list = name === '' ? body : isRecord(body) ? body[name] : undefined;
      if (Array.isArray(list)) change(list);
    }),
  ),
);

const emptied = (name: string) => (json: Json) => {
  if (isRecord(json['body']) && json['body'][name] === undefined) json['body'][name] = [];
};

const more: readonly Falsification[] = [
  inJson(
    routes.MAP,
    'lists/unmapped-empty',
    'an empty list of unmapped is not left out',
    emptied('unmapped'),
  ),
  inJson(routes.BUCKETS, 'members/no-fraction', 'times of buckets have no milliseconds', ({ body }) => {
    if (Array.isArray(body))
      for (const item of body as Json[])
        item['last_updated'] = String(item['last_updated']).replace('.000', '');
  }),
  inJson(routes.OPTED_OUT, 'members/seconds', 'times of opt-outs are in seconds', (json) => {
    for (const item of objectsAt(json, 'body.opted_out[]'))
      item['opted_out_since'] = Math.floor(Number(item['opted_out_since']) / 1000);
  }),
  inJson(routes.VALIDATE, 'members/always-true', 'validate is always true', (json) => {
    if (json['body'] === false) json['body'] = true;
  }),
  inJson(routes.VALIDATE, 'members/always-false', 'validate is always false', (json) => {
    if (json['body'] === true) json['body'] = false;
  }),
  inJson(routes.VALIDATE_V1, 'members/always-true', 'validate is always true', (json) => {
    if (json['body'] === false) json['body'] = true;
  }),
  ...[routes.GENERATE, routes.REFRESH, routes.CLIENT_GENERATE, routes.REFRESH_V1].flatMap((family) => [
    inJson(family, 'members/opt-out-body', 'an opt-out has a body', (json) => {
      if (json['status'] === 'optout') json['body'] = {};
    }),
    inJson(family, 'members/opt-out-status', 'an opt-out has another status', (json) => {
      if (json['status'] === 'optout') json['status'] = 'opt_out';
    }),
  ]),
];

export const memberFalsifications = [...ofTable, ...added, ...ofLists, ...more];
