/**
 * The operator's data in one JSON file: settings, sites, clients, keysets, keys, salts, key pairs, opt-outs
 * (Protocol §3.1, §4.1, §9). This module holds the schema; it is loaded only when a world comes from outside.
 */

import { z } from 'zod';

const seconds = z.int().min(0);
const epochSeconds = z.int();
/** Tokens carry ids in four bytes. */
const id = z.int32();
// 43 digits and one padding character are 32 bytes; other texts of 44 characters are not
const base64Key = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, { error: 'expected base64 of 32 bytes' });

const siteSchema = z.object({
  id,
  name: z.string().default(''),
  enabled: z.boolean().default(true),
  domain_names: z.array(z.string()).default([]),
  app_names: z.array(z.string()).default([]),
});

const clientSchema = z.object({
  name: z.string(),
  key: z.string().min(1),
  secret: base64Key,
  site_id: id,
  roles: z.array(z.string()).default([]),
  disabled: z.boolean().default(false),
  created: epochSeconds.default(0),
  service_id: z.int().default(0),
  key_id: z.string().optional(),
  key_hash: z.string().optional(),
  key_salt: z.string().optional(),
});

const keysetSchema = z.object({
  id,
  site_id: id,
  name: z.string().default(''),
  allowed_sites: z.array(id).nullable().default(null),
  created: epochSeconds.default(0),
  enabled: z.boolean().default(true),
  default: z.boolean().default(true),
});

const keysetKeySchema = z.object({
  id,
  keyset_id: id,
  created: epochSeconds,
  activates: epochSeconds,
  expires: epochSeconds,
  secret: base64Key,
});

const saltKeySchema = z.object({
  id: z.int().min(0).max(0x7fffffff),
  key: z.string().regex(/^[\x20-\x7e]{32}$/, { error: 'expected 32 ASCII characters' }),
  salt: z.string(),
});

const saltBucketSchema = z
  .object({
    index: z.int().optional(),
    id: z.int().min(0),
    bucket_id: z.string().optional(),
    last_updated: z.int().min(-8_640_000_000_000_000).max(8_640_000_000_000_000),
    refresh_from: z.int().nullable().default(null),
    salt: z.string().nullable().default(null),
    previous_salt: z.string().nullable().default(null),
    key: saltKeySchema.nullable().default(null),
    previous_key: saltKeySchema.nullable().default(null),
  })
  .refine((bucket) => bucket.salt !== null || bucket.key !== null, {
    error: 'expected a salt or a key, got neither',
  });

const saltsSchema = z.object({
  first_level: z.string(),
  id_prefix: z.string().default(''),
  id_secret: z.string().default(''),
  buckets: z.array(saltBucketSchema).min(1),
});

const optedOutSchema = z
  .object({
    email: z.string().optional(),
    email_hash: z.string().optional(),
    phone: z.string().optional(),
    phone_hash: z.string().optional(),
    opted_out_at_seconds: epochSeconds,
    first_level_hash: z.string().optional(),
    raw_uid: z.string().optional(),
  })
  .refine(
    ({ email, email_hash, phone, phone_hash }) =>
      [email, email_hash, phone, phone_hash].filter((value) => value !== undefined).length === 1,
    { error: 'expected exactly one of email, email_hash, phone, phone_hash; got none or several' },
  );

const keypairSchema = z.object({
  subscription_id: z.string().min(1),
  public_key: z.string().min(10),
  private_key: z.string().min(10),
  site_id: id,
  created: epochSeconds.default(0),
  disabled: z.boolean().default(false),
});

const serviceSchema = z.object({
  service_id: id,
  site_id: id,
  name: z.string().default(''),
  roles: z.array(z.string()).default([]),
  disabled: z.boolean().default(false),
});

const serviceLinkSchema = z.object({
  link_id: z.string(),
  service_id: id,
  site_id: id,
  name: z.string().default(''),
  roles: z.array(z.string()).default([]),
  disabled: z.boolean().default(false),
});

