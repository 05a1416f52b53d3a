/** A mock operator in this process, at a fixed time, that is asked what it answers to a request. */

import { compose } from '../compose.ts';
import { disposedBy } from '../core/disposable.ts';
import type { Exchange } from '../operator/exchange.ts';
import type { ProfileName } from '../operator/profile.ts';
import type { World } from '../operator/world/schema.ts';
import { serve } from '../serve.ts';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request.ts';

export interface AskedOperator extends AsyncDisposable {
  readonly world: World;
  /** Sends a request at a time, in ms. */
  ask(
    request: RawRequest,
    now: number,
  ): Promise<{ readonly answer: RawAnswer; readonly exchange: Exchange | undefined }>;
}

/**
 * Opens an operator on a port of its own, without control API.
 *
 * @param world the embedded one if absent
 * @param now ms
 * @throws ConfigurationError when the world cannot work
 */
export async function openOperator(
  profile: ProfileName,
  now: number,
  world?: World | string,
): Promise<AskedOperator> {
  let time = now;
  let seen: Exchange | undefined;
  const composed = await compose(
    { profile, admin: false, now, ...(world !== undefined && { world }) },
    {
      machine: () => time,
      observe: (exchange) => {
        seen = exchange;
      },
    },
  );
  const served = await serve(composed);
  return {
    world: composed.deployment().world,
    async ask(request, at) {
      time = at;
      seen = undefined;
      const answer = await sendRaw(served.url, request);
      return { answer, exchange: seen };
    },
    ...disposedBy(served.close),
  };
}
