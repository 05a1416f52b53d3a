/** What the page knows of its operator. */

import type { ClockReading, Health } from '../../admin/calls/service-schema.ts';
import type { World } from '../../operator/world/schema.ts';
import { useMemo } from 'preact/hooks';
import { hasControl } from '../api.ts';
import { useStore } from '../store.ts';
import { useCall } from '../use-call.ts';
import { type DoctorProps, operatorByThisClock } from './known-operator.ts';

const readTimes = new WeakMap<ClockReading, number>();

/** When a clock was read, in ms since the page was opened. */
function readTime(clock: ClockReading): number {
  const known = readTimes.get(clock) ?? performance.now();
  readTimes.set(clock, known);
  return known;
}

/** World, profile and clock of the operator; undefined until all are read. */
export function useOperator(): DoctorProps {
  const isThere = useStore(hasControl);
  const world = useCall<World>('world?secrets=1');
  const health = useCall<Health>('health');
  const clock = useCall<ClockReading>('clock', 10_000);
  // a proxy judges by the time of its machine, and has no world
  const bare = useMemo(
    () => health.value && operatorByThisClock(undefined, health.value.profile),
    [health.value],
  );
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
