/**
 * From an identifier to its raw UID (Protocol §2, §3) when the salts are known, on node:crypto alone.
 *
 * first-level hash = SHA-256(base64(identity hash) | first-level salt)
 * raw UID v2 = SHA-256(base64(first-level hash) | bucket salt); v3 = scope<<4 | type<<2 in front of v2;
 * v4 = metadata (1) | key id (3) | IV (12) | AES-256-CTR of 16 bytes of the first-level hash | XOR of all before.
 */
import { createCipheriv, createHash } from 'node:crypto';

interface IdentityKind {
  /** 0 UID2, 1 EUID. */
  scope: number;
  /** 0 email, 1 phone. */
  identityType: number;
}

/** The key of a salt bucket that makes v4 raw UIDs. */
interface BucketKey {
  id: number;
  /** 32 characters. */
  key: string;
  salt: string;
}

function sha256(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest();
}

export function firstLevelHash(hash: Buffer, firstLevelSalt: string): Buffer {
  return sha256(hash.toString('base64'), firstLevelSalt);
}

/** The index of the salt bucket of a first-level hash, of `buckets` ones: two bytes and the low half of the third. */
export function bucketIndex(flh: Buffer, buckets: number): number {
  return ((flh.readUInt16BE(0) << 4) | (flh.readUInt8(2) & 0x0f)) % buckets;
}

export function rawUidV2(flh: Buffer, salt: string): Buffer {
  return sha256(flh.toString('base64'), salt);
}

export function rawUidV3(flh: Buffer, salt: string, kind: IdentityKind): Buffer {
  return Buffer.concat([Buffer.of((kind.scope << 4) | (kind.identityType << 2)), rawUidV2(flh, salt)]);
}

/** @param environment 0 test, 1 integ, 2 prod. */
export function rawUidV4(flh: Buffer, key: BucketKey, kind: IdentityKind, environment: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(key.id & 0xffffff);
  head.writeUInt8(0x20 | (kind.scope << 4) | (kind.identityType << 2) | (environment << 6), 0);
  const secret = flh.subarray(16);
  const iv = sha256(key.salt, secret, head).subarray(0, 12);
  const cipher = createCipheriv('aes-256-ctr', Buffer.from(key.key), Buffer.concat([iv, Buffer.alloc(4)]));
  const body = Buffer.concat([head, iv, cipher.update(secret), cipher.final()]);
  return Buffer.concat([body, Buffer.of(body.reduce((sum, byte) => sum ^ byte, 0))]);
}
