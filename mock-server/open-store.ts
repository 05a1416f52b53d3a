/** Opens the store that the options name. */

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Channel } from './operator/store/primary.ts';
import type { Replica } from './operator/state/replica.ts';
import { type Store, StoreAway } from './operator/state/store.ts';
import { ConfigurationError, type MockOperatorOptions } from './options.ts';

export type OpenStore = (replica: Replica) => Promise<Store>;

const random = (): string => randomBytes(6).toString('hex');

const EXPECTED = 'redis://HOST:PORT/DB?prefix=NAME, or rediss or valkey in place of redis';

/**
 * What opens the store; nothing in memory.
 *
 * @throws ConfigurationError when the option is no address, or when opening finds no store there
 */
export async function openerOf({ store }: MockOperatorOptions): Promise<{ openStore?: OpenStore }> {
  if (store === undefined) return {};
  const { addressOf } = await import('./operator/store/link.ts');
  const address = addressOf(store);
  // the text may hold a password
  if (address === undefined) throw new ConfigurationError(`{store}: expected ${EXPECTED}; got another text`);
  return {
    async openStore(replica) {
      const { openValkeyStore } = await import('./operator/store/valkey.ts');
      const instance = `${hostname().replace(/[^\w.-]/g, '-')}-${random()}`;
      try {
        return await openValkeyStore({ address, instance, epoch: random() }, replica);
      } catch (error) {
        throw error instanceof StoreAway ? new ConfigurationError(`{store}: ${error.message}`) : error;
      }
    },
  };
}

/** What opens the store of a worker whose primary process keeps the changes. */
export const openerOver =
  (channel: Channel): OpenStore =>
  async (replica) => {
    const { openPrimaryStore } = await import('./operator/store/primary.ts');
    return openPrimaryStore(channel, replica);
  };
