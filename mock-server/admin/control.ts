/** The control API as functions: its types. `control-over.ts` makes them. */

import type { ClockReading } from './calls/service-schema.ts';
import type { FaultReport, FaultRequest } from './calls/fault-schema.ts';
import type { RecordedOptOut } from './calls/opt-out-schema.ts';
import type { RequestDetail, RequestSummary } from './calls/request-schema.ts';
import type { NewKey } from './calls/rotate.ts';
import type { ResetPart } from './calls/service.ts';
import type { UsedTestId } from './calls/test-ids.ts';
import type { MadeSecrets } from './calls/world.ts';
import type { World } from '../operator/world/schema.ts';

/** Epoch ms, ISO 8601 text or Date. */
export type Time = number | string | Date;

/** ms, or a text such as `90d`. */
export type Duration = number | string;

/** Exactly one of them. Addresses and hashes in the form a request would carry them. */
export interface Identifier {
  readonly email?: string;
  readonly phone?: string;
  readonly email_hash?: string;
  readonly phone_hash?: string;
  /** base64 */
  readonly first_level_hash?: string;
  /** base64 */
  readonly raw_uid?: string;
}

/** An opt-out to be recorded. */
export interface OptOutRequest extends Identifier {
  /** when the user opted out; now, by the operator's clock, if absent */
  readonly at?: Time;
}

/** One clock for issuing and checking. A write resolves when every request sees it. */
export interface ClockControl {
  get(): Promise<ClockReading>;
  /** freezes the clock at a time */
  set(time: Time): Promise<void>;
  /** moves the clock, whether it runs or is frozen */
  advance(duration: Duration): Promise<void>;
  /** freezes the clock where it stands */
  freeze(): Promise<void>;
  /** lets the clock run on */
  resume(): Promise<void>;
  /** lets the clock run this many times as fast as the machine's */
  run(rate: number): Promise<void>;
  /** what the times in envelopes are checked against: this clock, or the machine's */
  checkEnvelopesBy(clock: 'clock' | 'real'): Promise<void>;
}

/** Opt-outs. A write resolves when every request sees it. */
export interface OptOutControl {
  add(optOuts: OptOutRequest | readonly OptOutRequest[]): Promise<void>;
  /**
   * Adds many, without holding all of them at once. Those before an invalid one are added. Resolves with how many were
   * added.
   */
  import(optOuts: Iterable<OptOutRequest> | AsyncIterable<OptOutRequest>): Promise<number>;
  remove(identifier: Identifier): Promise<void>;
  list(): Promise<readonly RecordedOptOut[]>;
  /** removes every opt-out, those of the world too */
  clear(): Promise<void>;
}

/** Ordered faults. A write resolves when every request sees it. */
export interface FaultControl {
  /** orders faults, all or none, by their members or by the name of a preset */
  add(faults: FaultRequest | readonly FaultRequest[]): Promise<readonly FaultReport[]>;
  /** in the order in which they were ordered, with how often each was met */
  list(): Promise<readonly FaultReport[]>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
}

/** The data that the operator runs with, in the format of a world file. A change resolves when every request sees it. */
export interface WorldControl {
  /** the world; API keys, secrets, salts and private keys are masked unless asked for */
  get(how?: { readonly secrets?: boolean }): Promise<World>;
  /** takes the place of the world; checked as at the start */
  replace(world: object): Promise<void>;
  /**
   * Adds or changes elements of lists by their ids, and replaces other members: all or nothing.
   *
   * @returns the secrets that were made for new elements without
   */
  patch(patch: object): Promise<MadeSecrets>;
}

/** Test ids, of which each has a state of its own. */
export interface TestIdControl {
  /** those in use; one that is idle for an hour is deleted */
  list(): Promise<readonly UsedTestId[]>;
  /** deletes a test id with its state; with the next request it begins again */
  delete(testId: string): Promise<void>;
}

export interface KeyControl {
  /** a new key for a keyset, or for every keyset, that is active from a time on (now) */
  rotate(options?: { readonly keyset?: number; readonly activates?: Time }): Promise<readonly NewKey[]>;
}

export interface SaltControl {
  /**
   * New salts for buckets, for a share of them, or for all. The former ones are kept as previous.
   *
   * @returns the ids of the buckets
   */
  rotate(options?: {
    readonly buckets?: readonly (string | number)[];
    readonly share?: number;
  }): Promise<readonly string[]>;
}

/** Which requests; all that are given have to hold. */
export interface RequestFilter {
  /** name of a client */
  readonly client?: string;
  /** a path; `*` stands for any characters */
  readonly path?: string;
  /** a status, or a class such as `4xx` */
  readonly status?: number | string;
  /** a reason as the journal names it */
  readonly reason?: string;
  /** requests at that time or later, by the operator's clock, or after the request with that id */
  readonly since?: Time;
}

/** The exchanges of the operator: the last thousand, unless the option `journal` says otherwise. */
export interface JournalControl {
  /** oldest first */
  list(filter?: RequestFilter): Promise<readonly RequestSummary[]>;
  /** a request and its answer in full, with its tokens decoded */
  get(id: string): Promise<RequestDetail>;
  /**
   * Resolves when the journal has so many requests (those that it has already count), or when the time is over, with
   * those that it has.
   *
   * @param options `count` is 1, and `timeout` 5 seconds if absent
   */
  wait(
    filter?: RequestFilter,
    options?: { readonly count?: number; readonly timeout?: Duration },
  ): Promise<readonly RequestSummary[]>;
  /** Removes requests. Returns how many. */
  clear(filter?: RequestFilter): Promise<number>;
  /**
   * The requests as they come, from now on or after the one with an id, until the operator closes.
   *
   * @throws ControlError `conflict`, while iterating, when the journal has dropped requests before they were read
   */
  follow(filter?: RequestFilter & { readonly after?: string | number }): AsyncIterable<RequestSummary>;
}

export interface Control {
  readonly journal: JournalControl;
  readonly world: WorldControl;
  readonly keys: KeyControl;
  readonly salts: SaltControl;
  readonly testIds: TestIdControl;
  readonly clock: ClockControl;
  readonly optOuts: OptOutControl;
  readonly faults: FaultControl;
  /** brings everything, or some parts, back to the beginning */
  reset(only?: readonly ResetPart[]): Promise<void>;
  /** the state of a test id: it begins as the common one */
  isolate(testId: string): Control;
}
