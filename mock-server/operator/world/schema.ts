/**
 * The operator's data in one JSON file: settings, sites, clients, keysets, keys, salts, key pairs, opt-outs
 * (Protocol §3.1, §4.1, §9). This module is loaded only when the world is not the embedded one.
 * `fixtures/world.schema.json` is derived from the schema and its descriptions.
 */

import { z } from 'zod';
import { came } from '../../core/words.ts';

/** In seconds since 1970 this is the year 5138, in milliseconds it is 1973. */
const SECONDS_END = 100_000_000_000;
/** In seconds since 1970 this is 1973, in milliseconds it is 2 January 1970. */
const SECONDS_SINCE_1973 = 100_000_000;
const LAST_DATE_MS = 8_640_000_000_000_000;

const seconds = z.int().min(0).max(4_000_000_000).describe('seconds');

const epochSeconds = z
  .int()
  .lt(SECONDS_END, {
    error: ({ input }) => `expected seconds since 1970; got ${came(input)}, which looks like milliseconds`,
  })
  .describe('seconds since 1970; C++ clients misread 2^31 and more');

const epochMs = z
  .int()
  .min(-LAST_DATE_MS)
  .max(LAST_DATE_MS)
  .refine((ms) => ms < SECONDS_SINCE_1973 || ms >= SECONDS_END, {
    error: ({ input }) => `expected milliseconds since 1970; got ${came(input)}, which looks like seconds`,
  })
  .describe('milliseconds since 1970');

/** Tokens carry ids in four bytes. */
const id = z.int32();

/** A text of a given form. Messages give only its length, because it may be a secret. */
const textOf = (form: RegExp, expected: string) =>
  z.string().regex(form, {
    error: ({ input }) =>
      `expected ${expected}; got ${input === '' ? came(input) : `another text of ${String(input).length} characters`}`,
  });

// 43 digits and one padding character are 32 bytes; other texts of 44 characters are not
const base64Key = textOf(/^[A-Za-z0-9+/]{43}=$/, 'base64 of 32 bytes');

const siteSchema = z.strictObject({
  id,
  name: z.string().default(''),
  enabled: z.boolean().default(true),
  domain_names: z
    .array(z.string())
    .default([])
    .describe('registrable domains such as example.com from which client-side generation is allowed'),
  app_names: z.array(z.string()).default([]).describe('apps that may generate tokens on the client side'),
});

const clientSchema = z.strictObject({
  name: z.string(),
  key: textOf(
    /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/,
    'ASCII without blanks at its ends, as a header carries it',
  ).describe('API key, sent as Authorization: Bearer'),
  secret: base64Key.describe('base64 of the 32 bytes that seal the envelopes of v2 and v3'),
  site_id: id,
  roles: z.array(z.string()).default([]).describe('GENERATOR, MAPPER, ID_READER, SHARER, OPTOUT'),
  disabled: z.boolean().default(false),
  created: epochSeconds.default(0),
  service_id: z.int().default(0).describe('id of one of the services, 0 for none'),
  key_id: z.string().optional().describe('first characters of the key; without effect'),
  key_hash: z.string().optional().describe('base64 of SHA-512(key_salt bytes, key)'),
  key_salt: z.string().optional().describe('base64'),
});

const keysetSchema = z.strictObject({
  id,
  site_id: id,
  name: z.string().default(''),
  allowed_sites: z
    .array(id)
    .nullable()
    .default(null)
    .describe('sites that may see the keys beside the own one; null: every client with the role ID_READER'),
  created: epochSeconds.default(0),
  enabled: z.boolean().default(true),
  default: z.boolean().default(true).describe("whether the site's tokens are sealed with its keys"),
});

const keysetKeySchema = z.strictObject({
  id,
  keyset_id: id,
  created: epochSeconds,
  activates: epochSeconds,
  expires: epochSeconds,
  secret: base64Key.describe('base64 of 32 bytes'),
});

const saltKeySchema = z.strictObject({
  id: z.int().min(0).max(0x7fffffff),
  key: textOf(/^[\x20-\x7e]{32}$/, '32 ASCII characters').describe('32 ASCII characters'),
  salt: z.string(),
});

const saltBucketSchema = z
  .strictObject({
    index: z.int().optional().describe('place in the list, counted from 0'),
    id: z.int().min(0),
    bucket_id: z.string().optional().describe('id_prefix and Hashids of the id, derived when absent'),
    last_updated: epochMs,
    refresh_from: epochMs.nullable().default(null),
    salt: z.string().nullable().default(null),
    previous_salt: z.string().nullable().default(null),
    key: saltKeySchema.nullable().default(null).describe('used when there is no salt'),
    previous_key: saltKeySchema.nullable().default(null),
  })
  .refine((bucket) => bucket.salt !== null || bucket.key !== null, {
    error: 'expected a salt or a key; got neither',
  });

const saltsSchema = z.strictObject({
  first_level: z.string().describe('salt of first-level hashes'),
  id_prefix: z.string().default(''),
  id_secret: z.string().default(''),
  buckets: z.array(saltBucketSchema).min(1),
});

