/**
 * The embedded world: made-up participants whose keys are derived from a seed text, so that two mocks with the same
 * seed read each other's tokens. All its secrets are public test values.
 */

import { writePkcs8, writeSpki } from '../../core/client-keys.ts';
import { type Primitives, utf8 } from '../../core/primitives.ts';
import { routeRoles } from './directory.ts';
import type { World } from './schema.ts';

interface DefaultWorldOptions {
  readonly seed: string;
  readonly scope: 'uid2' | 'euid';
  /** ms; times of buckets lie around it */
  readonly now: number;
  /** whether some buckets have a key and no salt, for v4 raw UIDs */
  readonly v4Buckets: boolean;
}

const CREATED = Date.UTC(2021, 0, 1) / 1000;
/** Below 2^31: the C++ SDK reads times into 32 signed bits, where a later time becomes one in the past. */
const EXPIRES = Date.UTC(2038, 0, 1) / 1000;
const DAY_MS = 86_400_000;

interface Participant {
  readonly name: string;
  readonly site: number;
  readonly roles: readonly string[];
  readonly disabled?: boolean;
  readonly service?: number;
}

const participants: readonly Participant[] = [
  { name: 'Example Company', site: 1001, roles: routeRoles },
  { name: 'Example Publisher', site: 1002, roles: ['GENERATOR'] },
  { name: 'Example Publisher without keyset', site: 1004, roles: ['GENERATOR'] },
  { name: 'Example DSP', site: 1003, roles: ['ID_READER'] },
  { name: 'Example Advertiser', site: 1005, roles: ['MAPPER'] },
  { name: 'Example Sharer', site: 1006, roles: ['SHARER'] },
  { name: 'Isolated Sharer', site: 1007, roles: ['SHARER'] },
  { name: 'Opt-out Service', site: 1009, roles: ['OPTOUT'] },
  { name: 'Example Clean Room', site: 1010, roles: ['MAPPER'], service: 32 },
  { name: 'Disabled Publisher', site: 1002, roles: ['GENERATOR'], disabled: true },
];

interface KeysetPlan {
  readonly id: number;
  readonly site: number;
  readonly name: string;
  readonly allowed: number[] | null;
  readonly key: number;
}

const keysets: readonly KeysetPlan[] = [
  { id: -1, site: -1, name: 'master keys', allowed: null, key: 101 },
  { id: -2, site: -2, name: 'refresh keys', allowed: null, key: 102 },
  { id: 2, site: 2, name: 'keys of publishers without a keyset', allowed: null, key: 103 },
  { id: 2101, site: 1001, name: 'Example Company', allowed: [1003, 1006], key: 111 },
  { id: 2102, site: 1002, name: 'Example Publisher', allowed: [1001, 1003], key: 112 },
  { id: 2103, site: 1003, name: 'Example DSP', allowed: [], key: 113 },
  { id: 2106, site: 1006, name: 'Example Sharer', allowed: [1001], key: 116 },
  { id: 2107, site: 1007, name: 'Isolated Sharer', allowed: [], key: 117 },
];

interface BucketPlan {
  /** days since the bucket changed */
  readonly age: number;
  readonly current: 'salt' | 'key';
  readonly previous?: 'salt' | 'key';
}

/** Every kind of bucket: with a salt or a key, with and without a previous one, changed recently and long ago. */
const buckets: readonly BucketPlan[] = [
  { age: 400, current: 'salt' },
  { age: 10, current: 'salt', previous: 'salt' },
  { age: 20, current: 'key', previous: 'salt' },
  { age: 30, current: 'key', previous: 'key' },
  { age: 5, current: 'key' },
  { age: 100, current: 'salt', previous: 'salt' },
  { age: 40, current: 'salt', previous: 'key' },
  { age: 1, current: 'salt', previous: 'salt' },
];

const SUBSCRIPTION = { id: 'local-cstg', site: 1002 };

/** 32 bytes for a name, the same for the same seed. */
type Derive = (name: string) => Uint8Array;

/**
 * 44 characters of base64 with `+`, `/` and `=`. Keys of the real service have these three, and clients break on them
 * in URLs, headers and configuration files. The name gives a series of texts; the first text with all three is the key.
 */
function keyText(derive: Derive, name: string, primitives: Primitives): string {
  for (let attempt = 0; ; attempt++) {
    const text = primitives.toBase64(derive(`key/${name}/${attempt}`));
    if (text.includes('+') && text.includes('/')) return text;
  }
}

function clientsOf(derive: Derive, scope: string, primitives: Primitives): World['clients'] {
  return participants.map(({ name, site, roles, disabled = false, service = 0 }) => {
    const text = keyText(derive, name, primitives);
    return {
      name,
      key: `${scope}-C-L-${site}-${text.slice(0, 6)}.${text.slice(6)}`,
      secret: primitives.toBase64(derive(`secret/${name}`)),
      site_id: site,
      roles: [...roles],
      disabled,
      created: CREATED,
      service_id: service,
    };
  });
}

