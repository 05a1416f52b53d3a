/** The world of the operator. Its secrets are fetched when the user asks for them, and not kept. */

import type { World } from '../operator/world/schema.ts';
import { call } from './api.ts';

/** The whole world, secrets included. */
export const worldWithSecrets = (): Promise<World> => call<World>('GET', 'world?secrets=1');
