/** A world of the clients of a credentials file. The keys and salts of the target are unknown, so others are made. */

import { nativePrimitives } from '../native/primitives.ts';
import { routeRoles } from '../operator/world/directory.ts';
import { defaultWorld } from '../operator/world/embedded.ts';
import type { World } from '../operator/world/schema.ts';

/** A client, as a file of credentials names it. */
export interface KnownClient {
  readonly key: string;
  readonly secret?: string | undefined;
  readonly name?: string | undefined;
  readonly site_id?: number | undefined;
  readonly roles?: readonly string[] | undefined;
}

/** Site of the first client whose site neither the file nor its API key names. */
const FIRST_UNKNOWN_SITE = 1_000_001;
const FIRST_KEYSET = 2001;
const FIRST_KEY = 1001;
const KEY = /^(UID2|EUID)-[A-Z]-[A-Z]-(\d{1,9})-/;

/** The site of a client: API keys that operators issue name it. */
const siteOf = ({ key, site_id }: KnownClient, index: number): number =>
  site_id ?? Number(KEY.exec(key)?.[2] ?? FIRST_UNKNOWN_SITE + index);

const ownName = ({ key, name }: KnownClient, index: number): string =>
  name ?? `${KEY.exec(key)?.[0] ?? `client ${index + 1} `}…`;

/** The scope that the API keys name. */
export const scopeOf = (clients: readonly KnownClient[]): 'uid2' | 'euid' =>
  clients.some(({ key }) => key.startsWith('EUID-')) ? 'euid' : 'uid2';

const random = (): string => nativePrimitives.toBase64(nativePrimitives.randomBytes(32));

function clientOf(client: KnownClient, index: number): World['clients'][number] {
  return {
    name: ownName(client, index),
    key: client.key,
    // without its secret, no envelope of the client can be opened
    secret: client.secret ?? random(),
    site_id: siteOf(client, index),
    // where the file names no roles, the client may have any
    roles: [...(client.roles ?? routeRoles)],
    disabled: false,
    created: 0,
    service_id: 0,
  };
}

function keysetsOf(sites: readonly number[], world: World): Pick<World, 'keysets' | 'keyset_keys'> {
  const [{ created, activates, expires } = { created: 0, activates: 0, expires: 0 }] = world.keyset_keys;
  const general = world.keysets.filter(({ id }) => id <= 2);
  const isGeneral = (id: number): boolean => general.some((keyset) => keyset.id === id);
  const own = sites.map((site, index) => ({
    id: FIRST_KEYSET + index,
    site_id: site,
    name: '',
    allowed_sites: null,
    created,
    enabled: true,
    default: true,
  }));
  const keys = own.map(({ id }, index) => ({
    id: FIRST_KEY + index,
    keyset_id: id,
    created,
    activates,
    expires,
    secret: random(),
  }));
  return {
    keysets: [...general, ...own],
    keyset_keys: [...world.keyset_keys.filter(({ keyset_id }) => isGeneral(keyset_id)), ...keys],
  };
}

/**
 * The world.
 *
 * @param now ms
 * @param v4Buckets whether some salts are keys, as profiles with raw UIDs of version 4 have them
 */
export function clientWorld(known: readonly KnownClient[], now: number, v4Buckets: boolean): World {
  const base = defaultWorld({ seed: random(), scope: scopeOf(known), now, v4Buckets }, nativePrimitives);
  const clients = known.map(clientOf);
  const sites = [...new Set(clients.map(({ site_id }) => site_id))];
  return {
    ...base,
    ...keysetsOf(sites, base),
    clients,
    sites: sites.map((id) => ({ id, name: '', enabled: true, domain_names: [], app_names: [] })),
    opted_out_identities: [],
    client_side_keypairs: [],
    services: [],
    service_links: [],
  };
}
