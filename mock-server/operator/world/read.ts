/** Reads a world from a file or an object: its schema, and the fields that are derived from others. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readPrivateScalar, readPublicPoint } from '../../core/client-keys.ts';
import { bucketIdEncoder } from '../../core/salts.ts';
import { nativePrimitives } from '../../native/primitives.ts';
import { ConfigurationError } from '../../options.ts';
import { createClock } from '../state/clock.ts';
import { createOperator, locateNamed, rawUidOf } from '../operator.ts';
import { profiles } from '../profile.ts';
import { honestRules } from '../rules.ts';
import type { World } from './schema.ts';

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigurationError(`world: expected a readable file; got ${path} (${reason})`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigurationError(`world: expected JSON; got something else in ${path}`);
  }
}

function expectEqual(field: string, expected: string, got: string | undefined): void {
  if (got !== undefined && got !== expected) {
    throw new ConfigurationError(
      `world: ${field}: expected ${expected}, which the other fields give; got ${got}`,
    );
  }
}

function expectUnique(field: string, values: readonly (string | number)[]): void {
  const seen = new Set<string | number>();
  for (const value of values) {
    if (seen.has(value)) {
      const shown = typeof value === 'number' ? `${value}` : 'one';
      throw new ConfigurationError(`world: ${field}: expected each to be different; got ${shown} twice`);
    }
    seen.add(value);
  }
}

/** A key pair that cannot be read would fail at the first request for it. */
function checkKeypairs({ client_side_keypairs: keypairs }: World): void {
  const PREFIX_LENGTH = 9;
  const read = (text: string) => nativePrimitives.fromBase64(text.slice(PREFIX_LENGTH)) ?? new Uint8Array(0);
  keypairs.forEach(({ public_key, private_key }, index) => {
    const isPoint = readPublicPoint(read(public_key)) instanceof Uint8Array;
    const bad = !isPoint ? 'public_key' : !readPrivateScalar(read(private_key)) ? 'private_key' : undefined;
    if (bad !== undefined) {
      throw new ConfigurationError(
        `world: client_side_keypairs[${index}].${bad}: expected a prefix of ${PREFIX_LENGTH} characters and ` +
          'base64 of a P-256 key in DER; got something else',
      );
    }
  });
}

/** Fields that may be left out but, when given, must agree with what they are derived from. */
function checkDerived(world: World): void {
  const { salts } = world;
  const bucketId = bucketIdEncoder(salts.id_prefix, salts.id_secret);
  salts.buckets.forEach((bucket, index) => {
    expectEqual(`salts.buckets[${index}].index`, String(index), bucket.index?.toString());
    expectEqual(`salts.buckets[${index}].bucket_id`, bucketId(bucket.id), bucket.bucket_id);
  });
  world.clients.forEach((client, index) => {
    if (client.key_hash === undefined || client.key_salt === undefined) return;
    const salted = createHash('sha512').update(Buffer.from(client.key_salt, 'base64')).update(client.key);
    expectEqual(`clients[${index}].key_hash`, salted.digest('base64'), client.key_hash);
  });
  expectUnique(
    'keyset_keys ids',
    world.keyset_keys.map(({ id }) => id),
  );
  expectUnique(
    'keysets ids',
    world.keysets.map(({ id }) => id),
  );
  expectUnique(
    'clients keys',
    world.clients.map(({ key }) => key),
  );
  expectUnique(
    'subscription ids',
    world.client_side_keypairs.map(({ subscription_id }) => subscription_id),
  );
}

function checkOptOuts(world: World): void {
  const operator = createOperator({
    world: { ...world, opted_out_identities: [] },
    profile: profiles.current,
    rules: honestRules,
    primitives: nativePrimitives,
    clock: createClock(() => 0),
  });
  world.opted_out_identities.forEach((entry, index) => {
    const field = `opted_out_identities[${index}]`;
    const located = locateNamed(operator, entry);
    if (located === undefined)
      throw new ConfigurationError(`world: ${field}: expected a valid identifier; got an invalid one`);
    expectEqual(`${field}.first_level_hash`, located.flh, entry.first_level_hash);
    expectEqual(`${field}.raw_uid`, rawUidOf(operator, located), entry.raw_uid);
  });
}

/**
 * A validated world, all defaults filled in.
 *
 * @param source a path, or an object in the format of a world file
 * @throws ConfigurationError naming the first field that is wrong
 */
export async function loadWorld(source: unknown): Promise<World> {
  const input = typeof source === 'string' ? await readJson(source) : source;
  const { readWorld } = await import('./schema.ts');
  const read = readWorld(input);
  if ('problem' in read) throw new ConfigurationError(`world: ${read.problem}`);
  checkDerived(read.world);
  checkKeypairs(read.world);
  checkOptOuts(read.world);
  return read.world;
}
