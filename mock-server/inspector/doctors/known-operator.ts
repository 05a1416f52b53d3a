/** What the doctors know of an operator. It stays in the page. */

import type { ClockReading } from '../../admin/calls/service-schema.ts';
import type { DoctorWorld } from '../../doctor.ts';
import { brief } from '../text.ts';

export interface KnownOperator {
  /** with its secrets; undefined where they are not known */
  readonly world: DoctorWorld | undefined;
  readonly profile: string;
  readonly clock: ClockReading;
  readonly readAt: number;
}

export interface DoctorProps {
  /** undefined until all is read */
  readonly operator: KnownOperator | undefined;
  /** why it is not known */
  readonly error: string | undefined;
}

/** An operator that judges by the time of this machine. */
export const operatorByThisClock = (world: DoctorWorld | undefined, profile: string): KnownOperator => ({
  world,
  profile,
  clock: { now: '', now_ms: Date.now(), frozen: false, rate: 1, envelopes: 'real' },
  readAt: performance.now(),
});

/** The time by which an operator judges tokens, in ms. */
export const nowOf = ({ clock, readAt }: KnownOperator): number =>
  Math.floor(clock.now_ms + (performance.now() - readAt) * clock.rate);

/** The time by which an operator judges envelopes, in ms. */
export const envelopeNowOf = (operator: KnownOperator): number =>
  operator.clock.envelopes === 'real' ? Date.now() : nowOf(operator);

/** The clients of a world, for a choice. */
export const clientOptions = (operator: KnownOperator | undefined, any: string) => [
  ['', any] as const,
  ...(operator?.world?.clients ?? []).map(({ name }) => [name, brief(name, 60)] as const),
];