function saltsOf(derive: Derive, options: DefaultWorldOptions, primitives: Primitives): World['salts'] {
  const today = Math.floor(options.now / DAY_MS) * DAY_MS;
  const salt = (name: string) => primitives.toBase64(derive(`salt/${name}`));
  const key = (name: string, id: number) => ({
    id,
    key: salt(`${name}/key`).slice(0, 32),
    salt: salt(`${name}/key-salt`).slice(0, 32),
  });
  return {
    first_level: salt('first-level'),
    id_prefix: 'l',
    id_secret: salt('id-secret'),
    buckets: buckets.map(({ age, current, previous }, index) => {
      const isKey = current === 'key' && options.v4Buckets;
      const wasKey = previous === 'key' && options.v4Buckets;
      return {
        id: 1_000_000 + index,
        last_updated: today - age * DAY_MS,
        refresh_from: today + (30 - (age % 30)) * DAY_MS,
        salt: isKey ? null : salt(`${index}`),
        key: isKey ? key(`${index}`, 5000 + index) : null,
        previous_salt: previous && !wasKey ? salt(`${index}/previous`) : null,
        previous_key: wasKey ? key(`${index}/previous`, 4000 + index) : null,
      };
    }),
  };
}

function keypairsOf(derive: Derive, scope: string, primitives: Primitives): World['client_side_keypairs'] {
  const scalar = derive('client-side-keypair');
  // keeps the scalar below the order of the curve, whatever the seed
  scalar[0] = 0;
  const point = primitives.p256PublicPoint(scalar);
  return [
    {
      subscription_id: SUBSCRIPTION.id,
      public_key: `${scope}-X-L-${primitives.toBase64(writeSpki(point))}`,
      private_key: `${scope}-Y-L-${primitives.toBase64(writePkcs8(scalar, point))}`,
      site_id: SUBSCRIPTION.site,
      created: CREATED,
      disabled: false,
    },
  ];
}

function sitesOf(): World['sites'] {
  const enabled = participants.filter(({ disabled }) => !disabled);
  return enabled.map(({ site: id, name }) => ({
    id,
    name,
    enabled: true,
    domain_names: id === SUBSCRIPTION.site ? ['localhost', 'example.com'] : [],
    app_names: id === SUBSCRIPTION.site ? ['com.example.app', '123456789'] : [],
  }));
}

const SERVICE = { id: 32, site: 1010 };

const servicesOf = (): World['services'] => [
  {
    service_id: SERVICE.id,
    site_id: SERVICE.site,
    name: 'Example Clean Room',
    roles: ['MAPPER'],
    disabled: false,
  },
];

const serviceLinksOf = (): World['service_links'] => [
  {
    link_id: 'example-link',
    service_id: SERVICE.id,
    site_id: 1005,
    name: 'Example Advertiser',
    roles: ['MAPPER'],
    disabled: false,
  },
  {
    link_id: 'disabled-link',
    service_id: SERVICE.id,
    site_id: 1001,
    name: 'Example Company',
    roles: ['MAPPER'],
    disabled: true,
  },
];

/** Protocol §9, the values of a local operator. */
const settings = {
  identity_environment: 'test',
  identity_v3: false,
  identity_token_expires_after_seconds: 3600,
  refresh_token_expires_after_seconds: 86_400,
  refresh_identity_token_after_seconds: 900,
  sharing_token_expiry_seconds: 2_592_000,
  allow_clock_skew_seconds: 1800,
  token_lifetime_tolerance_seconds: 10,
  optout_status_max_request_size: 5000,
  max_request_body_bytes: 1_048_576,
  tcf_vendor_id: 21,
  enable_phone_support: true,
  client_side_token_generate: true,
  client_side_token_generate_domain_name_check: true,
  key_sharing_endpoint_provide_app_names: true,
  optout_tokens_disabled: true,
  optout_service_configured: true,
  validate_service_links: true,
  master_keyset_id: -1,
  refresh_keyset_id: -2,
  fallback_token_site_id: 2,
  master_keyset_id_in_responses: 9_999_999,
} as const;

/** The embedded world of a seed, with every member. */
export function defaultWorld(options: DefaultWorldOptions, primitives: Primitives): World {
  const scope = options.scope === 'euid' ? 'EUID' : 'UID2';
  const derive: Derive = (name) =>
    Uint8Array.from(primitives.sha256(utf8(`${options.seed}/${scope}/${name}`)));
  return {
    identity_scope: scope,
    ...settings,
    opted_out_identities: [
      { email: 'local-mock-optout@example.com', opted_out_at_seconds: Date.UTC(2023, 0, 1) / 1000 },
    ],
    sites: sitesOf(),
    clients: clientsOf(derive, scope, primitives),
    keysets: keysets.map(({ id, site, name, allowed }) => ({
      id,
      site_id: site,
      name,
      allowed_sites: allowed,
      created: CREATED,
      enabled: true,
      default: true,
    })),
    keyset_keys: keysets.map(({ id, key }) => ({
      id: key,
      keyset_id: id,
      created: CREATED,
      activates: CREATED,
      expires: EXPIRES,
      secret: primitives.toBase64(derive(`keyset-key/${key}`)),
    })),
    salts: saltsOf(derive, options, primitives),
    client_side_keypairs: keypairsOf(derive, scope, primitives),
    services: servicesOf(),
    service_links: serviceLinksOf(),
  };
}
