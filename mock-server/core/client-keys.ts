/**
 * Reads and writes the P-256 keys of client-side token generation in DER (Protocol §8.5).
 *
 *   SubjectPublicKeyInfo: SEQUENCE of
 *       SEQUENCE of OBJECT IDENTIFIER id-ecPublicKey, OBJECT IDENTIFIER curve
 *       BIT STRING: unused bits of its last byte (1) | 04 | X | Y      for P-256 91 bytes, of which 26 are fixed
 *   PKCS#8: … ECPrivateKey: 02 01 01 | 04 20 | scalar (32) …
 */

import { concatBytes } from './bytes.ts';

const P256_SPKI_HEAD = [
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
  0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const P256_PKCS8_HEAD = [
  0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
  0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20,
];
const SCALAR_MARK = [0x02, 0x01, 0x01, 0x04, 0x20];
const SCALAR_LENGTH = 32;

const SEQUENCE = 0x30;
const BIT_STRING = 0x03;
const UNCOMPRESSED = 0x04;
const EC_PUBLIC_KEY = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/**
 * Known curves: the bytes of the object identifier, and the length of a coordinate. A key of any other curve is
 * invalid.
 */
const P256 = { oid: [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], bytes: 32 };
const CURVES = [
  P256,
  // P-224, P-384, P-521, secp256k1
  { oid: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x21], bytes: 28 },
  { oid: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22], bytes: 48 },
  { oid: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23], bytes: 66 },
  { oid: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a], bytes: 32 },
];

const startsWith = (bytes: Uint8Array, head: readonly number[], at = 0): boolean =>
  head.every((byte, i) => bytes[at + i] === byte);

const isExactly = (bytes: Uint8Array, expected: readonly number[]): boolean =>
  bytes.length === expected.length && startsWith(bytes, expected);

interface Element {
  readonly content: Uint8Array;
  /** what follows the element */
  readonly rest: Uint8Array;
}

/** The first element; undefined when it has another tag, is cut off, or is longer than 255 bytes. */
function readElement(bytes: Uint8Array, tag: number): Element | undefined {
  const isLong = bytes[1] === 0x81;
  const head = isLong ? 3 : 2;
  const length = bytes[head - 1] ?? 0;
  if (bytes[0] !== tag || length >= 0x80 !== isLong) return undefined;
  const end = head + length;
  return end > bytes.length ? undefined : { content: bytes.subarray(head, end), rest: bytes.subarray(end) };
}

/** The point with its unused bits set to zero. */
function withoutUnused(point: Uint8Array, unused: number): Uint8Array {
  const last = point.length - 1;
  const kept = ((point[last] ?? 0) >> unused) << unused;
  return concatBytes(point.subarray(0, last), Uint8Array.of(kept));
}

/** Uncompressed point (65 bytes), `other-curve` for a key of another known curve, undefined for an invalid key. */
export function readPublicPoint(spki: Uint8Array): Uint8Array | 'other-curve' | undefined {
  const outer = readElement(spki, SEQUENCE);
  if (outer === undefined || outer.rest.length > 0) return undefined;
  const algorithm = readElement(outer.content, SEQUENCE);
  if (algorithm === undefined) return undefined;
  const key = readElement(algorithm.rest, BIT_STRING);
  if (key === undefined || key.rest.length > 0) return undefined;
  const [unused = 8] = key.content;
  const point = key.content.subarray(1);
  const curve = CURVES.find(({ oid }) => isExactly(algorithm.content, [...EC_PUBLIC_KEY, ...oid]));
  const isPoint = curve !== undefined && point.length === 1 + 2 * curve.bytes && point[0] === UNCOMPRESSED;
  if (!isPoint || unused > 7) return undefined;
  return curve === P256 ? withoutUnused(point, unused) : 'other-curve';
}

/** Private scalar (32 bytes) of a PKCS#8 key; undefined when it is missing. */
export function readPrivateScalar(pkcs8: Uint8Array): Uint8Array | undefined {
  const at = pkcs8.findIndex((_, i) => startsWith(pkcs8, SCALAR_MARK, i)) + SCALAR_MARK.length;
  return at < SCALAR_MARK.length || at + SCALAR_LENGTH > pkcs8.length
    ? undefined
    : pkcs8.subarray(at, at + SCALAR_LENGTH);
}

/** SubjectPublicKeyInfo (91 bytes) of an uncompressed point. */
export function writeSpki(point: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.from(P256_SPKI_HEAD), point);
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
