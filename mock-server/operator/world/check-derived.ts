/** Derived members of a world: they may be left out, and must agree with what they are derived from. */

import { createHash } from 'node:crypto';
import { identifyNamed } from '../../core/identifier.ts';
import { hashIdentifier, readIdentityHash } from '../../core/identity-hash.ts';
import { normalizeEmail, normalizePhone } from '../../core/normalize.ts';
import { currentRawUid } from '../../core/raw-uid.ts';
import { bucketIdEncoder, bucketIndex, firstLevelHash } from '../../core/salts.ts';
import { nativePrimitives } from '../../native/primitives.ts';
import type { Check, Checked, Problems } from './check.ts';
import { rawUidSettingsOf } from './directory.ts';

function* buckets({ world: { salts } }: Checked): Problems {
  const bucketId = bucketIdEncoder(salts.id_prefix, salts.id_secret);
  const seen = new Map<number, number>();
  for (const [place, { index = place, id, bucket_id = bucketId(id) }] of salts.buckets.entries()) {
    const path = `salts.buckets[${place}]`;
    if (index !== place) yield `${path}.index: expected ${place}, its place in the list; got ${index}`;
    if (bucket_id !== bucketId(id)) {
      yield `${path}.bucket_id: expected ${bucketId(id)}, derived from id, id_prefix and id_secret; got another value; correct it or leave it out`;
    }
    const first = seen.get(id);
    if (first === undefined) seen.set(id, place);
    else yield `${path}.id: expected another value than that of salts.buckets[${first}]; got the same value`;
  }
}

function* keyHashes({ world, elementPath }: Checked): Problems {
  for (const [index, { key, key_salt, key_hash }] of world.clients.entries()) {
    if (key_hash === undefined || key_salt === undefined) continue;
    const salted = createHash('sha512').update(Buffer.from(key_salt, 'base64')).update(key).digest('base64');
    if (key_hash !== salted) {
      yield `${elementPath('clients', index)}.key_hash: expected the hash of key_salt and key; got another value; correct it or leave it out`;
    }
  }
}

const identifierRules = { normalizeEmail, normalizePhone, hashIdentifier, readIdentityHash };

function* optOuts({ world, directory, elementPath }: Checked): Problems {
  const { buckets } = directory;
  for (const [index, entry] of world.opted_out_identities.entries()) {
    const path = elementPath('opted_out_identities', index);
    const identity = identifyNamed(entry, identifierRules, nativePrimitives);
    if (identity === undefined) {
      yield `${path}: expected a valid identifier; got an invalid one`;
      continue;
    }
    const flh = firstLevelHash(identity.hash, world.salts.first_level, nativePrimitives);
    const bucket = buckets[bucketIndex(flh, buckets.length)];
    if (bucket === undefined) throw new Error('salts: expected a bucket for every index');
    const uid = currentRawUid(flh, identity.type, bucket, rawUidSettingsOf(world), nativePrimitives);
    const expected =
      'expected the value derived from identifier and salts; got another value; correct it or leave it out';
    if ((entry.first_level_hash ?? flh) !== flh) yield `${path}.first_level_hash: ${expected}`;
    if ((entry.raw_uid ?? uid) !== uid) yield `${path}.raw_uid: ${expected}`;
  }
}

export const derivedChecks: readonly Check[] = [
  { problems: buckets },
  { problems: keyHashes },
  { problems: optOuts, needs: ['salts', 'identity_scope', 'identity_environment', 'identity_v3'] },
];