/** Defaults are those of Protocol §9; where it has none, the values of a local operator. */
export const worldSchema = z.object({
  recorded_at_ms: z.number().optional(),
  identity_scope: z.enum(['UID2', 'EUID']).default('UID2'),
  identity_environment: z.enum(['test', 'integ', 'prod']).default('test'),
  identity_v3: z.boolean().default(false),
  identity_token_expires_after_seconds: seconds.default(3600),
  refresh_token_expires_after_seconds: seconds.default(86_400),
  refresh_identity_token_after_seconds: seconds.default(900),
  sharing_token_expiry_seconds: seconds.default(2_592_000),
  max_sharing_lifetime_seconds: seconds.optional(),
  max_bidstream_lifetime_seconds: seconds.optional(),
  allow_clock_skew_seconds: seconds.default(1800),
  token_lifetime_tolerance_seconds: seconds.default(10),
  optout_status_max_request_size: z.int().min(0).default(5000),
  max_request_body_bytes: z.int().min(1).default(1_048_576),
  tcf_vendor_id: z.int().default(21),
  enable_phone_support: z.boolean().default(true),
  client_side_token_generate: z.boolean().default(true),
  client_side_token_generate_domain_name_check: z.boolean().default(true),
  key_sharing_endpoint_provide_app_names: z.boolean().default(false),
  optout_tokens_disabled: z.boolean().default(false),
  optout_service_configured: z.boolean().default(true),
  validate_service_links: z.boolean().default(false),
  master_keyset_id: id.default(-1),
  refresh_keyset_id: id.default(-2),
  fallback_token_site_id: id.default(2),
  master_keyset_id_in_responses: id.default(9_999_999),
  opted_out_identities: z.array(optedOutSchema).default([]),
  sites: z.array(siteSchema).default([]),
  clients: z.array(clientSchema),
  keysets: z.array(keysetSchema),
  keyset_keys: z.array(keysetKeySchema),
  salts: saltsSchema,
  client_side_keypairs: z.array(keypairSchema).default([]),
  services: z.array(serviceSchema).default([]),
  service_links: z.array(serviceLinkSchema).default([]),
});

/** A validated world, all defaults filled in. */
export type World = z.infer<typeof worldSchema>;

export type WorldSite = World['sites'][number];
export type WorldClient = World['clients'][number];
export type WorldKeyset = World['keysets'][number];

/** A world, or everything the schema finds wrong, a line each: `field: expected…; got…`. */
export function readWorld(input: unknown): { world: World } | { problems: string[] } {
  const parsed = worldSchema.safeParse(input);
  if (parsed.success) return { world: parsed.data };
  return { problems: parsed.error.issues.map((issue) => problemOf(issue, input)) };
}

function problemOf(issue: z.core.$ZodIssue, input: unknown): string {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  return (path ? `${path.replace(/^\./, '')}: ` : '') + sentence(issue.message) + whatCame(issue, input);
}

/**
 * What came, where the schema's message tells only what was expected: a value that is none of those allowed, a number
 * or length that is out of bounds, the length of what may be a secret.
 */
function whatCame(issue: z.core.$ZodIssue, input: unknown): string {
  const value = issue.path.reduce<unknown>((at, part) => Reflect.get(Object(at) as object, part), input);
  const size = Array.isArray(value) || typeof value === 'string' ? value.length : value;
  switch (issue.code) {
    case 'invalid_value':
      return `; got ${JSON.stringify(value)}`;
    case 'invalid_type':
      return typeof value === 'number' ? ` ${value}` : '';
    case 'too_small':
    case 'too_big':
      return `; got ${String(size)}`;
    case 'invalid_format':
      return `; got ${String(size)} characters that are not`;
    default:
      return '';
  }
}

/** A message of the schema in the words of the other errors. */
const sentence = (message: string): string =>
  message
    .replace(/^(Invalid (input|option)|Too (small|big)): /, '')
    .replace(/^[A-Z]/, (first) => first.toLowerCase())
    .replace('received undefined', 'got nothing')
    .replace('received', 'got');
