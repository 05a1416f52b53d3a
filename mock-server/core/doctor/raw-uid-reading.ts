/** Reads a text as a raw UID of any version, or as another value of 32 bytes (Protocol §3). */

import { readTypeByte } from '../token-format.ts';
import { concatBytes } from '../bytes.ts';
import { type Primitives, utf8 } from '../primitives.ts';
import type { DoctorSaltKey, DoctorWorld } from './doctor-world.ts';
import type { Case, Reading } from './reading.ts';
import { ownerFacts } from './token-facts.ts';

const ENVIRONMENTS = ['test', 'integ', 'prod', 'unknown'];

const saltKeys = (world: DoctorWorld | undefined): DoctorSaltKey[] =>
  (world?.salts?.buckets ?? []).flatMap(({ key, previous_key }) => [key ?? [], previous_key ?? []].flat());

/** Whether a key of a bucket made the IV of a v4 raw UID: it is a hash of what the key decrypts. */
function isMadeBy({ key, salt }: DoctorSaltKey, uid: Uint8Array, primitives: Primitives): boolean {
  const half = primitives.ctr(
    utf8(key),
    concatBytes(uid.subarray(4, 16), new Uint8Array(4)),
    uid.subarray(16, 32),
  );
  const iv = primitives.sha256(concatBytes(utf8(salt), half, uid.subarray(0, 4)));
  return iv.subarray(0, 12).every((byte, i) => byte === uid[4 + i]);
}

function readV4(uid: Uint8Array, { world, primitives }: Case): Reading | undefined {
  const [metadata = 0] = uid;
  const owner = readTypeByte(metadata & 0x1f);
  const xor = uid.subarray(0, 32).reduce((sum, byte) => sum ^ byte, 0);
  if (owner === undefined || (metadata & 0x23) !== 0x20 || xor !== uid[32]) return undefined;
  const keyId = ((uid[1] ?? 0) << 16) | ((uid[2] ?? 0) << 8) | (uid[3] ?? 0);
  const key = saltKeys(world).find(({ id }) => (id & 0xffffff) === keyId);
  return {
    kind: 'raw_uid',
    opens: key !== undefined && isMadeBy(key, uid, primitives),
    causes: [],
    found: {
      version: 4,
      ...ownerFacts(owner),
      environment: ENVIRONMENTS[metadata >> 6],
      salt_key_id: keyId,
      ...(world !== undefined && { is_salt_key_known: key !== undefined }),
    },
  };
}

/** Type bytes of v3 raw UIDs. */
const V3_HEADS: readonly number[] = [0x00, 0x04, 0x10, 0x14];

function readV3(uid: Uint8Array): Reading | undefined {
  const [head = 0xff] = uid;
  const owner = V3_HEADS.includes(head) ? readTypeByte(head) : undefined;
  if (owner === undefined) return undefined;
  return { kind: 'raw_uid', opens: false, causes: [], found: { version: 3, ...ownerFacts(owner) } };
}

/** The reading of a base64 text of 32 or 33 bytes; undefined for other texts, and for 33 bytes that are no raw UID. */
export function readRawUid(text: string, one: Case): Reading | undefined {
  if (text.length !== 44) return undefined;
  const bytes = one.primitives.fromBase64(text);
  if (bytes?.length === 33) return readV4(bytes, one) ?? readV3(bytes);
  if (bytes?.length !== 32) return undefined;
  return {
    kind: 'raw_uid_or_hash',
    opens: false,
    causes: [],
    found: { bytes: 32, may_be: ['raw UID of version 2', 'SHA-256 hash', 'client secret'] },
  };
}
