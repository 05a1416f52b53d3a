/** What the doctors read of a world: a subset of a world file (`fixtures/world.schema.json`), as plain JSON. */

import type { Primitives } from '../primitives.ts';
import type { FindSecret } from '../token-format.ts';

export interface DoctorClient {
  readonly name: string;
  readonly key: string;
  /** base64 */
  readonly secret: string;
  readonly site_id: number;
  readonly roles?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
}

interface DoctorKey {
  readonly id: number;
  readonly keyset_id: number;
  /** epoch seconds */
  readonly activates: number;
  /** epoch seconds */
  readonly expires: number;
  /** base64 */
  readonly secret: string;
}

interface DoctorKeyset {
  readonly id: number;
  readonly site_id: number;
  readonly enabled?: boolean | undefined;
  readonly default?: boolean | undefined;
}

export interface DoctorKeypair {
  readonly subscription_id: string;
  readonly public_key: string;
  readonly private_key: string;
  readonly site_id: number;
  readonly disabled?: boolean | undefined;
}

export interface DoctorOptOut {
  readonly email?: string | undefined;
  readonly email_hash?: string | undefined;
  readonly phone?: string | undefined;
  readonly phone_hash?: string | undefined;
  readonly first_level_hash?: string | undefined;
}

export interface DoctorSaltKey {
  readonly id: number;
  readonly key: string;
  readonly salt: string;
}

interface DoctorBucket {
  readonly key?: DoctorSaltKey | null | undefined;
  readonly previous_key?: DoctorSaltKey | null | undefined;
}

export interface DoctorWorld {
  /** UID2 if absent */
  readonly identity_scope?: string | undefined;
  readonly sites?: readonly { readonly id: number; readonly name?: string | undefined }[] | undefined;
  readonly clients?: readonly DoctorClient[] | undefined;
  readonly keysets?: readonly DoctorKeyset[] | undefined;
  readonly keyset_keys?: readonly DoctorKey[] | undefined;
  readonly salts?:
    { readonly first_level: string; readonly buckets?: readonly DoctorBucket[] | undefined } | undefined;
  readonly client_side_keypairs?: readonly DoctorKeypair[] | undefined;
  readonly opted_out_identities?: readonly DoctorOptOut[] | undefined;
  /** -1 if absent */
  readonly master_keyset_id?: number | undefined;
  /** -2 if absent */
  readonly refresh_keyset_id?: number | undefined;
  /** 2 if absent */
  readonly fallback_token_site_id?: number | undefined;
}

/** The scope of a world as API keys name it: `UID2` or `EUID`. */
export const scopeNameOf = (world: DoctorWorld): string => world.identity_scope ?? 'UID2';

/** Finds the secret of any key of a world. Without a world no key is known. */
export function secretsOf(world: DoctorWorld | undefined, primitives: Primitives): FindSecret {
  const keys = new Map((world?.keyset_keys ?? []).map(({ id, secret }) => [id, secret]));
  const secrets = new Map<number, Uint8Array | undefined>();
  return (id) => {
    if (!secrets.has(id)) secrets.set(id, primitives.fromBase64(keys.get(id) ?? ''));
    const secret = secrets.get(id);
    return secret?.length === 32 ? secret : undefined;
  };
}

type KeyUse = 'master' | 'refresh' | 'site';

/** What a key of a world is for, and whose it is. */
export function keyOf(world: DoctorWorld, id: number, now: number) {
  const key = world.keyset_keys?.find((one) => one.id === id);
  if (key === undefined) return { id, known: false };
  const { master_keyset_id: master = -1, refresh_keyset_id: refresh = -2 } = world;
  const use: KeyUse = key.keyset_id === master ? 'master' : key.keyset_id === refresh ? 'refresh' : 'site';
  return {
    id,
    known: true,
    use,
    site_id: world.keysets?.find((one) => one.id === key.keyset_id)?.site_id ?? null,
    activates: new Date(key.activates * 1000).toISOString(),
    expires: new Date(key.expires * 1000).toISOString(),
    active: isActive(key, now),
  };
}

const isActive = ({ activates, expires }: DoctorKey, now: number): boolean =>
  activates * 1000 <= now && now < expires * 1000;

/** Whether a keyset has a key that can seal at a time. */
const hasActive = ({ keyset_keys = [] }: DoctorWorld, keysetId: number, now: number): boolean =>
  (keyset_keys ?? []).some((key) => key.keyset_id === keysetId && isActive(key, now));

/** The kind of key that is missing for a new token of a site at a time (Protocol §4.2). */
export function missingKey(world: DoctorWorld, siteId: number, now: number): KeyUse | undefined {
  const { master_keyset_id: master = -1, refresh_keyset_id: refresh = -2, fallback_token_site_id } = world;
  const hasSite = (id: number): boolean =>
    (world.keysets ?? []).some(
      (one) =>
        one.site_id === id && one.enabled !== false && one.default !== false && hasActive(world, one.id, now),
    );
  if (!hasActive(world, master, now)) return 'master';
  if (!hasSite(siteId) && !hasSite(fallback_token_site_id ?? 2)) return 'site';
  return hasActive(world, refresh, now) ? undefined : 'refresh';
}
