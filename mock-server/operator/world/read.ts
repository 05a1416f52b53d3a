/** Reads a world from a file or an object: its schema, and the fields that are derived from others. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readPrivateScalar, readPublicPoint } from '../../core/client-keys.ts';
import { identifyNamed } from '../../core/identifier.ts';
import { hashIdentifier, readIdentityHash } from '../../core/identity-hash.ts';
import { normalizeEmail, normalizePhone } from '../../core/normalize.ts';
import { currentRawUid } from '../../core/raw-uid.ts';
import { bucketIdEncoder, bucketIndex, firstLevelHash } from '../../core/salts.ts';
import { nativePrimitives } from '../../native/primitives.ts';
import { indexWorld, rawUidSettingsOf } from './directory.ts';
import type { World } from './schema.ts';

/** A validated world, all defaults filled in, or everything that is wrong with it, a line each. */
export type ReadWorld = { readonly world: World } | { readonly problems: readonly string[] };

type Problems = Iterable<string>;

async function readJson(path: string): Promise<{ json: unknown } | { problems: string[] }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { problems: [`expected a readable file; got ${path} (${reason})`] };
  }
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { problems: [`expected JSON; got something else in ${path}`] };
  }
}

function* expectEqual(field: string, expected: string, got: string | undefined): Problems {
  if (got !== undefined && got !== expected) {
    yield `${field}: expected ${expected}, which the other fields give; got ${got}`;
  }
}

function* expectUnique(field: string, values: readonly (string | number)[]): Problems {
  const seen = new Set<string | number>();
  for (const value of values) {
    if (seen.has(value)) {
      const shown = typeof value === 'number' ? `${value}` : 'one';
      yield `${field}: expected each to be different; got ${shown} twice`;
    }
    seen.add(value);
  }
}

/** A key pair that cannot be read would fail at the first request for it. */
function* keypairProblems({ client_side_keypairs: keypairs }: World): Problems {
  const PREFIX_LENGTH = 9;
  const read = (text: string) => nativePrimitives.fromBase64(text.slice(PREFIX_LENGTH)) ?? new Uint8Array(0);
  for (const [index, { public_key, private_key }] of keypairs.entries()) {
    const isPoint = readPublicPoint(read(public_key)) instanceof Uint8Array;
    const bad = !isPoint ? 'public_key' : !readPrivateScalar(read(private_key)) ? 'private_key' : undefined;
    if (bad !== undefined) {
      yield (
        `client_side_keypairs[${index}].${bad}: expected a prefix of ${PREFIX_LENGTH} characters and ` +
        'base64 of a P-256 key in DER; got something else'
      );
    }
  }
}

/** Fields that may be left out but, when given, must agree with what they are derived from. */
function* derivedProblems({ salts, clients }: World): Problems {
  const bucketId = bucketIdEncoder(salts.id_prefix, salts.id_secret);
  for (const [index, bucket] of salts.buckets.entries()) {
    yield* expectEqual(`salts.buckets[${index}].index`, String(index), bucket.index?.toString());
    yield* expectEqual(`salts.buckets[${index}].bucket_id`, bucketId(bucket.id), bucket.bucket_id);
  }
  for (const [index, client] of clients.entries()) {
    if (client.key_hash === undefined || client.key_salt === undefined) continue;
    const salted = createHash('sha512').update(Buffer.from(client.key_salt, 'base64')).update(client.key);
    yield* expectEqual(`clients[${index}].key_hash`, salted.digest('base64'), client.key_hash);
  }
}

function* duplicateProblems(world: World): Problems {
  yield* expectUnique(
    'keyset_keys ids',
    world.keyset_keys.map(({ id }) => id),
  );
  yield* expectUnique(
    'keysets ids',
    world.keysets.map(({ id }) => id),
  );
  yield* expectUnique(
    'clients keys',
    world.clients.map(({ key }) => key),
  );
  yield* expectUnique(
    'subscription ids',
    world.client_side_keypairs.map(({ subscription_id }) => subscription_id),
  );
}

const identifierRules = { normalizeEmail, normalizePhone, hashIdentifier, readIdentityHash };

function* optOutProblems(world: World): Problems {
  const { buckets } = indexWorld(world, nativePrimitives);
  for (const [index, entry] of world.opted_out_identities.entries()) {
    const field = `opted_out_identities[${index}]`;
    const identity = identifyNamed(entry, identifierRules, nativePrimitives);
    if (identity === undefined) {
      yield `${field}: expected a valid identifier; got an invalid one`;
      continue;
    }
    const flh = firstLevelHash(identity.hash, world.salts.first_level, nativePrimitives);
    yield* expectEqual(`${field}.first_level_hash`, flh, entry.first_level_hash);
    const bucket = buckets[bucketIndex(flh, buckets.length)];
    if (bucket === undefined) continue;
    const rawUid = currentRawUid(flh, identity.type, bucket, rawUidSettingsOf(world), nativePrimitives);
    yield* expectEqual(`${field}.raw_uid`, rawUid, entry.raw_uid);
  }
}

/** @param source a path, or an object in the format of a world file */
export async function loadWorld(source: unknown): Promise<ReadWorld> {
  const file = typeof source === 'string' ? await readJson(source) : { json: source };
  if ('problems' in file) return file;
  const { readWorld } = await import('./schema.ts');
  const read = readWorld(file.json);
  if ('problems' in read) return read;
  const { world } = read;
  const problems = [
    ...derivedProblems(world),
    ...duplicateProblems(world),
    ...keypairProblems(world),
    ...optOutProblems(world),
  ];
  return problems.length > 0 ? { problems } : read;
}
