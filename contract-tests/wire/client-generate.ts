/**
 * The request of client-side token generation (Protocol §8.5) on node:crypto alone: ECDH on P-256 between a fresh key
 * and the operator's, the shared X coordinate as AES-256-GCM key, `[timestamp]` or `[timestamp,"app_name"]` as
 * additional data. Every part that a caller can get wrong can be set.
 */
import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

export interface ClientGenerateOptions {
  subscriptionId: string;
  /** As operators give it: nine characters of prefix, then base64 of the SPKI. */
  serverPublicKey: string;
  /** The plaintext: text as it is, anything else as JSON. */
  payload: unknown;
  /** Unix milliseconds. */
  timestampMs: number;
  appName?: string | undefined;
  /** Sends the timestamp as text. */
  timestampAsString?: boolean | undefined;
  /** Additional data in place of the right one. */
  aadText?: string | undefined;
  /** App name in the additional data in place of `appName`. */
  aadAppName?: string | undefined;
  /** Added to the timestamp in the additional data, milliseconds. */
  aadTimestampShift?: number | undefined;
  /** Length of the IV, 12 unless given. */
  ivBytes?: number | undefined;
  /** Curve of the caller's key. With one other than P-256 there is no shared key, and a random one encrypts. */
  curve?: string | undefined;
  payloadEncoding?: 'base64' | 'base64url' | undefined;
  /** Index of a byte of ciphertext and tag to falsify; negative counts from the end. */
  flipPayloadByte?: number | undefined;
}

interface SealedClientGenerate {
  /** The request's JSON object. */
  body: Record<string, unknown>;
  /** Opens the answer: 32 bytes. */
  sharedKey: Buffer;
}

/** Reads a public key as operators give it: nine characters of prefix, then base64 of the SPKI. */
function readServerPublicKey(text: string): KeyObject {
  return createPublicKey({ key: Buffer.from(text.slice(9), 'base64'), format: 'der', type: 'spki' });
}

function additionalData(options: ClientGenerateOptions): string {
  if (options.aadText !== undefined) {
    return options.aadText;
  }
  const appName = options.aadAppName ?? options.appName;
  const timestamp = options.timestampMs + (options.aadTimestampShift ?? 0);
  return JSON.stringify(appName === undefined ? [timestamp] : [timestamp, appName]);
}

function encrypt(key: Buffer, options: ClientGenerateOptions): { iv: Buffer; sealed: Buffer } {
  const iv = randomBytes(options.ivBytes ?? 12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(additionalData(options)));
  const plain = typeof options.payload === 'string' ? options.payload : JSON.stringify(options.payload);
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  if (options.flipPayloadByte !== undefined) {
    const index = (options.flipPayloadByte + sealed.length) % sealed.length;
    sealed.writeUInt8(sealed.readUInt8(index) ^ 1, index);
  }
  return { iv, sealed };
}

/** A request for client-side generation, and the key that opens its answer. */
export function sealClientGenerate(options: ClientGenerateOptions): SealedClientGenerate {
  const namedCurve = options.curve ?? 'P-256';
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const sharedKey =
    namedCurve === 'P-256'
      ? diffieHellman({ privateKey, publicKey: readServerPublicKey(options.serverPublicKey) })
      : randomBytes(32);
  const encoding = options.payloadEncoding ?? 'base64';
  let sealed = encrypt(sharedKey, options);
  // Only a ciphertext with one of its two characters is different in the URL alphabet.
  while (encoding === 'base64url' && !/[-_]/.test(sealed.sealed.toString('base64url'))) {
    sealed = encrypt(sharedKey, options);
  }
  const body = {
    payload: sealed.sealed.toString(encoding),
    iv: sealed.iv.toString('base64'),
    public_key: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    timestamp: options.timestampAsString === true ? String(options.timestampMs) : options.timestampMs,
    subscription_id: options.subscriptionId,
    ...(options.appName === undefined ? {} : { app_name: options.appName }),
  };
  return { body, sharedKey };
}
