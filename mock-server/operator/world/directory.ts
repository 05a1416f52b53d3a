/** The index of a world: clients, sites, keysets and keys, and the keys that a client may use or see (Protocol §4). */

import { OperatorError } from '../../core/operator-error.ts';
import type { Primitives } from '../../core/primitives.ts';
import type { RawUidSettings } from '../../core/raw-uid.ts';
import { type SaltBucket, bucketIdEncoder } from '../../core/salts.ts';
import type { TokenKey } from '../../core/token-format.ts';
import type { World, WorldClient, WorldKeyset, WorldSite } from './schema.ts';

/** Roles that routes need; other roles in a world are ignored (Protocol §4.1). */
export const routeRoles = ['GENERATOR', 'MAPPER', 'ID_READER', 'SHARER', 'OPTOUT'] as const;
export type Role = (typeof routeRoles)[number];

export interface Client {
  readonly name: string;
  readonly siteId: number;
  readonly roles: ReadonlySet<string>;
  readonly disabled: boolean;
  readonly serviceId: number;
  /** 32 bytes, key of the v2 envelope */
  readonly secret: Uint8Array;
}

/** Times in epoch seconds. */
export interface Key extends TokenKey {
  readonly keysetId: number;
  readonly created: number;
  readonly activates: number;
  readonly expires: number;
}

/** Sites up to this id belong to the operator (Protocol §4.1). */
export const LAST_RESERVED_SITE = 2;

export interface Directory {
  readonly clients: ReadonlyMap<string, Client>;
  /** epoch seconds at which a site's oldest client was made */
  readonly siteSince: ReadonlyMap<number, number>;
  readonly sites: ReadonlyMap<number, WorldSite>;
  readonly keysets: ReadonlyMap<number, WorldKeyset>;
  /** enabled default keysets by site */
  readonly defaultKeysets: ReadonlyMap<number, readonly WorldKeyset[]>;
  /** every key, ascending by id */
  readonly keys: readonly Key[];
  readonly keyById: ReadonlyMap<number, Key>;
  /** a keyset's keys, ascending by activation */
  readonly keysOf: ReadonlyMap<number, readonly Key[]>;
  readonly buckets: readonly SaltBucket[];
}

function bytesOf(base64: string, primitives: Primitives): Uint8Array {
  const bytes = primitives.fromBase64(base64);
  if (bytes === undefined) throw new Error('world: a secret is not base64');
  return bytes;
}

function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return groups;
}

function toClient(client: WorldClient, primitives: Primitives): Client {
  return {
    name: client.name,
    siteId: client.site_id,
    roles: new Set(client.roles),
    disabled: client.disabled,
    serviceId: client.service_id,
    secret: bytesOf(client.secret, primitives),
  };
}

function toBuckets(salts: World['salts']): SaltBucket[] {
  const bucketId = bucketIdEncoder(salts.id_prefix, salts.id_secret);
  return salts.buckets.map((bucket) => ({
    bucketId: bucket.bucket_id ?? bucketId(bucket.id),
    lastUpdated: bucket.last_updated,
    refreshFrom: bucket.refresh_from ?? 0,
    salt: bucket.salt,
    previousSalt: bucket.previous_salt,
    key: bucket.key,
    previousKey: bucket.previous_key,
  }));
}

export function indexWorld(world: World, primitives: Primitives): Directory {
  const keys = world.keyset_keys
    .map((key) => ({
      id: key.id,
      keysetId: key.keyset_id,
      created: key.created,
      activates: key.activates,
      expires: key.expires,
      secret: bytesOf(key.secret, primitives),
    }))
    .sort((a, b) => a.id - b.id);
  const byActivation = [...keys].sort((a, b) => a.activates - b.activates);
  const siteSince = new Map<number, number>();
  for (const { site_id, created } of world.clients) {
    siteSince.set(site_id, Math.min(siteSince.get(site_id) ?? Infinity, created));
  }
  return {
    clients: new Map(world.clients.map((client) => [client.key, toClient(client, primitives)])),
    siteSince,
    sites: new Map(world.sites.map((site) => [site.id, site])),
    keysets: new Map(world.keysets.map((keyset) => [keyset.id, keyset])),
    defaultKeysets: groupBy(
      world.keysets.filter((keyset) => keyset.default && keyset.enabled),
      (keyset) => keyset.site_id,
    ),
    keys,
    keyById: new Map(keys.map((key) => [key.id, key])),
    keysOf: groupBy(byActivation, (key) => key.keysetId),
    buckets: toBuckets(world.salts),
  };
}

const environments = { test: 0, integ: 1, prod: 2 } as const;

/** The settings of a world for raw UIDs. */
export const rawUidSettingsOf = (world: World): RawUidSettings => ({
  scope: world.identity_scope === 'EUID' ? 1 : 0,
  environment: environments[world.identity_environment],
  identityV3: world.identity_v3,
});

/** The active key of a keyset: the last activated one that has not expired (Protocol §4.2). `now` in ms. */
export function activeKey(directory: Directory, keysetId: number, now: number): Key | undefined {
  const seconds = now / 1000;
  return directory.keysOf.get(keysetId)?.findLast((key) => key.activates <= seconds && key.expires > seconds);
}

const NO_KEYSETS: readonly WorldKeyset[] = [];

/**
 * The enabled default keyset of a site.
 *
 * @throws Error when there are two: an internal error in the operator too
 */
export function defaultKeyset(directory: Directory, siteId: number): WorldKeyset | undefined {
  const [keyset, another] = directory.defaultKeysets.get(siteId) ?? NO_KEYSETS;
  if (keyset && another) {
    throw new Error(
      `site ${siteId}: expected one enabled default keyset, got ${keyset.id} and ${another.id}`,
    );
  }
  return keyset;
}

/**
 * The active key that seals a site's tokens: its own, or that of the fallback site (Protocol §4.2).
 *
 * @throws OperatorError `no_active_key`
 */
export function siteKey(directory: Directory, world: World, siteId: number, now: number): Key {
  const activeKeyOf = (site: number): Key | undefined => {
    const keyset = defaultKeyset(directory, site);
    return keyset && activeKey(directory, keyset.id, now);
  };
  const key = activeKeyOf(siteId) ?? activeKeyOf(world.fallback_token_site_id);
  if (key === undefined) throw new OperatorError('no_active_key', 'no_active_site_key', { site_id: siteId });
  return key;
}

/**
 * The active master or refresh key.
 *
 * @throws OperatorError `no_active_key`
 */
export function operatorKey(
  directory: Directory,
  keyset: 'master' | 'refresh',
  world: World,
  now: number,
): Key {
  const id = keyset === 'master' ? world.master_keyset_id : world.refresh_keyset_id;
  const key = activeKey(directory, id, now);
  if (key === undefined) throw new OperatorError('no_active_key', `no_active_${keyset}_key`);
  return key;
}

/** Whether a client may see the keys of a keyset (Protocol §4.3). */
export function maySee(keyset: WorldKeyset, client: Client, masterKeysetId: number): boolean {
  if (keyset.id === masterKeysetId) return true;
  if (!keyset.enabled) return false;
  if (keyset.site_id === client.siteId) return true;
  if (keyset.allowed_sites === null) return client.roles.has('ID_READER');
  return keyset.allowed_sites.includes(client.siteId);
}
