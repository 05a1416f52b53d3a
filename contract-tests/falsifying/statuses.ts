/** Falsified status codes, statuses and messages of refusals (Protocol §6.4, §7.3, §8). */
import { isRecord, type Exchange } from './exchange.ts';
import * as routes from './families.ts';
import type { Falsification, Knowledge } from './falsification.ts';

type Profile = Falsification['profile'];

/** An expected status and its neighbour. */
const neighbours: readonly (readonly [expected: number, neighbour: number])[] = [
  [400, 422],
  [401, 403],
  [403, 401],
  [404, 400],
  [405, 404],
  [413, 400],
  [500, 503],
];

const families = [
  routes.GENERATE,
  routes.REFRESH,
  routes.VALIDATE,
  routes.CLIENT_GENERATE,
  routes.LOGOUT,
  routes.MAP,
  routes.MAP_V3,
  routes.BUCKETS,
  routes.SHARING,
  routes.STATUS,
  routes.HEALTH,
];

const ofSuccesses = families.map(({ name, seenBy, profile, has }): Falsification => ({
  id: `status/200-201@${name}`,
  says: '201 in place of 200',
  seenBy,
  profile,
  answer(exchange) {
    if (!has(exchange) || exchange.answer?.status !== 200) return;
    exchange.answer.status = 201;
    exchange.changed = true;
  },
}));

const ofRefusals = neighbours.map(([expected, neighbour]): Falsification => ({
  id: `status/${String(expected)}-${String(neighbour)}`,
  says: `${String(neighbour)} in place of ${String(expected)}`,
  seenBy: 'publisher',
  profile: 'current',
  answer(exchange) {
    if (exchange.answer?.status !== expected) return;
    exchange.answer.status = neighbour;
    exchange.changed = true;
  },
}));

const messageOf = ({ json }: Exchange): string =>
  isRecord(json) && typeof json['message'] === 'string' ? json['message'] : '';

/** A refusal by its message, and the route where that matters. */
const messages: readonly (readonly [RegExp, string, (RegExp | null)?, Knowledge?, Profile?])[] = [
  [/Body is missing/, 'body-missing'],
  [/not valid base64/, 'not-base64'],
  [/unencrypted JSON/, 'unencrypted'],
  [/too short/, 'too-short'],
  [/format version/, 'version'],
  [/Check encryption key/, 'wrong-key'],
  [/Invalid timestamp/, 'timestamp'],
  [/not valid json string/, 'payload'],
  [/exactly one of \[/, 'exactly-one', /generate$/],
  [/Invalid Identifier/, 'invalid-identifier', /generate$/],
  [/exactly one of \[/, 'exactly-one-validate', /validate$/],
  [/Invalid Identifier/, 'invalid-identifier-validate', /validate$/],
  [/Invalid token/, 'invalid-token', /validate$/],
  [/Unauthorised to validate/, 'unauthorised-validate', null, 'participants'],
  [/Invalid Token presented/, 'invalid-token-refresh', /refresh$/],
  [/Expired Token presented/, 'expired-token', null, 'world'],
  [/Error refreshing token/, 'error-refreshing'],
  [/Generator of this token/, 'wrapper-key'],
  [/Check encryption method and/, 'wrapper-data'],
  [/Unknown error while refreshing/, 'refresh-unknown', null, 'world'],
  [/json payload is not valid/, 'client-json'],
  [/json payload expected/, 'client-empty'],
  [/Unknown error while handling client side/, 'client-unknown'],
  [/bad subscription_id/, 'subscription'],
  [/unexpected app name/, 'app-name'],
  [/unexpected http origin/, 'http-origin'],
  [/required parameters: payload/, 'client-required'],
  [/bad public key/, 'public-key'],
  [/bad iv/, 'client-iv'],
  [/payload decryption failed/, 'client-decryption'],
  [/contains invalid json/, 'client-payload'],
  [/provide exactly one of: email_hash/, 'client-exactly-one'],
  [/Invalid Token presented/, 'logout-token', /logout$/, 'participants'],
  [/exactly one of \[/, 'exactly-one-map', /v2\/identity\/map$/, 'participants'],
  [/must be an array/, 'map-array', null, 'participants'],
  [/Unknown error while mapping/, 'map-unknown', null, 'participants'],
  [/Incorrect request format/, 'map-v3-format', null, 'participants'],
  [/one or more of \[/, 'map-v3-any', null, 'participants'],
  [/missing parameter since/, 'since-missing', null, 'participants'],
  [/invalid date/, 'since-invalid', null, 'participants'],
  [/Invalid request body/, 'status-body', null, 'participants'],
  [/Missing: advertising_ids/, 'status-missing', null, 'participants'],
  [/payload is too large/, 'status-large', null, 'participants'],
  [/Required Parameter Missing: refresh_token/, 'refresh-missing-v1', null, 'publisher', 'local'],
];

const ofMessages = messages.flatMap(
  ([pattern, name, route, seenBy = 'publisher', profile = 'current']): Falsification[] => {
    const is = (exchange: Exchange): boolean =>
      (exchange.answer?.status ?? 0) >= 400 &&
      (route?.test(exchange.route) ?? true) &&
      pattern.test(messageOf(exchange));
    return [
      {
        id: `message/${name}`,
        says: 'the last letter of the message is missing',
        seenBy,
        profile,
        answer(exchange) {
          if (is(exchange)) exchange.tell({ ...exchange.json, message: messageOf(exchange).slice(0, -1) });
        },
      },
    ];
  },
);

const ofStatuses = (
  [
    ['client_error', 'error'],
    ['unauthorized', 'client_error'],
    ['invalid_token', 'client_error'],
    ['invalid_http_origin', 'client_error'],
    ['invalid_app_name', 'client_error'],
    ['error', 'invalid_token'],
    ['unknown', 'error'],
  ] as const
).map(([status, wrong]): Falsification => ({
  id: `message/status-${status}`,
  says: `status ${wrong} in place of ${status}`,
  seenBy: 'publisher',
  profile: 'current',
  answer(exchange) {
    const { json } = exchange;
    if (exchange.answer?.status !== 200 && json?.['status'] === status)
      exchange.tell({ ...json, status: wrong });
  },
}));

const bodies = (
  [
    [401, 'a body of 401 has a message', '{"message":"Unauthorized","status":"unauthorized"}'],
    [404, 'a body of 404 is JSON', '{"status":"not_found"}'],
    [405, '405 has a body', 'Method Not Allowed'],
    [413, '413 has another text', 'Payload Too Large'],
  ] as const
).map(([status, says, body]): Falsification => ({
  id: `message/body-${String(status)}`,
  says,
  seenBy: 'publisher',
  profile: 'current',
  answer(exchange) {
    if (exchange.answer?.status !== status) return;
    exchange.answer.body = Buffer.from(body);
    exchange.changed = true;
  },
}));

export const statusFalsifications = [...ofSuccesses, ...ofRefusals, ...ofMessages, ...ofStatuses, ...bodies];
