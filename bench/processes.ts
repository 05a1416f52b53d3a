/** Starts servers in processes of their own, and measures the CPU time and memory that they use. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuTimeOf, onServerCore, residentBytes } from './cores.ts';
import type { Access } from './requests.ts';

/** How long a server takes at most to finish what it does after its last answer, in ms. */
const SETTLING_MS = 5;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export const mockScript = here('../dist/cli/main.cjs');
export const bareScript = here('bare-fastify.js');
export const hashesScript = here('hashes.js');
export const otherClientScript = here('other-client.js');
export const inProcessScript = here('in-process.js');

/** `uid2-mock start` on any free port. */
export const mockArguments = (...flags: readonly string[]): string[] => [
  mockScript,
  'start',
  '--json',
  '--port',
  '0',
  ...flags,
];

export const bareArguments = (getBytes: number, postBytes: number): string[] => [
  bareScript,
  String(getBytes),
  String(postBytes),
];

/** A server, which can be asked as the mock's first client, which has every role. */
export interface Server extends Access {
  readonly url: string;
  /** CPU time so far, of all its processes, in us */
  cpuUs(): Promise<number>;
  /** resident memory, in bytes */
  rss(): Promise<number>;
  stop(): Promise<void>;
}

/** The environment without the variables that configure the mock: it has to run with its defaults. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(UID2_MOCK_|PORT$|NODE_OPTIONS$)/.test(name)),
);

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** @param isPinned whether it is to run on the core of the servers */
export function startProcess(args: readonly string[], ipc: boolean, isPinned = false): ChildProcess {
  const [command = process.execPath, ...rest] = [
    ...(isPinned ? onServerCore : []),
    process.execPath,
    ...args,
  ];
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'inherit', ...(ipc ? (['ipc'] as const) : [])],
    env: environment,
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** Ends all processes that were started here and still run. */
export const stopAll = async (): Promise<void> => {
  await Promise.all([...running].map(stopProcess));
};

interface FirstLine {
  readonly url: string;
  readonly credentials?: readonly { readonly key: string; readonly secret: string }[];
  readonly client_side_keypairs?: readonly {
    readonly subscription_id: string;
    readonly public_key: string;
  }[];
  /** of a start in process, how long it took */
  readonly ms?: number;
}

/** The first line a server prints: JSON with its `url`. */
export async function firstLine(child: ChildProcess): Promise<FirstLine> {
  if (child.stdout === null) throw new Error('expected a child with a standard output');
  for await (const line of createInterface(child.stdout)) return JSON.parse(line);
  throw new Error('expected a line of JSON from the server, got none');
}

/** Starts a server on the core of the servers. */
export async function startServer(args: readonly string[], isPinned = true): Promise<Server> {
  const child = startProcess(args, false, isPinned);
  const { url, credentials, client_side_keypairs: keypairs } = await firstLine(child);
  const { pid = 0 } = child;
  const [credential, keypair] = [credentials?.[0], keypairs?.[0]];
  return {
    url,
    key: credential?.key ?? '',
    secret: credential?.secret ?? '',
    clientSide: keypair && { subscriptionId: keypair.subscription_id, publicKey: keypair.public_key },
    async cpuUs() {
      // what a thread has used since it last waited is counted only once it waits again
      await sleep(SETTLING_MS);
      return cpuTimeOf(pid);
    },
    rss: async () => residentBytes(pid),
    stop: () => stopProcess(child),
  };
}
