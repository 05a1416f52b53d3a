/**
 * The data of a target in the format of `fixtures/recordings/world-*.json`, with every member optional. The suite has
 * its own schema, apart from the mock's: with a common one, both could read a world wrongly and agree.
 */
import { z } from 'zod';
import { misuse } from '../spec/contract-error.ts';

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
export type WorldKey = NonNullable<World['keyset_keys']>[number];
export type Bucket = NonNullable<World['salts']>['buckets'][number];

/** @throws ContractError `usage`, which names the first member that does not fit. */
export function readWorld(value: unknown): World {
  const parsed = worldSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw misuse('world', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a world'}`);
}

export const scopeOf = (world: World): number => (world.identity_scope?.toUpperCase() === 'EUID' ? 1 : 0);