const optedOutSchema = z
  .strictObject({
    email: z.string().optional(),
    email_hash: z.string().optional(),
    phone: z.string().optional(),
    phone_hash: z.string().optional(),
    opted_out_at_seconds: epochSeconds,
    first_level_hash: z.string().optional().describe('derived when absent'),
    raw_uid: z.string().optional().describe('derived when absent'),
  })
  .refine(
    ({ email, email_hash, phone, phone_hash }) =>
      [email, email_hash, phone, phone_hash].filter((value) => value !== undefined).length === 1,
    { error: 'expected exactly one of email, email_hash, phone, phone_hash; got none or several' },
  );

const keypairSchema = z.strictObject({
  subscription_id: z.string().min(1),
  public_key: z
    .string()
    .describe('9 characters of prefix and base64 of a P-256 key, SubjectPublicKeyInfo in DER'),
  private_key: z.string().describe('9 characters of prefix and base64 of a P-256 key, PKCS#8 in DER'),
  site_id: id,
  created: epochSeconds.default(0),
  disabled: z.boolean().default(false),
});

const serviceSchema = z.strictObject({
  service_id: id,
  site_id: id,
  name: z.string().default(''),
  roles: z.array(z.string()).default([]),
  disabled: z.boolean().default(false),
});

const serviceLinkSchema = z.strictObject({
  link_id: z.string(),
  service_id: id,
  site_id: id,
  name: z.string().default(''),
  roles: z.array(z.string()).default([]).describe('MAPPER: the service may map with this link'),
  disabled: z.boolean().default(false),
});

const withoutEffect = 'accepted and without effect: a profile decides it';

/** Other names of settings, and members without effect. */
const accepted = {
  $schema: z.string().optional().describe('path or URL of this schema'),
  recorded_from: z.string().optional().describe('without effect'),
  request_timestamp_tolerance: z.string().optional().describe('without effect'),
  enable_v2_encryption: z.boolean().optional().describe(withoutEffect),
  allow_legacy_api: z.boolean().optional().describe(withoutEffect),
  optout_status_api_enabled: z.boolean().optional().describe(withoutEffect),
  disable_optout_token: z.boolean().optional().describe('another name of optout_tokens_disabled'),
  client_side_token_generate_domain_name_check_enabled: z
    .boolean()
    .optional()
    .describe('another name of client_side_token_generate_domain_name_check'),
};

/** Defaults are those of Protocol §9, else the values of a local operator. */
const settings = {
  recorded_at_ms: z
    .number()
    .optional()
    .describe('when the world was recorded from a running operator; leave it out of a world of your own'),
  identity_scope: z.enum(['UID2', 'EUID']).default('UID2'),
  identity_environment: z.enum(['test', 'integ', 'prod']).default('test'),
  identity_v3: z.boolean().default(false).describe('whether text salts give raw UIDs of 33 bytes'),
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
  tcf_vendor_id: z.int().min(1).max(65_535).default(21),
  enable_phone_support: z.boolean().default(true),
  client_side_token_generate: z.boolean().default(true),
  client_side_token_generate_domain_name_check: z.boolean().default(true),
  key_sharing_endpoint_provide_app_names: z.boolean().default(false),
  optout_tokens_disabled: z
    .boolean()
    .default(false)
    .describe('whether v2 of 5.56 answers optout instead of a stand-in token'),
  optout_service_configured: z.boolean().default(true).describe('whether a logout succeeds'),
  validate_service_links: z
    .boolean()
    .default(false)
    .describe('whether clients of a service may map at all, with a link or without'),
  master_keyset_id: id.default(-1),
  refresh_keyset_id: id.default(-2),
  fallback_token_site_id: id
    .default(2)
    .describe('site whose keys seal tokens of sites without an active key'),
  master_keyset_id_in_responses: id
    .default(9_999_999)
    .describe('the master keyset in answers of key/sharing'),
};

const worldFileSchema = z
  .strictObject({
    ...accepted,
    ...settings,
    opted_out_identities: z.array(optedOutSchema).default([]),
    sites: z.array(siteSchema).default([]),
    clients: z.array(clientSchema),
    keysets: z.array(keysetSchema),
    keyset_keys: z.array(keysetKeySchema),
    salts: saltsSchema,
    client_side_keypairs: z.array(keypairSchema).default([]),
    services: z.array(serviceSchema).default([]),
    service_links: z.array(serviceLinkSchema).default([]),
  })
  .meta({ title: 'World', description: 'The data of a UID2 mock operator' });

export const worldSchema = worldFileSchema.transform(
  ({
    $schema: _schema,
    recorded_from: _recordedFrom,
    request_timestamp_tolerance: _tolerance,
    enable_v2_encryption: _encryption,
    allow_legacy_api: _legacy,
    optout_status_api_enabled: _status,
    disable_optout_token: noOptOutTokens,
    client_side_token_generate_domain_name_check_enabled: checksDomains,
    ...world
  }) => ({
    ...world,
    optout_tokens_disabled: noOptOutTokens ?? world.optout_tokens_disabled,
    client_side_token_generate_domain_name_check:
      checksDomains ?? world.client_side_token_generate_domain_name_check,
  }),
);

/** A valid world with all defaults filled in. */
export type World = z.infer<typeof worldSchema>;

export type WorldSite = World['sites'][number];
export type WorldClient = World['clients'][number];
export type WorldKeyset = World['keysets'][number];
