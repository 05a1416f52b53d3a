/**
 * What is known about a target's data: the format of `fixtures/recordings/world-*.json`, every part optional, and what
 * follows from it by the formulas of Protocol §3 and §4. Independent of the mock's own code.
 */
import { z } from 'zod';
import { ContractError } from '../spec/contract-error.ts';
import { bucketIndex, firstLevelHash, rawUidV2, rawUidV3, rawUidV4 } from '../wire/index.ts';

const saltKey = z.object({ id: z.number(), key: z.string(), salt: z.string() });
const worldSchema = z.object({
  identity_scope: z.string().optional(),
  identity_v3: z.boolean().default(false),
  identity_environment: z.string().default('test'),
  identity_token_expires_after_seconds: z.number().optional(),
  refresh_token_expires_after_seconds: z.number().optional(),
  refresh_identity_token_after_seconds: z.number().optional(),
  sharing_token_expiry_seconds: z.number().optional(),
  max_sharing_lifetime_seconds: z.number().nullish(),
  max_bidstream_lifetime_seconds: z.number().nullish(),
  allow_clock_skew_seconds: z.number().optional(),
  optout_status_max_request_size: z.number().optional(),
  key_sharing_endpoint_provide_app_names: z.boolean().optional(),
  enable_phone_support: z.boolean().optional(),
  client_side_token_generate: z.boolean().optional(),
  client_side_token_generate_domain_name_check: z.boolean().default(true),
  tcf_vendor_id: z.number().default(21),
  token_lifetime_tolerance_seconds: z.number().default(10),
  max_request_body_bytes: z.number().default(1_048_576),
  master_keyset_id: z.number().default(-1),
  refresh_keyset_id: z.number().default(-2),
  fallback_token_site_id: z.number().default(2),
  master_keyset_id_in_responses: z.number().default(9_999_999),
  validate_service_links: z.boolean().optional(),
  optout_tokens_disabled: z.boolean().optional(),
  optout_service_configured: z.boolean().optional(),
  opted_out_identities: z
    .array(
      z.object({
        email: z.string().optional(),
        phone: z.string().optional(),
        opted_out_at_seconds: z.number().optional(),
      }),
    )
    .optional(),
  sites: z
    .array(
      z.object({
        id: z.number(),
        domain_names: z.array(z.string()).default([]),
        app_names: z.array(z.string()).default([]),
      }),
    )
    .optional(),
  clients: z
    .array(
      z.object({
        name: z.string(),
        key: z.string(),
        secret: z.string(),
        site_id: z.number(),
        roles: z.array(z.string()),
        disabled: z.boolean().default(false),
        created: z.number().default(0),
        service_id: z.number().nullish(),
      }),
    )
    .default([]),
  keysets: z
    .array(
      z.object({
        id: z.number(),
        site_id: z.number(),
        allowed_sites: z.array(z.number()).nullable().default(null),
        enabled: z.boolean().default(true),
        default: z.boolean().default(true),
      }),
    )
    .optional(),
  keyset_keys: z
    .array(
      z.object({
        id: z.number(),
        keyset_id: z.number(),
        created: z.number(),
        activates: z.number(),
        expires: z.number(),
        secret: z.string(),
      }),
    )
    .optional(),
  salts: z
    .object({
      first_level: z.string(),
      buckets: z.array(
        z.object({
          bucket_id: z.string().optional(),
          last_updated: z.number(),
          salt: z.string().nullable().default(null),
          refresh_from: z.number().nullable().default(null),
          previous_salt: z.string().nullable().default(null),
          key: saltKey.nullable().default(null),
          previous_key: saltKey.nullable().default(null),
        }),
      ),
    })
    .optional(),
  client_side_keypairs: z
    .array(
      z.object({
        subscription_id: z.string(),
        public_key: z.string(),
        site_id: z.number(),
        disabled: z.boolean().default(false),
      }),
    )
    .default([]),
});

export type World = z.infer<typeof worldSchema>;
export type WorldClient = World['clients'][number];
export type WorldKey = NonNullable<World['keyset_keys']>[number];
export type Bucket = NonNullable<World['salts']>['buckets'][number];

/** @throws ContractError `usage`, which names the first member that does not fit. */
export function readWorld(value: unknown): World {
  const parsed = worldSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ContractError(
    'usage',
    `world: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a world'}`,
  );
}

const ENVIRONMENTS: Record<string, number> = { test: 0, integ: 1, prod: 2 };

export const scopeOf = (world: World): number => (world.identity_scope?.toUpperCase() === 'EUID' ? 1 : 0);

