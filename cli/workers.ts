/** `uid2-mock start --workers N`: processes on one port, which share state over a store or over the primary process. */

import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Composed, compose } from '../mock-server/compose.ts';
import { type ServedOperator, serve } from '../mock-server/serve.ts';
import { openerOver } from '../mock-server/open-store.ts';
import { type Channel, PrimaryLog, isStoreMessage } from '../mock-server/operator/store/primary.ts';
import type { MockOperatorOptions, NameOf } from '../mock-server/options.ts';
import { isSingleExecutable } from '../package-files/read.ts';
import type { Io } from './io.ts';

interface Serving {
  readonly options: MockOperatorOptions;
  readonly logsErrorsOnly: boolean;
  readonly nameOf: NameOf;
  /** what is printed when it listens */
  readonly textOf: (operator: ServedOperator, composed: Composed) => string;
  readonly io: Io;
}

/** From the primary to a worker that starts, or back when it listens, or to one that has to stop. */
type WorkerMessage =
  | { readonly of: 'worker'; readonly kind: 'hello' | 'stop' }
  | { readonly of: 'worker'; readonly kind: 'settings'; readonly startedAt: number; readonly port: number }
  | { readonly of: 'worker'; readonly kind: 'listening'; readonly text: string; readonly port: number };

const isWorkerMessage = (message: unknown): message is WorkerMessage =>
  typeof message === 'object' && message !== null && 'of' in message && message.of === 'worker';

/** A worker that ends sooner than this after its start is replaced only then, in ms. */
const SHORTEST_LIFE_MS = 1000;
const GRACE_MS = 5000;

class Workers {
  readonly #serving: Serving;
  readonly #log: PrimaryLog;
  readonly #startedAt = Date.now();
  readonly #running = new Set<Worker>();
  readonly #listening = new Set<Worker>();
  /** the port that workers ask the primary for: those that ask for the same share it, any free one too */
  #port: number;
  #bound = 0;
  #isStopping = false;

  constructor(serving: Serving, log: PrimaryLog) {
    this.#serving = serving;
    this.#log = log;
    this.#port = serving.options.port ?? 0;
  }

  /** Starts a worker. Gives what it prints when it listens; its exit code if it ends before. */
  async start(): Promise<string | number> {
    const since = performance.now();
    const worker = cluster.fork();
    this.#running.add(worker);
    const gone = this.#log.attach(`worker-${worker.process.pid}`, channelTo(worker));
    const ended = once(worker, 'exit').then(([code, signal]: (number | string | null)[]) => {
      this.#running.delete(worker);
      this.#listening.delete(worker);
      gone();
      return { code: Number(code ?? 1), how: String(signal ?? `exit code ${code}`) };
    });
    const listening = new Promise<string>((resolve) => {
      worker.on('message', (message: unknown) => {
        if (!isWorkerMessage(message)) return;
        if (message.kind === 'hello') this.#settle(worker);
        if (message.kind !== 'listening') return;
        this.#bound = message.port;
        this.#listening.add(worker);
        resolve(message.text);
      });
    });
    const first = await Promise.race([listening, ended]);
    if (typeof first !== 'string') return first.code;
    void ended.then(({ how }) => this.#replace(worker, how, since));
    return first;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const exits = [...this.#running].map((worker) => once(worker, 'exit'));
    for (const worker of this.#running) worker.send({ of: 'worker', kind: 'stop' } satisfies WorkerMessage);
    await Promise.race([Promise.all(exits), pause(GRACE_MS)]);
    for (const worker of this.#running) worker.process.kill('SIGKILL');
  }

  #settle(worker: Worker): void {
    // without a worker nothing holds the free port that was found
    if (this.#listening.size === 0 && this.#bound > 0) this.#port = this.#bound;
    const message = { of: 'worker', kind: 'settings', startedAt: this.#startedAt, port: this.#port } as const;
    worker.send(message satisfies WorkerMessage);
  }

  async #replace({ process: { pid } }: Worker, how: string, since: number): Promise<void> {
    if (this.#isStopping) return;
    this.#serving.io.error(`worker ${pid} ended: ${how}; another takes its place\n`);
    for (let before = since; ; before = performance.now()) {
      await pause(Math.max(0, before + SHORTEST_LIFE_MS - performance.now()));
      if (this.#isStopping || typeof (await this.start()) === 'string') return;
    }
  }
}

const channelTo = (worker: Worker): Channel => ({
  send(message) {
    // its end is noted elsewhere
    if (worker.isConnected()) worker.send(message, () => undefined);
  },
  receive(act) {
    worker.on('message', (message: unknown) => {
      if (isStoreMessage(message)) act(message);
    });
  },
});

const channelToPrimary: Channel = {
  send(message) {
    process.send?.(message);
  },
  receive(act) {
    process.on('message', (message) => {
      if (isStoreMessage(message)) act(message);
    });
  },
};

/** Resolves with the next message of a kind from the primary. */
function told<K extends WorkerMessage['kind']>(kind: K): Promise<Extract<WorkerMessage, { kind: K }>> {
  return new Promise((resolve) => {
    const receive = (message: unknown): void => {
      if (!isWorkerMessage(message) || message.kind !== kind) return;
      process.off('message', receive);
      resolve(message as Extract<WorkerMessage, { kind: K }>);
    };
    process.on('message', receive);
  });
}

async function serveAsWorker({ options, logsErrorsOnly, nameOf, textOf }: Serving): Promise<void> {
  // a terminal sends its signals to every process; the primary says when to stop
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  const settings = told('settings');
  const stop = told('stop');
  process.send?.({ of: 'worker', kind: 'hello' } satisfies WorkerMessage);
  const { startedAt, port } = await settings;
  const overPrimary = options.store === undefined ? { openStore: openerOver(channelToPrimary) } : {};
  const composed = await compose({ ...options, port }, { startedAt, logsErrorsOnly, ...overPrimary });
  const operator = await serve(composed, nameOf);
  const text = textOf(operator, composed);
  const bound = Number(new URL(operator.url).port || 80);
  process.send?.({ of: 'worker', kind: 'listening', text, port: bound } satisfies WorkerMessage);
  await stop;
  await operator.close();
}

/** Serves by `count` processes until it is told to stop. A worker that ends is replaced. */
export async function serveByWorkers(count: number, serving: Serving): Promise<void> {
  if (cluster.isWorker) return serveAsWorker(serving);
  const { io } = serving;
  if (isSingleExecutable) {
    // Node takes the first argument for the script of a worker
    const [exec = '', ...args] = process.argv.slice(2);
    cluster.setupPrimary({ exec, args });
  }
  const workers = new Workers(serving, await PrimaryLog.create(Date.now));
  const stopped = io.stopped();
  // the first alone, so that what is wrong is said once
  const first = await Promise.race([workers.start(), stopped]);
  if (typeof first === 'number') {
    io.exitCode = first;
    return;
  }
  const others = Array.from({ length: count - 1 }, () => workers.start());
  await Promise.race([Promise.all(others), stopped]);
  if (first !== undefined) io.out(first);
  await stopped;
  await workers.stop();
}
