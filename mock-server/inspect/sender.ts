/** Who sends an inspected request: a client of the world, or one that is added to it. */

import { routeRoles } from '../operator/world/directory.ts';
import type { World } from '../operator/world/schema.ts';

type WorldClient = World['clients'][number];

/** What is known of the sender. */
interface SenderGiven {
  /** base64 of 32 bytes */
  readonly secret?: string | undefined;
  readonly key?: string | undefined;
  /** name of a client of the world */
  readonly client?: string | undefined;
}

interface Sender {
  readonly world: World;
  /** undefined when nothing is known of the sender */
  readonly client: WorldClient | undefined;
  /** API key for the Authorization header, which may be of no client */
  readonly key: string | undefined;
}

const NEW_KEY = (scope: string): string => `${scope}-C-L-999-inspect.0000000000000000000000000000`;

function added(world: World, secret: string, key: string): Sender {
  const pattern = world.clients.find(({ disabled, service_id }) => !disabled && !service_id);
  const site = world.sites.find(({ id }) => id > 2)?.id ?? 3;
  const client: WorldClient = {
    ...(pattern ?? { created: 0, service_id: 0 }),
    name: 'client of the given secret',
    key,
    secret,
    site_id: pattern?.site_id ?? site,
    roles: [...routeRoles],
    disabled: false,
  };
  return { world: { ...world, clients: [...world.clients, client] }, client, key };
}

function withSecret(world: World, client: WorldClient, secret: string | undefined): Sender {
  if (secret === undefined || secret === client.secret) return { world, client, key: client.key };
  const changed = { ...client, secret };
  return {
    world: { ...world, clients: world.clients.map((one) => (one === client ? changed : one)) },
    client: changed,
    key: client.key,
  };
}

/**
 * The sender by name, by key or by secret, in this order. A secret that no client of the world has is given to the
 * client that the key or name names, or else to a new one.
 *
 * @throws RangeError when the world has no client of the name
 */
export function senderOf(world: World, { secret, key, client: name }: SenderGiven): Sender {
  if (name !== undefined) {
    const client = world.clients.find((one) => one.name === name);
    if (client === undefined) throw new RangeError(name);
    return withSecret(world, client, secret);
  }
  if (key !== undefined) {
    const client = world.clients.find((one) => one.key === key);
    if (client !== undefined) return withSecret(world, client, secret);
    return secret === undefined ? { world, client: undefined, key } : { ...ofSecret(world, secret), key };
  }
  return secret === undefined ? { world, client: undefined, key: undefined } : ofSecret(world, secret);
}

function ofSecret(world: World, secret: string): Sender {
  const client = world.clients.find((one) => one.secret === secret);
  return client ? { world, client, key: client.key } : added(world, secret, NEW_KEY(world.identity_scope));
}
