/** Which keys of a world are active, and which of them a client may see (Protocol §4.2, §4.3). */
import type { World, WorldKey } from './world.ts';

/** The key of a keyset that was activated last and is not expired (Protocol §4.2). */
export function activeKey(world: World, keysetId: number, nowMs: number): WorldKey | undefined {
  const now = nowMs / 1000;
  return (world.keyset_keys ?? [])
    .filter((key) => key.keyset_id === keysetId && key.activates <= now && key.expires > now)
    .sort((a, b) => b.activates - a.activates)[0];
}

/** The key of the inner layer of a site's advertising tokens (Protocol §4.2). */
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

/** The keys that a client may see, sorted by id (Protocol §4.3). */
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

/** The domains, and the app names where the world has that on, of the sites of `keys` (Protocol §8.10). */
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
