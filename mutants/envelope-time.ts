/**
 * Mutants of the timestamp of a request, and of the rules of envelopes that differ between versions (Protocol §7.3).
 */

import { OperatorError } from '../mock-server/core/operator-error.ts';
import { alterRules } from './answers.ts';
import { type Open, alterOpenRequest, envelopeOf, reopenRefused } from './faults.ts';
import { mutantsOf } from './mutant.ts';

const MINUTE_MS = 60_000;

/** Opens a request with the clock at its timestamp, unless the clock is too `far` from it. */
const openAtItsTime =
  (honest: Open, far: (ms: number) => boolean): Open =>
  (body, binary, secret, now, variant, primitives) => {
    const sealed = envelopeOf(body, binary, primitives);
    const plain = sealed && primitives.gcmOpen(secret, sealed.subarray(1, 13), sealed.subarray(13));
    if (plain === undefined || plain.length < 16)
      return honest(body, binary, secret, now, variant, primitives);
    const sent = Number(new DataView(plain.buffer, plain.byteOffset).getBigInt64(0));
    if (far(Math.abs(now - sent))) throw new OperatorError('timestamp_out_of_window', 'timestamp_past');
    return honest(body, binary, secret, sent, variant, primitives);
  };

export const envelopeTimeMutants = mutantsOf('envelope', [
  [
    'no-window',
    'R25',
    'requests of any time are accepted',
    alterOpenRequest((honest) => openAtItsTime(honest, () => false)),
  ],
  [
    'no-window-for-keys',
    'R89',
    'key endpoints accept requests of any time',
    {
      http: (http) =>
        alterRules(http, /\/key\/(latest|sharing|bidstream)$/, ({ openRequest }) => ({
          openRequest: openAtItsTime(openRequest, () => false),
        })),
    },
  ],
  [
    'narrow-window',
    'R25',
    'requests more than a minute in the past or future are refused',
    alterOpenRequest((honest) => openAtItsTime(honest, (ms) => ms > MINUTE_MS)),
  ],
  [
    'wide-window',
    'R25',
    'requests up to five minutes in the past or future are accepted',
    alterOpenRequest((honest) => openAtItsTime(honest, (ms) => ms > 5 * MINUTE_MS)),
  ],
  [
    'seconds-are-milliseconds',
    'R25',
    'a timestamp in seconds is accepted',
    alterOpenRequest((honest) =>
      reopenRefused(
        honest,
        'timestamp_out_of_window',
        () =>
          (body, binary, secret, now, ...rest) =>
            honest(body, binary, secret, Math.floor(now / 1000), ...rest),
      ),
    ),
  ],
  [
    'words-of-5.56',
    'R83',
    'the current version refuses envelopes with the messages of v5.56',
    {
      on: { profile: 'current' },
      profile: ({ envelope }) => ({
        detailedEnvelopeErrors: false,
        envelope: { ...envelope, namesPlainJson: false },
      }),
    },
  ],
  [
    'words-of-today',
    'R83',
    'v5.56 refuses envelopes with the messages of the current version',
    {
      on: { profile: 'v5.56' },
      profile: ({ envelope }) => ({
        detailedEnvelopeErrors: true,
        envelope: { ...envelope, namesPlainJson: true },
      }),
    },
  ],
  [
    'no-fallback',
    'R84',
    'the current version does not read base64 sent as application/octet-stream',
    {
      on: { profile: 'current' },
      profile: ({ envelope }) => ({ envelope: { ...envelope, base64Fallback: false } }),
    },
  ],
  [
    'fallback-in-bytes',
    'R16',
    'base64 sent as application/octet-stream is answered in binary',
    {
      on: { profile: 'current' },
      ...alterOpenRequest((honest) => (body, binary, ...rest) => ({
        ...honest(body, binary, ...rest),
        binary,
      })),
    },
  ],
]);
