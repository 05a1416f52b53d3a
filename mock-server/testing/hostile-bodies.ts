/**
 * Bodies that the encrypted API must refuse, each with the refusal by Protocol §7.3 and §7.4. The refusals are computed
 * here, not by the mock.
 */

import {
  decodeBase64Strict,
  isBase64Strict,
  sealRequest,
  sealWithKey,
} from '../../contract-tests/wire/index.ts';
import type { Dice } from './random.ts';

export interface HostileBody {
  readonly what: string;
  readonly body: Uint8Array | string;
  readonly binary: boolean;
  readonly message: string;
}

const DOCS = 'https://unifiedid.com/docs/getting-started/gs-encryption-decryption';
const HINT = ` See ${DOCS} for details on the request envelope format.`;

const today = {
  missing: 'Invalid body: Body is missing.',
  notBase64: `Invalid body: Body is not valid base64.${HINT}`,
  tooShort: `Invalid body: Body too short. Check encryption method.${HINT}`,
  version: (n: number) =>
    `Invalid body: Invalid request envelope format version: received ${n}, must be 1.${HINT}`,
  key: `Invalid body: Check encryption key (ClientSecret).${HINT}`,
  unencrypted:
    'Invalid body: The request body is unencrypted JSON. It must be an encrypted request envelope. ' +
    `See ${DOCS}#encryption-and-decryption-code-examples for encryption and decryption code examples.`,
  clock: 'Invalid timestamp: Request too old or client time drift.',
  payload: 'Invalid payload in body: Data is not valid json string.',
};

const before: typeof today = {
  ...today,
  notBase64: 'Invalid body: Body is not valid base64.',
  tooShort: 'Invalid body: Body too short. Check encryption method.',
  version: () => 'Invalid body: Version mismatch.',
  key: 'Invalid body: Check encryption key (ClientSecret)',
};

/** The messages of the two generations of envelopes (Protocol §7.3). */
export const messagesOf = (profile: string): typeof today => (profile === 'v5.56' ? before : today);

