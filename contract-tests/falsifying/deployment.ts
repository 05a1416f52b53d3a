/** The operator behind the proxy, as far as a falsification has to know it: clients, keys and key pairs. */
import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';

export interface Client {
  name: string;
  key: string;
  secret: string;
  site_id: number;
  roles: string[];
  disabled: boolean;
  service_id?: number;
}

interface Keypair {
  subscription_id: string;
  private_key: string;
  site_id: number;
  disabled: boolean;
}

interface World {
  clients: Client[];
  client_side_keypairs: Keypair[];
  keyset_keys: { id: number; keyset_id: number; secret: string }[];
}

export class Deployment {
  readonly clients: readonly Client[];
  readonly keys: ReadonlyMap<number, Buffer>;
  readonly keysetOf: ReadonlyMap<number, number>;
  readonly #keypairs: readonly Keypair[];
  readonly #byKey: ReadonlyMap<string, Client>;

  constructor(world: World) {
    this.clients = world.clients;
    this.keys = new Map(world.keyset_keys.map(({ id, secret }) => [id, Buffer.from(secret, 'base64')]));
    this.keysetOf = new Map(world.keyset_keys.map(({ id, keyset_id }) => [id, keyset_id]));
    this.#keypairs = world.client_side_keypairs;
    this.#byKey = new Map(world.clients.map((client) => [client.key, client]));
  }

  clientOf(key: string): Client | undefined {
    return this.#byKey.get(key);
  }

  /** The id of another key of the same length: it is known, and the wrong one. */
  otherKey(id: number): number {
    return [...this.keys.keys()].find((other) => other !== id && this.keysetOf.get(other) !== -1) ?? id;
  }

  /** The key that client and operator share in client-side generation. */
  sharedKey(subscriptionId: unknown, publicKey: unknown): Buffer | undefined {
    const pair = this.#keypairs.find(({ subscription_id: id }) => id === subscriptionId);
    if (!pair || typeof publicKey !== 'string') return undefined;
    try {
      return diffieHellman({
        privateKey: createPrivateKey({
          key: Buffer.from(pair.private_key.slice(9), 'base64'),
          format: 'der',
          type: 'pkcs8',
        }),
        publicKey: createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' }),
      });
    } catch {
      return undefined;
    }
  }
}

export const secretOf = (client: Client): Buffer => Buffer.from(client.secret, 'base64');
