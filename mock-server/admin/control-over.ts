/** The control API as functions, the same for an operator in this process and for one that runs elsewhere. */

import type { Stream } from './calls/call.ts';
import { clockCalls } from './calls/clock.ts';
import { ControlError, conflict, invalid } from './calls/control-error.ts';
import { faultCalls } from './calls/faults.ts';
import { importCalls } from './calls/import.ts';
import { linesOf } from './calls/lines.ts';
import { MOST_LISTED, ONE_IDENTIFIER, optOutCalls } from './calls/opt-outs.ts';
import type { RequestSummary } from './calls/request-schema.ts';
import { requestCalls, requestStreams } from './calls/requests.ts';
import { rotateCalls } from './calls/rotate.ts';
import { serviceCalls } from './calls/service.ts';
import { testIdCalls } from './calls/test-ids.ts';
import { worldCalls } from './calls/world.ts';
import type {
  ClockControl,
  Control,
  FaultControl,
  Identifier,
  JournalControl,
  OptOutControl,
  OptOutRequest,
  RequestFilter,
  WorldControl,
} from './control.ts';
import type { Transport } from './transport.ts';

const plainTime = (time: unknown): unknown => (time instanceof Date ? time.getTime() : time);

/** Names the function in errors of a call: `clock.set` where a body has the member `set`. */
async function within<T>(name: string, made: Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (error) {
    throw error instanceof ControlError ? error.within(name) : error;
  }
}

function clockControl(transport: Transport): ClockControl {
  const change = async (body: object): Promise<void> => {
    await within('clock', transport.send(clockCalls.changeClock, { body }));
  };
  return {
    get: () => transport.send(clockCalls.getClock),
    set: (time) => change({ set: plainTime(time) }),
    advance: (duration) => change({ advance: duration }),
    freeze: () => change({ freeze: true }),
    resume: () => change({ resume: true }),
    run: (rate) => change({ rate }),
    checkEnvelopesBy: (clock) => change({ envelopes: clock }),
  };
}

const plainOptOut = (given: OptOutRequest): unknown =>
  typeof given === 'object' && given !== null && given.at !== undefined
    ? { ...given, at: plainTime(given.at) }
    : given;

const isList = (given: OptOutRequest | readonly OptOutRequest[]): given is readonly OptOutRequest[] =>
  Array.isArray(given);

/** The query that names one opt-out. A query without an identifier would name all of them. */
function queryOf(identifier: Identifier): object {
  const query = { ...identifier };
  if (Object.keys(query).length === 0) throw invalid('optOuts', ONE_IDENTIFIER, 'none');
  return query;
}

function optOutControl(transport: Transport): OptOutControl {
  return {
    async add(given) {
      const body = isList(given) ? given.map(plainOptOut) : plainOptOut(given);
      await within('optOuts', transport.send(optOutCalls.addOptOuts, { body }));
    },
    async import(given) {
      const body = linesOf(given, plainOptOut);
      return (await within('optOuts', transport.send(importCalls.importOptOuts, { body }))).added;
    },
    async remove(identifier) {
      await within('optOuts', transport.send(optOutCalls.removeOptOuts, { query: queryOf(identifier) }));
    },
    list: async () =>
      (await transport.send(optOutCalls.listOptOuts, { query: { limit: MOST_LISTED } })).optouts,
    async clear() {
      await transport.send(optOutCalls.removeOptOuts);
    },
  };
}

const faultControl = (transport: Transport): FaultControl => ({
  add: async (body) => (await within('faults', transport.send(faultCalls.addFaults, { body }))).faults,
  list: async () => (await transport.send(faultCalls.listFaults)).faults,
  async remove(id) {
    await within('faults', transport.send(faultCalls.removeFault, { params: { id } }));
  },
  async clear() {
    await transport.send(faultCalls.clearFaults);
  },
});

const plainFilter = (filter: RequestFilter): object => ({
  ...filter,
  ...(filter.since !== undefined && { since: plainTime(filter.since) }),
});

const WAIT = '5s';

async function* eventsOf<T>(opened: Promise<Stream<T>>): AsyncGenerator<T, void> {
  const stream = await opened;
  try {
    for (let next = await stream.next(); next !== undefined; next = await stream.next()) {
      if ('gap' in next) {
        throw conflict('journal.follow', 'requests to be read before the journal drops them', 'a gap');
      }
      yield next.data;
    }
  } finally {
    stream.stop();
  }
}

function journalControl(transport: Transport): JournalControl {
  const list = async (query: object): Promise<readonly RequestSummary[]> =>
    (await within('journal', transport.send(requestCalls.listRequests, { query }))).requests;
  return {
    list: (filter = {}) => list(plainFilter(filter)),
    get: (id) => within('journal', transport.send(requestCalls.getRequest, { params: { id } })),
    wait: (filter = {}, { count = 1, timeout = WAIT } = {}) =>
      list({ ...plainFilter(filter), count, wait: timeout }),
    async clear(filter = {}) {
      const query = plainFilter(filter);
      return (await within('journal', transport.send(requestCalls.removeRequests, { query }))).removed;
    },
    follow(filter = {}) {
      const query = plainFilter(filter);
      const opened = within('journal', transport.follow(requestStreams.followRequests, { query }));
      // a failure is thrown where the events are read
      opened.catch(() => undefined);
      return eventsOf(opened);
    },
  };
}

function worldControl(transport: Transport): WorldControl {
  return {
    get: ({ secrets = false } = {}) =>
      transport.send(worldCalls.getWorld, { query: { secrets: secrets ? '1' : '0' } }),
    async replace(body) {
      await within('world', transport.send(worldCalls.replaceWorld, { body }));
    },
    patch: (body) => within('world', transport.send(worldCalls.patchWorld, { body })),
  };
}

/** The control API over a transport. */
export const controlOver = (transport: Transport): Control => ({
  clock: clockControl(transport),
  optOuts: optOutControl(transport),
  faults: faultControl(transport),
  journal: journalControl(transport),
  world: worldControl(transport),
  keys: {
    async rotate({ activates, ...rest } = {}) {
      const body = { ...rest, ...(activates !== undefined && { activates: plainTime(activates) }) };
      return (await within('keys.rotate', transport.send(rotateCalls.rotateKeys, { body }))).keys;
    },
  },
  salts: {
    rotate: async (body = {}) =>
      (await within('salts.rotate', transport.send(rotateCalls.rotateSalts, { body }))).buckets,
  },
  testIds: {
    list: async () => (await transport.send(testIdCalls.listTestIds)).tests,
    async delete(id) {
      await within('testIds', transport.send(testIdCalls.deleteTestId, { params: { id } }));
    },
  },
  async reset(only) {
    await transport.send(serviceCalls.reset, { body: { ...(only && { only }) } });
  },
  isolate: (testId) => controlOver(transport.isolate(testId)),
});
