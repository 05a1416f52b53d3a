/**
 * An operator in a process of its own, which says how long it held up its clients: run with a channel to the parent. Its
 * first message is `SoakStarted`; it answers every message: `report` with a `SoakReport`, `close` with a `SoakEnd`.
 */

import { once } from 'node:events';
import { type IncomingMessage, get } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type MockOperator, startMockOperator } from '../index.ts';

export interface SoakStarted {
  readonly url: string;
  readonly credentials: MockOperator['credentials'];
}

/** The longest time between two turns of the event loop, in which no client is served, in ms. */
interface Longest {
  /** by the clock: what the machine gave to other processes meanwhile is in it */
  wall: number;
  /** of the processor, in this process */
  busy: number;
}

export interface SoakReport {
  readonly longest: Longest;
  /** open connections */
  readonly connections: number;
  /** failures that nobody caught, and requests that the operator itself failed to serve */
  readonly failures: readonly string[];
}

export interface SoakEnd {
  /** ms that closing took */
  readonly closing: number;
  /** what is open after it, beside the channel to the parent */
  readonly open: readonly string[];
}

const TICK_MS = 5;
const longest: Longest = { wall: 0, busy: 0 };
const failures: string[] = [];

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Begins to measure; what the start took does not count. */
function measureTurns(): () => void {
  let before = { wall: performance.now(), busy: processorMs() };
  const timer = setInterval(() => {
    const present = { wall: performance.now(), busy: processorMs() };
    const wall = present.wall - before.wall - TICK_MS;
    // threads that run beside the loop take time of the processor too
    longest.busy = Math.max(longest.busy, Math.min(wall, present.busy - before.busy));
    longest.wall = Math.max(longest.wall, wall);
    before = present;
  }, TICK_MS);
  return () => {
    clearInterval(timer);
  };
}

const socketsIn = (resources: readonly string[]): number =>
  resources.filter((name) => name === 'TCPSocketWrap').length;

/** Of a process that has nothing to do but to wait for its parent. */
const EXPECTED = new Set(['PipeWrap', 'TTYWrap', 'FSReqCallback', 'CloseReq']);

process.on('unhandledRejection', (reason) => failures.push(`unhandled rejection: ${String(reason)}`));
process.on('uncaughtException', (error) => failures.push(`uncaught exception: ${String(error.stack)}`));
process.on('warning', ({ message }) => failures.push(`warning: ${message}`));

const mock = await startMockOperator({
  profile: 'v5.56',
  log: (level, message) => {
    if (level === 'error') failures.push(message);
  },
});
// what is loaded with the first call of control is not what a client waits for later
const [first] = (await once(get(`${mock.url}/__admin/openapi.json`, { agent: false }), 'response')) as [
  IncomingMessage,
];
await once(first.resume(), 'close');
const stopMeasuring = measureTurns();

const report = (): SoakReport => ({
  longest,
  connections: socketsIn(process.getActiveResourcesInfo()),
  failures,
});

/** What is open, once it does not change: sockets are closed in a later turn than they are destroyed. */
async function openResources(): Promise<string[]> {
  const named = (): string[] => process.getActiveResourcesInfo().filter((name) => !EXPECTED.has(name));
  for (let turn = 0; turn < 100 && named().length > 0; turn += 1) await nextTurn();
  return named();
}

async function end(): Promise<SoakEnd> {
  stopMeasuring();
  const since = performance.now();
  await mock.close();
  const closing = performance.now() - since;
  return { closing, open: await openResources() };
}

process.on('message', (message) => {
  if (message === 'report') process.send?.(report());
  else void end().then((ended) => process.send?.(ended));
});
process.on('disconnect', () => process.exit());
const started: SoakStarted = { url: mock.url, credentials: mock.credentials };
process.send?.(started);
