/**
 * P-256 keys of client-side token generation, out of their DER forms (Protocol §8.5).
 *
 *   SubjectPublicKeyInfo: 26 fixed bytes | 04 | X (32) | Y (32)
 *   PKCS#8: … ECPrivateKey: 02 01 01 | 04 20 | scalar (32) …
 */

import { concatBytes } from './bytes.ts';

const P256_SPKI_HEAD = [
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
  0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
const P256_PKCS8_HEAD = [
  0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
  0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20,
];
const EC_PUBLIC_KEY = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const SCALAR_MARK = [0x02, 0x01, 0x01, 0x04, 0x20];
const POINT_LENGTH = 65;
const SCALAR_LENGTH = 32;

const startsWith = (bytes: Uint8Array, head: readonly number[], at = 0): boolean =>
  head.every((byte, i) => bytes[at + i] === byte);

/** Uncompressed point (65 bytes), `other-curve` for an elliptic-curve key of another curve, else undefined. */
export function readPublicPoint(spki: Uint8Array): Uint8Array | 'other-curve' | undefined {
  const head = P256_SPKI_HEAD.length - 1;
  if (spki.length === head + POINT_LENGTH && startsWith(spki, P256_SPKI_HEAD)) return spki.subarray(head);
  const long = spki[1] === 0x81 ? 1 : 0;
  const isEllipticCurve =
    spki[0] === 0x30 && spki[2 + long] === 0x30 && startsWith(spki, EC_PUBLIC_KEY, 4 + long);
  const isWhole = spki.length === 2 + long + (spki[1 + long] ?? 0);
  const isP256 = startsWith(spki, P256_SPKI_HEAD.slice(13, 23), 13);
  return isEllipticCurve && isWhole && !isP256 ? 'other-curve' : undefined;
}

/** Private scalar (32 bytes) of a PKCS#8 key, undefined when there is none. */
export function readPrivateScalar(pkcs8: Uint8Array): Uint8Array | undefined {
  const at = pkcs8.findIndex((_, i) => startsWith(pkcs8, SCALAR_MARK, i)) + SCALAR_MARK.length;
  return at < SCALAR_MARK.length || at + SCALAR_LENGTH > pkcs8.length
    ? undefined
    : pkcs8.subarray(at, at + SCALAR_LENGTH);
}

/** SubjectPublicKeyInfo (91 bytes) of an uncompressed point. */
export function writeSpki(point: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.from(P256_SPKI_HEAD.slice(0, -1)), point);
}

/** PKCS#8 (138 bytes) of a scalar and its uncompressed point. */
export function writePkcs8(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  return concatBytes(
    Uint8Array.from(P256_PKCS8_HEAD),
    scalar,
    Uint8Array.of(0xa1, 0x44, 0x03, 0x42, 0x00),
    point,
  );
}
