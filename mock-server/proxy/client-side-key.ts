/** The key that a client-side generation is sealed with (Protocol §8.5). */

import { readPrivateScalar, readPublicPoint } from '../core/client-keys.ts';
import { isJsonObject } from '../core/json.ts';
import { parseJsonBytes } from '../core/json-reading.ts';
import type { Deployment } from '../operator/deployment.ts';

/** of the texts of key pairs, in front of base64 */
const PREFIX = 9;

/** The key, if the world has the private key of the subscription; undefined otherwise. */
export function clientSideKey(
  body: Uint8Array,
  { world, primitives }: Pick<Deployment, 'world' | 'primitives'>,
): Uint8Array | undefined {
  const request = parseJsonBytes(body);
  if (!isJsonObject(request)) return undefined;
  const { subscription_id: id, public_key: text } = request;
  const pair = world.client_side_keypairs.find(({ subscription_id }) => subscription_id === id);
  const spki = typeof text === 'string' ? primitives.fromBase64(text) : undefined;
  const pkcs8 = pair && primitives.fromBase64(pair.private_key.slice(PREFIX));
  const point = spki && readPublicPoint(spki);
  const scalar = pkcs8 && readPrivateScalar(pkcs8);
  if (point === undefined || point === 'other-curve' || scalar === undefined) return undefined;
  return primitives.ecdhP256(scalar, point);
}
