/** What the doctors have to know of the operator. It stays in the page. */

import type { ClockReading, Health } from '../../admin/calls/service-schema.ts';
import type { World } from '../../operator/world/schema.ts';
import { useMemo } from 'preact/hooks';
import { hasControl } from '../api.ts';
import { useStore } from '../store.ts';
import { useCall } from '../use-call.ts';

export interface KnownOperator {
  /** with its secrets; undefined for a proxy */
  readonly world: World | undefined;
  readonly profile: string;
  readonly clock: ClockReading;
  readonly readAt: number;
}

const readTimes = new WeakMap<ClockReading, number>();

/** When a clock was read, in ms since the page was opened. */
function readTime(clock: ClockReading): number {
  const known = readTimes.get(clock) ?? performance.now();
  readTimes.set(clock, known);
  return known;
}

/** A proxy judges by the time of its machine. */
const withoutWorld = ({ profile }: Health): KnownOperator => ({
  world: undefined,
  profile,
  clock: { now: '', now_ms: Date.now(), frozen: false, rate: 1, envelopes: 'real' },
  readAt: performance.now(),
});

/** World, profile and clock of the operator; undefined until all are read. */
export function useOperator(): {
  readonly operator: KnownOperator | undefined;
  readonly error: string | undefined;
} {
  const isThere = useStore(hasControl);
  const world = useCall<World>('world?secrets=1');
  const health = useCall<Health>('health');
  const clock = useCall<ClockReading>('clock', 10_000);
  const bare = useMemo(() => health.value && withoutWorld(health.value), [health.value]);
  if (!isThere) return { operator: bare, error: health.error };
  const error = world.error ?? health.error ?? clock.error;
  if (world.value === undefined || health.value === undefined || clock.value === undefined) {
    return { operator: undefined, error };
  }
  const operator = {
    world: world.value,
    profile: health.value.profile,
    clock: clock.value,
    readAt: readTime(clock.value),
  };
  return { operator, error };
}

/** The time by which an operator judges tokens, in ms. */
export const nowOf = ({ clock, readAt }: KnownOperator): number =>
  Math.floor(clock.now_ms + (performance.now() - readAt) * clock.rate);

/** The time by which an operator judges envelopes, in ms. */
export const envelopeNowOf = (operator: KnownOperator): number =>
  operator.clock.envelopes === 'real' ? Date.now() : nowOf(operator);
