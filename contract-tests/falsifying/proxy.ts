/** A reverse proxy that changes requests and answers by one falsification at a time. */
import type { Deployment } from './deployment.ts';
import { Exchange } from './exchange.ts';
import type { Falsification } from './falsification.ts';
import { startReverseProxy } from './reverse-proxy.ts';

export interface FalsifyingProxy {
  url: string;
  /** Starts a run; without a falsification nothing is changed. */
  falsify(falsification?: Falsification): void;
  /** How many exchanges of this run were changed. */
  readonly changed: number;
  close(): Promise<void>;
}

export async function startFalsifyingProxy(target: string, operator: Deployment): Promise<FalsifyingProxy> {
  let falsification: Falsification | undefined;
  let memory = new Map<string, unknown>();
  let changed = 0;
  const proxy = await startReverseProxy(target, async (request, forward) => {
    const one = new Exchange(operator, memory, request);
    falsification?.request?.(one);
    one.answer ??= await forward(one.request);
    one.sealForAsker();
    falsification?.answer?.(one);
    if (one.changed) changed++;
    return one.answer;
  });
  return {
    ...proxy,
    falsify(next) {
      falsification = next;
      memory = new Map();
      changed = 0;
    },
    get changed() {
      return changed;
    },
  };
}
