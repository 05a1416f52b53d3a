/**
 * The envelope of the encrypted API (Protocol §7). Request: version 1 (1) | IV (12) | AES-256-GCM(secret; timestamp ms
 * (8) | nonce (8) | JSON) | tag (16). Answer: the same without the version byte. All integers are big endian.
 */
import { randomBytes } from 'node:crypto';
import { ContractError } from '../spec/contract-error.ts';
import { openWithKey, sealWithKey } from './bytes.ts';

const stampLength = 16;

interface SealOptions {
  /** Time of the request, Unix milliseconds. */
  timestampMs: number;
  /** 8 bytes, random unless given; the answer repeats them. */
  nonce?: Buffer;
  /** 12 bytes, random unless given. */
  iv?: Buffer;
  /** Envelope version, 1 unless given. */
  version?: number;
}

/** Seals a request (Protocol §7.1). Without payload the envelope has timestamp and nonce only. */
export function sealRequest(secret: Buffer, payload: Buffer | undefined, options: SealOptions): Buffer {
  const stamp = Buffer.alloc(8);
  stamp.writeBigInt64BE(BigInt(options.timestampMs));
  const plain = Buffer.concat([stamp, options.nonce ?? randomBytes(8), payload ?? Buffer.alloc(0)]);
  return Buffer.concat([Buffer.of(options.version ?? 1), sealWithKey(secret, plain, options.iv)]);
}

/**
 * Opens an answer that was sealed with the client's secret (Protocol §7.2).
 * @throws ContractError `malformed` when the secret does not open it or it is too short.
 */
export function openResponse(
  secret: Buffer,
  sealed: Buffer,
): { timestampMs: number; nonce: Buffer; payload: Buffer } {
  const plain = openWithKey(secret, sealed);
  if (plain.length < stampLength) {
    throw new ContractError(
      'malformed',
      `answer: expected timestamp and nonce (${stampLength} bytes), got ${plain.length} bytes`,
    );
  }
  return {
    timestampMs: Number(plain.readBigInt64BE(0)),
    nonce: plain.subarray(8, stampLength),
    payload: plain.subarray(stampLength),
  };
}