function rawUidOf(
  world: World,
  flh: Buffer,
  identityType: number,
  salt: string | null,
  key: Bucket['key'],
): Buffer | undefined {
  const kind = { scope: scopeOf(world), identityType };
  if (salt) return world.identity_v3 ? rawUidV3(flh, salt, kind) : rawUidV2(flh, salt);
  return key ? rawUidV4(flh, key, kind, ENVIRONMENTS[world.identity_environment] ?? 0) : undefined;
}

export interface ExpectedIdentity {
  firstLevelHash: string;
  rawUid: string;
  previousUid: string | null;
  bucket: Bucket;
}

const DAY_MS = 86_400_000;

/** Everything the salts say about an identity hash; undefined when the world has no salts. `type`: 0 email, 1 phone. */
export function expectedIdentity(
  world: World | undefined,
  hash: Buffer,
  type: number,
  nowMs: number,
): ExpectedIdentity | undefined {
  if (!world?.salts) return undefined;
  const flh = firstLevelHash(hash, world.salts.first_level);
  const bucket = world.salts.buckets[bucketIndex(flh, world.salts.buckets.length)];
  const rawUid = bucket && rawUidOf(world, flh, type, bucket.salt, bucket.key);
  if (!rawUid) return undefined;
  const young = Math.floor((nowMs - bucket.last_updated) / DAY_MS) < 90;
  const previous = young ? rawUidOf(world, flh, type, bucket.previous_salt, bucket.previous_key) : undefined;
  return {
    firstLevelHash: flh.toString('base64'),
    rawUid: rawUid.toString('base64'),
    previousUid: previous?.toString('base64') ?? null,
    bucket,
  };
}

/** Protocol §3.1, in seconds: the bucket's own time, or the start of tomorrow (UTC) when that is past. */
export function expectedRefreshFrom(bucket: Bucket, nowMs: number): number {
  const own = bucket.refresh_from ?? 0;
  return Math.floor((own >= nowMs ? own : (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS) / 1000);
}

/** Protocol §4.2: the latest activated key of a keyset that has not expired. */
export function activeKey(world: World, keysetId: number, nowMs: number): WorldKey | undefined {
  const now = nowMs / 1000;
  return (world.keyset_keys ?? [])
    .filter((key) => key.keyset_id === keysetId && key.activates <= now && key.expires > now)
    .sort((a, b) => b.activates - a.activates)[0];
}

/** Protocol §4.2: the key for the inner layer of advertising tokens of a site. */
export function siteKey(world: World, siteId: number, nowMs: number): WorldKey | undefined {
  const own = (site: number): WorldKey | undefined => {
    const keyset = world.keysets?.find((entry) => entry.site_id === site && entry.enabled && entry.default);
    return keyset && activeKey(world, keyset.id, nowMs);
  };
  return own(siteId) ?? own(world.fallback_token_site_id);
}

export const siteOfKey = (world: World, keyId: number): number | undefined => {
  const key = world.keyset_keys?.find((entry) => entry.id === keyId);
  return world.keysets?.find((entry) => entry.id === key?.keyset_id)?.site_id;
};

/** Protocol §4.3: the keys a client may see, by id. */
export function visibleKeys(
  world: World,
  client: { siteId?: number | undefined; roles: readonly string[] },
): WorldKey[] | undefined {
  const { keysets, keyset_keys: keys } = world;
  const { siteId } = client;
  if (!keysets || !keys || siteId === undefined) return undefined;
  const shown = new Set(
    keysets
      .filter(
        (keyset) =>
          keyset.id === world.master_keyset_id ||
          (keyset.id !== world.refresh_keyset_id &&
            keyset.enabled &&
            (keyset.site_id === siteId ||
              (keyset.allowed_sites === null
                ? client.roles.includes('ID_READER')
                : keyset.allowed_sites.includes(siteId)))),
      )
      .map((keyset) => keyset.id),
  );
  return keys.filter((key) => shown.has(key.keyset_id)).sort((a, b) => a.id - b.id);
}

/** Protocol §8.10: domains (and app names where configured) of the sites whose keys are shown. */
export function expectedSiteData(
  world: World,
  keys: readonly WorldKey[],
): { id: number; domain_names: string[] }[] | undefined {
  if (!world.sites) return undefined;
  const shown = new Set(keys.map((key) => siteOfKey(world, key.id)));
  return world.sites
    .filter((site) => shown.has(site.id))
    .map((site) => ({
      id: site.id,
      domain_names: [
        ...site.domain_names,
        ...(world.key_sharing_endpoint_provide_app_names ? site.app_names : []),
      ].sort(),
    }))
    .filter((site) => site.domain_names.length > 0)
    .sort((a, b) => a.id - b.id);
}