const DEEP = 3000;
/** Payloads that an operator does not read as a JSON object. */
const PAYLOADS: readonly (string | Buffer)[] = [
  '[]',
  'null',
  '"text"',
  '1',
  '{',
  '{"email":"a@b.c"}x',
  "{'email':'a@b.c'}",
  '{"email":"a@b.c",}',
  '\ufeff{"email":"a@b.c"}',
  'email=a@b.c',
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.from('{"email":"\u00ff}', 'latin1'),
  Buffer.from([0x7b, 0xc3, 0x28, 0x7d]),
  `{"email":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`,
  `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  '['.repeat(50_000),
];

interface Sealer {
  readonly secret: Buffer;
  readonly now: number;
  readonly profile: string;
}

/** A refused body of a random kind. */
export function hostileBody(dice: Dice, { secret, now, profile }: Sealer): HostileBody {
  const messages = messagesOf(profile);
  const binary = dice.oneIn(2);
  const seal = (payload: Buffer, timestampMs = now, key = secret) =>
    sealRequest(key, payload, { timestampMs });
  const good = () =>
    seal(Buffer.from(JSON.stringify({ email: 'user@example.com', padding: 'x'.repeat(dice.below(99)) })));
  const sent = (what: string, bytes: Buffer, message: string): HostileBody => ({
    what,
    body: binary ? new Uint8Array(bytes) : bytes.toString('base64'),
    binary,
    message,
  });
  const byLength = (bytes: Buffer, enough: string): string =>
    bytes.length === 0 ? messages.missing : bytes.length < 45 ? messages.tooShort : enough;

  const kinds: readonly (() => HostileBody)[] = [
    () => {
      const whole = good();
      const bytes = whole.subarray(0, dice.oneIn(3) ? 0 : dice.below(whole.length));
      return sent('truncated', bytes, byLength(bytes, messages.key));
    },
    () => {
      const bytes = good();
      const [at, bit] = [dice.below(bytes.length), dice.below(8)];
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
      return sent(
        `bit ${bit} of byte ${at} flipped`,
        bytes,
        at === 0 ? messages.version(1 ^ (1 << bit)) : messages.key,
      );
    },
    () => sent('longer', Buffer.concat([good(), dice.bytes(1 + dice.below(40))]), messages.key),
    () => {
      const bytes = Buffer.concat([Buffer.of(1), dice.bytes(dice.below(100))]);
      return sent('random', bytes, byLength(bytes, messages.key));
    },
    () => {
      // bytes that are not text, so that no fallback reads them as base64
      const bytes = Buffer.concat([Buffer.of(128 + dice.below(128)), dice.bytes(44 + dice.below(60))]);
      return sent('another version', bytes, messages.version(bytes.readUInt8(0)));
    },
    () => sent('another secret', seal(Buffer.from('{}'), now, dice.bytes(32)), messages.key),
    () => {
      const age = dice.pick([120_000, 120_001, 3_600_000, -119_001 - 2000, -3_600_000, now, now - 2 ** 42]);
      return sent(`${age} ms old`, seal(Buffer.from('{}'), now - age), messages.clock);
    },
    () => sent('no JSON object', seal(Buffer.from(dice.pick(PAYLOADS))), messages.payload),
    () => sent('an IV and nothing else', Buffer.concat([Buffer.of(1), dice.bytes(12)]), messages.tooShort),
    () => {
      const json = JSON.stringify({ email: 'user@example.com', x: 'y'.repeat(dice.below(60)) });
      const body = dice.pick([json, ` ${json}\n`]);
      const plain = binary
        ? body.length < 45
          ? messages.tooShort
          : messages.version(body.charCodeAt(0))
        : messages.notBase64;
      return { what: 'JSON', body, binary, message: profile === 'v5.56' ? plain : messages.unencrypted };
    },
    () => {
      const text = good().toString('base64');
      const at = 1 + dice.below(text.length - 1);
      const noise = dice.pick(['\n', ' ', '\r\n', '-', '_', '=', '\u0000', '\u00e9', '*', 'A===', '\ufeff']);
      const body = dice.pick([text.slice(0, at) + noise + text.slice(at), noise + text, `${text}${noise}`]);
      return {
        what: 'no base64',
        body,
        binary: false,
        message: isBase64Strict(body) ? messages.key : messages.notBase64,
      };
    },
    () => {
      const body = dice.bytes(1 + dice.below(200));
      body.writeUInt8(0xff, dice.below(body.length));
      return {
        what: 'invalid UTF-8',
        body: new Uint8Array(body),
        binary: false,
        message: messages.notBase64,
      };
    },
  ];
  return dice.pick(kinds)();
}

/** The message to callers without a key for an invalid bare refresh token (Protocol §8.2.3). */
export const REFRESH_REFUSED = 'Error refreshing token';

/** A refused body of token/refresh: an altered wrapper or an invalid token (Protocol §7.4). */
export function hostileRefreshBody(dice: Dice, wrapped: string, keyIds: ReadonlySet<number>): HostileBody {
  const binary = false;
  const kinds: readonly (() => HostileBody)[] = [
    () => {
      const bytes = Buffer.from(wrapped, 'base64');
      // the scope byte in front is not checked
      const at = 1 + dice.below(bytes.length - 1);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << dice.below(8)), at);
      return {
        what: `byte ${at} flipped`,
        body: bytes.toString('base64'),
        binary,
        message: unwrapMessage(bytes, keyIds),
      };
    },
    () => {
      const bytes = dice.bytes(291);
      return {
        what: 'random wrapper',
        body: bytes.toString('base64'),
        binary,
        message: unwrapMessage(bytes, keyIds),
      };
    },
    () => {
      const at = dice.below(388);
      const body =
        wrapped.slice(0, at) + dice.pick(['-', '_', ' ', '\n', '\u0000', '=']) + wrapped.slice(at + 1);
      const isRead = isBase64Strict(body);
      const message = isRead
        ? unwrapMessage(decodeBase64Strict(body), keyIds)
        : 'Invalid body: Body is not valid base64.';
      return { what: 'no base64', body, binary, message };
    },
    () => ({ what: 'cut', body: wrapped.slice(0, dice.below(388)), binary, message: REFRESH_REFUSED }),
    () => ({ what: 'with a newline', body: `${wrapped}\n`, binary, message: REFRESH_REFUSED }),
    () => ({ what: 'with a byte order mark', body: `\ufeff${wrapped}`, binary, message: REFRESH_REFUSED }),
    () => ({
      what: 'noise',
      body: new Uint8Array(dice.bytes(dice.below(300))),
      binary,
      message: REFRESH_REFUSED,
    }),
  ];
  return dice.pick(kinds)();
}

function unwrapMessage(bytes: Buffer, keyIds: ReadonlySet<number>): string {
  const keyId = bytes.readInt32BE(1);
  return keyIds.has(keyId)
    ? 'Invalid data: Check encryption method and encryption key.'
    : `Invalid key: Generator of this token (Key ID: ${keyId}) does not exist.`;
}

/** A wrapper with the right key around any JSON. */
export function sealedWrapper(key: { id: number; secret: Buffer }, json: string): string {
  const head = Buffer.alloc(5);
  head.writeInt32BE(key.id, 1);
  // spaces after JSON are valid, and give the wrapper its 388 characters
  const padded = Buffer.from(json.padEnd(291 - 5 - 28));
  return Buffer.concat([head, sealWithKey(key.secret, padded)]).toString('base64');
}
