/** All state of a process: what its reads see. Only `apply` changes it. */

import type { Change, Entry } from './changes.ts';
import { type ClockSetting, changedClock, timeOf } from './clock.ts';
import type { FaultChange } from './faults.ts';
import { FaultSet } from './fault-set.ts';
import { OptOutSet } from './opt-out-set.ts';

/** The state of a test id, or the common one. */
export class ScopeState {
  /** undefined where nothing was changed */
  clock: ClockSetting | undefined;
  readonly optOuts: OptOutSet;
  readonly faults = new FaultSet();
  /** the machine's time of the last change or use, in ms */
  usedAt = 0;
  /** the machine's time at which its use was last added to the store, in ms */
  announcedAt = 0;
  /** requests that reached a route, where they are counted */
  requests = 0;
  /** changes of the world, where they are counted */
  worldChanges = 0;

  constructor(below?: ScopeState) {
    this.optOuts = new OptOutSet(below?.optOuts);
  }
}

interface ReplicaOptions {
  /** the time by which clocks run, in ms: the machine's, or that of the process, which a test may replace */
  readonly wall: () => number;
  /** the machine's time in ms, by which test ids become idle; `wall` if absent */
  readonly machine?: () => number;
  /** how the clock stands when nothing was changed */
  readonly clock: ClockSetting;
  /** called when the world is replaced; null is the one with which this process started */
  readonly replaceWorld: (world: object | null) => void;
}

export class Replica {
  /** the ordered faults of all test ids and the common ones: with none, a request does not look for any */
  faultCount = 0;
  #common = new ScopeState();
  #tests = new Map<string, ScopeState>();
  /** the world that replaced the one with which each process started; undefined while none did */
  #world: object | null | undefined;
  readonly #options: ReplicaOptions;
  readonly #machine: () => number;
  readonly #whenDeleted: ((testId: string) => void)[] = [];

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#machine = options.machine ?? options.wall;
  }

  get common(): ScopeState {
    return this.#common;
  }

  get tests(): Map<string, ScopeState> {
    return this.#tests;
  }

  get world(): object | null | undefined {
    return this.#world;
  }

  /** An empty replica beside this one, to be filled and then taken over. */
  beside(): Replica {
    return new Replica({ ...this.#options, replaceWorld: () => undefined });
  }

  /** Takes over what another replica holds, at once. */
  takeOver(other: Replica): void {
    const isOtherWorld = JSON.stringify(this.#world ?? null) !== JSON.stringify(other.#world ?? null);
    // a test id that is in use here and has changed nothing lives on
    for (const [testId, { usedAt }] of this.#tests) {
      if (!other.#tests.has(testId)) other.keep(testId).usedAt = usedAt;
    }
    this.faultCount = other.faultCount;
    this.#common = other.#common;
    this.#tests = other.#tests;
    this.#world = other.#world;
    if (isOtherWorld) this.#options.replaceWorld(this.#world ?? null);
  }

  /** The state of a test id, or the common one for ''; undefined where the id has changed nothing. */
  scope(testId: string): ScopeState | undefined {
    return testId === '' ? this.common : this.tests.get(testId);
  }

  /** What a test id sees: its own state, or the common one where it has changed nothing. */
  seenBy(testId: string): ScopeState {
    return this.scope(testId) ?? this.common;
  }

  /** Calls a function with every test id that is deleted. */
  whenDeleted(tell: (testId: string) => void): void {
    this.#whenDeleted.push(tell);
  }

  /** Notes that a test id is in use. */
  use(testId: string): ScopeState {
    const scope = this.keep(testId);
    scope.usedAt = this.#machine();
    return scope;
  }

  /** How the clock of a test id stands: as it was set there, else as the common one. */
  clockOf(testId: string): ClockSetting {
    return this.scope(testId)?.clock ?? this.common.clock ?? this.#options.clock;
  }

  /** The time that the clock of a test id shows, in ms. */
  now(testId: string): number {
    return timeOf(this.clockOf(testId), this.#options.wall());
  }

  /** The time against which the times in envelopes are checked, in ms. */
  envelopeNow(testId: string): number {
    const setting = this.clockOf(testId);
    const wall = this.#options.wall();
    return setting.envelopes === 'real' ? wall : timeOf(setting, wall);
  }

  /** Applies a change. Returns what it gives, such as the ids of new faults. */
  apply({ testId, wall, change }: Entry): unknown {
    if (change.of === 'world') {
      this.#options.replaceWorld(change.world);
      this.#world = change.world;
      return undefined;
    }
    if (change.of === 'test' && change.how === 'delete') {
      this.faultCount -= this.tests.get(testId)?.faults.size ?? 0;
      this.tests.delete(testId);
      for (const tell of this.#whenDeleted) tell(testId);
      return undefined;
    }
    const scope = this.use(testId);
    return this.#change(scope, testId, wall, change);
  }

  #change(scope: ScopeState, testId: string, wall: number, change: Change): unknown {
    if (change.of === 'test' && change.how === 'restart') {
      scope.requests = 0;
      scope.worldChanges = 0;
    }
    if (change.of === 'optouts') scope.optOuts.apply(change);
    if (change.of === 'faults') return this.#changeFaults(scope, change);
    if (change.of === 'clock') {
      const before = scope.clock ?? this.common.clock ?? change.start ?? this.#options.clock;
      scope.clock = change.how === 'reset' ? undefined : changedClock(before, change, wall);
    }
    return undefined;
  }

  #changeFaults({ faults }: ScopeState, change: FaultChange): unknown {
    const before = faults.size;
    const given = faults.apply(change);
    this.faultCount += faults.size - before;
    return given;
  }

  /** The state of a test id, made if it has none, so that the id lives in this process. */
  keep(testId: string): ScopeState {
    const known = this.scope(testId);
    if (known !== undefined) return known;
    const made = new ScopeState(this.common);
    made.usedAt = this.#machine();
    this.tests.set(testId, made);
    return made;
  }
}
