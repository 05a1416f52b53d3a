/** Mutants of the sealed envelope of v2 and v3 (Protocol §7). */

import { concatBytes } from '../mock-server/core/bytes.ts';
import { isJsonObject } from '../mock-server/core/json.ts';
import { OperatorError } from '../mock-server/core/operator-error.ts';
import { alterOpenRequest, envelopeOf, openUnchecked, reopenRefused } from './faults.ts';
import { mutantsOf } from './mutant.ts';

const MINUTE_MS = 60_000;

export const envelopeMutants = mutantsOf('envelope', [
  [
    'time-in-seconds',
    'R92',
    'sealed answers hold the time in seconds',
    {
      rules: ({ sealResponse }) => ({
        sealResponse: (json, nonce, now, ...rest) =>
          sealResponse(json, nonce, Math.floor(now / 1000), ...rest),
      }),
    },
  ],
  [
    'time-of-the-request',
    'R16',
    'sealed answers hold a time two hours behind the clock',
    {
      rules: ({ sealResponse }) => ({
        sealResponse: (json, nonce, now, ...rest) =>
          sealResponse(json, nonce, now - 120 * MINUTE_MS, ...rest),
      }),
    },
  ],
  [
    'version-byte',
    'R16',
    'sealed answers start with a version byte, as requests do',
    {
      rules: ({ sealResponse }) => ({
        *sealResponse(...answer) {
          yield concatBytes(Uint8Array.of(1), ...sealResponse(...answer));
        },
      }),
    },
  ],
  [
    'own-nonce',
    'R17',
    'sealed answers hold a nonce of their own',
    {
      rules: ({ sealResponse }) => ({
        sealResponse: (json, nonce, now, secret, iv, primitives) =>
          sealResponse(json, iv.subarray(0, nonce.length), now, secret, iv, primitives),
      }),
    },
  ],
  [
    'refuses-replays',
    'R17',
    'a request is refused when it comes a second time',
    {
      rules({ openRequest }) {
        const seen = new Set<string>();
        return {
          openRequest(body, binary, secret, now, variant, primitives) {
            const opened = openRequest(body, binary, secret, now, variant, primitives);
            const text = primitives.toBase64(body);
            if (seen.has(text)) throw new OperatorError('timestamp_out_of_window', 'timestamp_past');
            seen.add(text);
            return opened;
          },
        };
      },
    },
  ],
  [
    'empty-is-too-short',
    'R20',
    'an empty body is refused as too short',
    alterOpenRequest((honest) => (body, ...rest) => {
      if (body.length === 0) throw new OperatorError('body_too_short', 'envelope_too_short');
      return honest(body, ...rest);
    }),
  ],
  [
    'lenient-base64',
    'R21',
    'line breaks and the URL alphabet are accepted in base64',
    alterOpenRequest(
      (honest) =>
        (body, binary, ...rest) =>
          honest(
            binary
              ? body
              : new TextEncoder().encode(
                  new TextDecoder().decode(body).replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/'),
                ),
            binary,
            ...rest,
          ),
    ),
  ],
  [
    'line-break-at-the-end',
    'R21',
    'one line break may follow the base64 of a request',
    alterOpenRequest((honest) => (body, binary, ...rest) => {
      const end = !binary && body.at(-1) === 10 ? body.subarray(0, -1) : body;
      return honest(end, binary, ...rest);
    }),
  ],
  [
    'short-is-undecryptable',
    'R22',
    'an envelope that is too short is refused as undecryptable',
    {
      http: ({ replies }) => ({ replies: { ...replies, body_too_short: replies.body_undecryptable } }),
    },
  ],
  [
    'any-version',
    'R23',
    'envelopes of every version are opened',
    alterOpenRequest((honest) => (body, binary, secret, now, variant, primitives) => {
      const sealed = envelopeOf(body, binary, primitives);
      if (sealed === undefined || sealed.length < 45)
        return honest(body, binary, secret, now, variant, primitives);
      const first = Uint8Array.from(sealed);
      first[0] = 1;
      const again = binary ? first : new TextEncoder().encode(primitives.toBase64(first));
      return honest(again, binary, secret, now, variant, primitives);
    }),
  ],
  [
    'tag-not-checked',
    'R24',
    'the tag of envelopes is not checked',
    alterOpenRequest(
      (honest) => (body, binary, secret, now, variant, primitives) =>
        honest(body, binary, secret, now, variant, {
          ...primitives,
          gcmOpen: (key, iv, sealed) => openUnchecked(primitives, key, iv, sealed),
        }),
    ),
  ],
  [
    'any-client',
    'R24',
    'an envelope may be sealed with the secret of any client',
    {
      rules: ({ openRequest }, { world, primitives }) => ({
        openRequest: reopenRefused(
          openRequest,
          'body_undecryptable',
          () =>
            (body, binary, secret, ...rest) => {
              const sealed = envelopeOf(body, binary, primitives);
              const other = [
                ...world.clients.map((client) => primitives.fromBase64(client.secret)),
                new Uint8Array(32).fill(7),
              ].find(
                (one) =>
                  one && sealed && primitives.gcmOpen(one, sealed.subarray(1, 13), sealed.subarray(13)),
              );
              return openRequest(body, binary, other ?? secret, ...rest);
            },
        ),
      }),
    },
  ],
  [
    'broken-json-is-no-payload',
    'R26',
    'a payload that is not a JSON object counts as absent',
    alterOpenRequest((honest) =>
      reopenRefused(honest, 'payload_not_json', () => (_body, binary, _secret, now) => ({
        timestamp: now,
        nonce: new Uint8Array(8),
        payload: undefined,
        json: undefined,
        binary,
      })),
    ),
  ],
  [
    'list-as-payload',
    'R26',
    'a list of one object is read as the object',
    alterOpenRequest((honest) => (body, binary, secret, now, variant, primitives) => {
      const sealed = envelopeOf(body, binary, primitives);
      const plain =
        sealed && sealed.length > 44
          ? primitives.gcmOpen(secret, sealed.subarray(1, 13), sealed.subarray(13))
          : undefined;
      const text = plain === undefined ? '' : new TextDecoder().decode(plain.subarray(16)).trim();
      if (plain === undefined || !text.startsWith('['))
        return honest(body, binary, secret, now, variant, primitives);
      const list: unknown = JSON.parse(text);
      const payload = Array.isArray(list) ? list.find(isJsonObject) : undefined;
      return { timestamp: now, nonce: plain.slice(8, 16), payload: payload ?? {}, json: text, binary };
    }),
  ],
]);
