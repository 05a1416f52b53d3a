/** What callers need of a world: API keys with their secrets, and key pairs for client-side generation. */

import type { World } from './schema.ts';

/** An API key, the secret of its envelopes (base64, 32 bytes) and the roles of its client. */
export interface Credential {
  readonly name: string;
  readonly site_id: number;
  readonly roles: readonly string[];
  readonly key: string;
  readonly secret: string;
}

/** What a browser or app needs for client-side generation. */
export interface ClientSideKeypair {
  readonly subscription_id: string;
  readonly public_key: string;
  readonly site_id: number;
  /** of the site: its pages may generate tokens */
  readonly domain_names: readonly string[];
  /** of the site: these apps may generate tokens */
  readonly app_names: readonly string[];
}

/** The key pairs in use. */
export function keypairsOf({ client_side_keypairs: keypairs, sites }: World): ClientSideKeypair[] {
  const siteById = new Map(sites.map((site) => [site.id, site]));
  return keypairs
    .filter(({ disabled }) => !disabled)
    .map(({ subscription_id, public_key, site_id }) => {
      const { domain_names = [], app_names = [] } = siteById.get(site_id) ?? {};
      return { subscription_id, public_key, site_id, domain_names, app_names };
    });
}

/** The credentials of enabled clients. */
export function credentialsOf({ clients }: World): Credential[] {
  return clients
    .filter(({ disabled }) => !disabled)
    .map(({ name, site_id, roles, key, secret }) => ({ name, site_id, roles: [...roles], key, secret }));
}

/** The credential of a client with this role alone, else of any client with the role. */
export function findCredential(role: string, credentials: readonly Credential[]): Credential | undefined {
  return (
    credentials.find(({ roles }) => roles.length === 1 && roles[0] === role) ??
    credentials.find(({ roles }) => roles.includes(role))
  );
}

/** @throws RangeError when no credential has the role */
export function credentialFor(role: string, credentials: readonly Credential[]): Credential {
  const found = findCredential(role, credentials);
  if (found) return found;
  const known = [...new Set(credentials.flatMap(({ roles }) => roles))];
  throw new RangeError(`credentialFor: expected a role of this world, ${known.join(', ')}; got ${role}`);
}
