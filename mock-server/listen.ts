/** Makes a composed operator listen, and returns its API. */

import type { Composed } from './compose.ts';
import { controlOver } from './admin/control-over.ts';
import type { ClockControl, Control, WorldControl } from './admin/control.ts';
import { localTransport } from './admin/transport.ts';
import type { World } from './operator/world/schema.ts';
import { disposedBy } from './core/disposable.ts';
import { type ServedOperator, serve } from './serve.ts';

export interface MockOperator extends ServedOperator, Control {
  /** one clock for issuing and checking; a write resolves when every request sees it */
  readonly clock: ClockControl & {
    /** ms */
    now(): number;
  };
  /** the data it runs with, in the format of a world file, and what changes it */
  readonly world: WorldControl & World;
}

/**
 * Makes a composed operator listen, and returns its API.
 *
 * @throws ConfigurationError when the port is in use, or the address is not one of this machine
 */
export async function listen(composed: Composed): Promise<MockOperator> {
  const { state, deployment, controlled } = composed;
  const control = controlOver(localTransport(controlled));
  const served = await serve(composed);
  return {
    url: served.url,
    profile: served.profile,
    get credentials() {
      return served.credentials;
    },
    credentialFor: served.credentialFor,
    get clientSideKeypairs() {
      return served.clientSideKeypairs;
    },
    close: served.close,
    ...disposedBy(served.close),
    ...control,
    clock: { ...control.clock, now: () => state.clock.now() },
    // the data as own members, and the functions of control on the prototype, so that a copy is a world
    get world() {
      return Object.assign(Object.create(control.world) as WorldControl, deployment().world);
    },
  };
}
