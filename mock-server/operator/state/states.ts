/** The states of an operator: the common one and those of test ids, over a replica and its store. */

import type { Change } from './changes.ts';
import type { Clock, ClockChange, ClockSetting } from './clock.ts';
import type { FaultChange, Faults, MetFault } from './faults.ts';
import type { OptOutChange, OptOuts } from './opt-outs.ts';
import { memoryStore } from './memory.ts';
import { Replica } from './replica.ts';
import type { State, States } from './state.ts';
import type { Store } from './store.ts';

const RUNNING: ClockSetting = { at: 0, since: 0, rate: 1, envelopes: 'clock' };

type Write = (testId: string, change: Change) => Promise<unknown>;

function clockOf(replica: Replica, testId: string, start: ClockSetting, write: Write): Clock {
  const change = async (one: ClockChange): Promise<void> => {
    await write(testId, { of: 'clock', ...(start !== RUNNING && { start }), ...one });
  };
  return {
    now: () => replica.now(testId),
    envelopeNow: () => replica.envelopeNow(testId),
    setting: () => replica.clockOf(testId),
    set: (ms) => change({ how: 'set', ms }),
    advance: (ms) => change({ how: 'advance', ms }),
    freeze: () => change({ how: 'freeze' }),
    resume: () => change({ how: 'resume' }),
    run: (rate) => change({ how: 'run', rate }),
    checkEnvelopesBy: (by) => change({ how: 'envelopes', by }),
    reset: () => change({ how: 'reset' }),
  };
}

function optOutsOf(replica: Replica, testId: string, write: Write): OptOuts {
  const set = () => replica.seenBy(testId).optOuts;
  const change = async (one: OptOutChange): Promise<void> => {
    await write(testId, { of: 'optouts', ...one });
  };
  return {
    since: (flh, world) => set().since(flh, world),
    sinceOf: (rawUid, world) => set().sinceOf(rawUid, world),
    hasBareRawUids: () => set().hasBareRawUids,
    count: (world) => set().count(world),
    list: (world) => set().list(world),
    add: (...optOuts) => change({ how: 'add', optOuts }),
    remove: (removed) => change({ how: 'remove', ...removed }),
    clear: () => change({ how: 'clear' }),
    reset: () => change({ how: 'reset' }),
  };
}

const metIn = (replica: Replica, testId: string): MetFault[] =>
  (replica.scope(testId)?.faults.list() ?? [])
    .filter(({ left }) => left !== 0)
    .map((one) => ({ ...one, testId }));

function faultsOf(replica: Replica, testId: string, seed: string, write: Write): Faults {
  const change = (one: FaultChange, of = testId): Promise<unknown> => write(of, { of: 'faults', ...one });
  const own = () => replica.scope(testId)?.faults.list() ?? [];
  return {
    list: own,
    met: () => (testId === '' ? metIn(replica, '') : [...metIn(replica, testId), ...metIn(replica, '')]),
    async add(faults) {
      const ids = await change({ how: 'add', faults, seed });
      return Array.isArray(ids) ? ids.map(String) : [];
    },
    remove: async (id) => (await change({ how: 'remove', id })) === 1,
    async clear() {
      await change({ how: 'clear' });
    },
    async reset() {
      await change({ how: 'reset' });
    },
    hit: async ({ testId: of, id }) => Number(await change({ how: 'hit', id }, of)),
  };
}

interface StatesOptions {
  /** the time by which clocks run, in ms: the machine's, or that of the process, which a test may replace */
  readonly wall: () => number;
  /** the machine's time in ms, by which test ids become idle; `wall` if absent */
  readonly machine?: () => number;
  /** how the clock stands when nothing was changed; by default it runs with the machine's */
  readonly clock?: ClockSetting;
  /** what the chances of ordered faults are drawn from */
  readonly seed?: string;
  /** called when the world is replaced; null is the one with which this process started */
  readonly replaceWorld?: (world: object | null) => void;
  /** in memory by default */
  readonly openStore?: (replica: Replica) => Promise<Store>;
}

/** How long a test id may be idle before it is deleted. */
const IDLE_MS = 3_600_000;
/** How often the use of a test id is added to the store, so that the other instances do not take it for idle. */
const ANNOUNCED_EVERY_MS = 600_000;

/**
 * Opens the store, and gives the states over it.
 *
 * @throws StoreAway when the store cannot be reached
 */
export async function createStates({
  wall,
  machine = wall,
  clock = RUNNING,
  seed = '',
  replaceWorld = () => undefined,
  openStore = async (replica) => memoryStore(replica),
}: StatesOptions): Promise<States> {
  const replica = new Replica({ wall, machine, clock, replaceWorld });
  const store = await openStore(replica);
  const write: Write = (testId, change) => store.append({ testId, wall: wall(), change });
  const stateOf = (testId: string): State => ({
    testId,
    clock: clockOf(replica, testId, clock, write),
    optOuts: optOutsOf(replica, testId, write),
    faults: faultsOf(replica, testId, seed, write),
  });
  const common = stateOf('');
  return {
    common,
    of(testId) {
      if (testId === '') return common;
      const scope = replica.use(testId);
      if (machine() - scope.announcedAt >= ANNOUNCED_EVERY_MS) {
        scope.announcedAt = machine();
        // while the store is away nothing can be announced; the next announcement is soon enough
        write(testId, { of: 'test', how: 'use' }).catch(() => undefined);
      }
      return stateOf(testId);
    },
    store,
    replica,
    write,
    async sweep() {
      const before = machine() - IDLE_MS;
      const idle = [...replica.tests].filter(([, { usedAt }]) => usedAt <= before);
      for (const [testId] of idle) await write(testId, { of: 'test', how: 'delete' });
    },
  };
}
