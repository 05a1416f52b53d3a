/** Opens tokens layer by layer, changes a layer and seals them again (Protocol §5.2, §5.4, §5.5). */
import { openWithKey, sealWithKey } from '../wire/index.ts';
import type { Deployment } from './deployment.ts';

/** The layers of an advertising token V4, without their encryption. */
export interface AdvertisingLayers {
  /** Type byte, version, master key id. */
  outer: Buffer;
  /** From `expires` to the id of the site key. */
  master: Buffer;
  /** From the site id to the raw UID. */
  site: Buffer;
}

/** The layers of a wrapped refresh token V3, without their encryption. */
export interface RefreshLayers {
  /** Scope byte, key id. */
  wrapper: Buffer;
  responseKey: string;
  /** Type byte, version, key id. */
  outer: Buffer;
  /** From `expires` to the first-level hash. */
  payload: Buffer;
}

const MASTER = 33;

function keyOf({ keys }: Deployment, id: number): Buffer {
  const key = keys.get(id);
  if (!key) throw new Error(`no key ${String(id)}`);
  return key;
}

export function inAdvertising(
  operator: Deployment,
  text: string,
  change: (layers: AdvertisingLayers) => void,
): string {
  const bytes = Buffer.from(text, 'base64url');
  const outer = Buffer.from(bytes.subarray(0, 6));
  const inner = openWithKey(keyOf(operator, outer.readUInt32BE(2)), bytes.subarray(6));
  const master = Buffer.from(inner.subarray(0, MASTER));
  const site = openWithKey(keyOf(operator, master.readUInt32BE(29)), inner.subarray(MASTER));
  const layers = { outer, master, site };
  change(layers);
  const sealedSite = sealWithKey(keyOf(operator, layers.master.readUInt32BE(29)), layers.site);
  const sealedMaster = sealWithKey(
    keyOf(operator, layers.outer.readUInt32BE(2)),
    Buffer.concat([layers.master, sealedSite]),
  );
  return Buffer.concat([layers.outer, sealedMaster]).toString('base64url');
}

export function inRefresh(
  operator: Deployment,
  text: string,
  change: (layers: RefreshLayers) => void,
): string {
  const bytes = Buffer.from(text, 'base64');
  const wrapper = Buffer.from(bytes.subarray(0, 5));
  const json = openWithKey(keyOf(operator, wrapper.readUInt32BE(1)), bytes.subarray(5)).toString();
  const inner = JSON.parse(json) as { refresh_token: string; refresh_response_key: string };
  const token = Buffer.from(inner.refresh_token, 'base64');
  const outer = Buffer.from(token.subarray(0, 6));
  const payload = openWithKey(keyOf(operator, outer.readUInt32BE(2)), token.subarray(6));
  const layers = { wrapper, responseKey: inner.refresh_response_key, outer, payload };
  change(layers);
  const sealed = sealWithKey(keyOf(operator, layers.outer.readUInt32BE(2)), layers.payload);
  const wrapped = JSON.stringify({
    refresh_response_key: layers.responseKey,
    refresh_token: Buffer.concat([layers.outer, sealed]).toString('base64'),
  });
  return Buffer.concat([
    layers.wrapper,
    sealWithKey(keyOf(operator, layers.wrapper.readUInt32BE(1)), Buffer.from(wrapped)),
  ]).toString('base64');
}
