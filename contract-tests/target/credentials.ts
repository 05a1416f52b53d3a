/** API keys: those given, and those of the world. */
import type { World } from './world.ts';

/** One API key. Without `roles` the suite asks the target which roles it has. */
export interface Credential {
  key: string;
  /** Base64 of 32 bytes; without it only the plain generations can be asked. */
  secret?: string | undefined;
  name?: string | undefined;
  site_id?: number | undefined;
  roles?: readonly string[] | undefined;
}

/** A key pair for client-side generation: the public part, and what is known of its site. */
export interface ClientSideKeypair {
  subscription_id: string;
  public_key: string;
  site_id?: number | undefined;
  /** Domains of the site. */
  domain_names?: readonly string[] | undefined;
  app_names?: readonly string[] | undefined;
  /** An Origin that the site allows; default: made from one of its domains. */
  origin?: string | undefined;
}

/** A client of the operator, as far as the suite knows it. */
export interface Caller {
  name: string;
  key: string;
  secret: Buffer | undefined;
  siteId: number | undefined;
  /** Undefined when not known. */
  roles: readonly string[] | undefined;
  disabled: boolean;
  /** Seconds; 0 when not known. */
  created: number;
  serviceId: number;
}

/** The given credentials, then the clients of the world that are not among them. */
export function readCallers(credentials: readonly Credential[], world: World | undefined): Caller[] {
  const fromWorld = (world?.clients ?? []).map((client) => ({
    name: client.name,
    key: client.key,
    secret: Buffer.from(client.secret, 'base64'),
    siteId: client.site_id,
    roles: client.roles,
    disabled: client.disabled,
    created: client.created,
    serviceId: client.service_id ?? 0,
  }));
  const given = credentials
    .filter((credential) => !fromWorld.some((client) => client.key === credential.key))
    .map((credential) => ({
      name: credential.name ?? 'the given key',
      key: credential.key,
      secret: credential.secret === undefined ? undefined : Buffer.from(credential.secret, 'base64'),
      siteId: credential.site_id ?? siteIn(credential.key),
      roles: credential.roles,
      disabled: false,
      created: 0,
      serviceId: 0,
    }));
  return [...given, ...fromWorld];
}

/** Keys name their site: `UID2-C-T-123-…` is one of site 123. */
function siteIn(key: string): number | undefined {
  const site = /^(?:UID2|EUID)-C-[A-Z]-(\d+)-/.exec(key)?.[1];
  return site === undefined ? undefined : Number(site);
}
