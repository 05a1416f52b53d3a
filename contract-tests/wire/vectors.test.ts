import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadNormalizationVectors } from '../../fixtures/load.ts';
import { fixturePath } from '../../fixtures/path.ts';
import { bucketIndex, firstLevelHash, rawUidV2, rawUidV3, rawUidV4 } from './index.ts';
import { readWorld, type World } from '../target/world.ts';

const vectors = loadNormalizationVectors();
const result = z.strictObject({ advertising_id: z.string(), bucket_id: z.string() });
const recorded = z
  .array(
    z.looseObject({
      id: z.string(),
      kind: z.enum(['email', 'phone', 'email_hash', 'phone_hash']),
      sha256_base64: z.string().optional(),
      results: z.record(z.string(), result).optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(fixturePath('recordings/normalization.json'), 'utf8')));

function rawUid(world: World, hash: Buffer, identityType: number): string {
  const { salts } = world;
  if (salts === undefined) throw new Error('world: expected salts, got none');
  const flh = firstLevelHash(hash, salts.first_level);
  const bucket = salts.buckets[bucketIndex(flh, salts.buckets.length)];
  const kind = { scope: world.identity_scope === 'EUID' ? 1 : 0, identityType };
  if (typeof bucket?.salt === 'string') {
    return (
      world.identity_v3 === true ? rawUidV3(flh, bucket.salt, kind) : rawUidV2(flh, bucket.salt)
    ).toString('base64');
  }
  if (bucket?.key == null) {
    throw new Error('bucket: expected a salt or a key, got neither');
  }
  const environment = ['test', 'integ', 'prod'].indexOf(world.identity_environment ?? 'test');
  return rawUidV4(flh, bucket.key, kind, environment).toString('base64');
}

describe('normalization.json', () => {
  it('agrees with the recordings', () => {
    expect(vectors).toHaveLength(216);
    expect(vectors.map((vector) => ({ ...vector, id: `norm-${vector.id}` }))).toEqual(
      recorded.map(({ results: _results, recorded_at_ms: _at, reason: _reason, ...vector }) => vector),
    );
  });

  it('has the hash of every normal form', () => {
    const plain = vectors.filter(({ kind }) => kind === 'email' || kind === 'phone');
    const wrong = plain.filter(
      (vector) =>
        vector.valid &&
        createHash('sha256').update(vector.normalized).digest('base64') !== vector.sha256_base64,
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(['v5.56.13', 'v5.70.250'])('raw UIDs recorded from %s', (version) => {
  const world = readWorld(JSON.parse(readFileSync(fixturePath(`recordings/world-${version}.json`), 'utf8')));

  it('follow from the identity hash and the salts', () => {
    const valid = recorded.filter(({ results }) => results !== undefined);
    expect(valid).toHaveLength(134);
    const wrong = valid.filter(({ kind, sha256_base64 = '', results }) => {
      const made = rawUid(world, Buffer.from(sha256_base64, 'base64'), kind.startsWith('phone') ? 1 : 0);
      return made !== results?.[version]?.advertising_id;
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });
});
