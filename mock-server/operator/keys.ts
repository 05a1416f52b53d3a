/** The keys that a DSP or sharer may see (Protocol §8.10). */

import { OperatorError } from '../core/operator-error.ts';
import type { Deployment } from './deployment.ts';
import { type Client, type Key, LAST_RESERVED_SITE, activeKey, defaultKeyset } from './world/directory.ts';
import type { WorldKeyset } from './world/schema.ts';

interface VisibleKey {
  readonly key: Key;
  readonly keyset: WorldKeyset;
}

/**
 * Keys by ascending id, active or not; never refresh keys.
 *
 * @throws OperatorError `unknown` without an active master key; an Error when the caller's site has two enabled default
 *   keysets: the operator looks up both before it lists keys
 */
function visibleKeys({ directory, world, rules }: Deployment, client: Client, now: number): VisibleKey[] {
  if (activeKey(directory, world.master_keyset_id, now) === undefined) {
    throw new OperatorError('unknown', 'no_active_master_key');
  }
  defaultKeyset(directory, client.siteId);
  return directory.keys.flatMap((key) => {
    const keyset = directory.keysets.get(key.keysetId);
    if (keyset === undefined || keyset.id === world.refresh_keyset_id) return [];
    return rules.maySee(keyset, client, world.master_keyset_id) ? [{ key, keyset }] : [];
  });
}

function keyObject({ primitives }: Deployment, { id, created, activates, expires, secret }: Key) {
  return { id, created, activates, expires, secret: primitives.toBase64(secret) };
}

/** Sites of visible keys by ascending id, if they have domains (or app names, where the world provides those). */
function siteData({ directory, world }: Deployment, visible: readonly VisibleKey[]) {
  const ids = [...new Set(visible.map(({ keyset }) => keyset.site_id))].sort((a, b) => a - b);
  return ids.flatMap((id) => {
    const site = directory.sites.get(id);
    if (site === undefined) return [];
    const apps = world.key_sharing_endpoint_provide_app_names ? site.app_names : [];
    const names = [...new Set([...site.domain_names, ...apps])].sort();
    return names.length > 0 ? [{ id, domain_names: names }] : [];
  });
}

/** Items of key/latest. */
export function latestKeys(deployment: Deployment, client: Client, now: number) {
  if (client.siteId <= LAST_RESERVED_SITE) {
    throw new OperatorError('reserved_client_site', 'client_site_reserved', { site_id: client.siteId });
  }
  return visibleKeys(deployment, client, now).map(({ key, keyset }) => ({
    ...keyObject(deployment, key),
    site_id: keyset.site_id,
  }));
}

/** Body of key/sharing. */
export function sharingKeys(deployment: Deployment, client: Client, now: number) {
  const { world, directory } = deployment;
  const visible = visibleKeys(deployment, client, now);
  const own = defaultKeyset(directory, client.siteId);
  const lifetime = world.max_sharing_lifetime_seconds ?? world.sharing_token_expiry_seconds;
  return {
    caller_site_id: client.siteId,
    master_keyset_id: world.master_keyset_id_in_responses,
    ...(own && { default_keyset_id: own.id }),
    token_expiry_seconds: String(world.sharing_token_expiry_seconds),
    ...(client.roles.has('SHARER') && {
      max_sharing_lifetime_seconds: lifetime + world.token_lifetime_tolerance_seconds,
    }),
    identity_scope: world.identity_scope,
    allow_clock_skew_seconds: world.allow_clock_skew_seconds,
    keys: visible.map(({ key, keyset }) => ({
      ...keyObject(deployment, key),
      ...keysetIdFor(deployment, client, keyset),
    })),
    ...(world.client_side_token_generate && { site_data: siteData(deployment, visible) }),
  };
}

function keysetIdFor({ world }: Deployment, client: Client, keyset: WorldKeyset): { keyset_id?: number } {
  if (keyset.id === world.master_keyset_id) return { keyset_id: world.master_keyset_id_in_responses };
  return keyset.site_id === client.siteId ? { keyset_id: keyset.id } : {};
}

/** Body of key/bidstream. */
export function bidstreamKeys(deployment: Deployment, client: Client, now: number) {
  const { world } = deployment;
  const visible = visibleKeys(deployment, client, now);
  const lifetime = world.max_bidstream_lifetime_seconds ?? world.identity_token_expires_after_seconds;
  return {
    max_bidstream_lifetime_seconds: lifetime + world.token_lifetime_tolerance_seconds,
    identity_scope: world.identity_scope,
    allow_clock_skew_seconds: world.allow_clock_skew_seconds,
    keys: visible.map(({ key }) => keyObject(deployment, key)),
    ...(world.client_side_token_generate && { site_data: siteData(deployment, visible) }),
  };
}
