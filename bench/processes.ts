/** Starts servers in processes of their own, and measures the CPU time and memory that they use. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export const mockScript = here('../dist/cli/main.cjs');
export const bareScript = here('bare-fastify.js');
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

export interface Credential {
  readonly key: string;
  readonly secret: string;
}

export interface Server {
  readonly url: string;
  /** the credential of the mock's first client, which has every role */
  readonly credential: Credential;
  usage(): Promise<{ cpuUs: number; rss: number }>;
  stop(): Promise<void>;
}

const noCredential: Credential = { key: '', secret: '' };

/** The environment without the variables that configure the mock: it has to run with its defaults. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(UID2_MOCK_|PORT$|NODE_OPTIONS$)/.test(name)),
);

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startProcess(args: readonly string[], ipc: boolean): ChildProcess {
  const child = spawn(process.execPath, args, {
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

interface FirstLine {
  readonly url: string;
  readonly credentials?: Credential[];
  /** of a start in process, how long it took */
  readonly ms?: number;
}

/** The first line a server prints: JSON with its `url`. */
export async function firstLine(child: ChildProcess): Promise<FirstLine> {
  if (child.stdout === null) throw new Error('expected a child with a standard output');
  for await (const line of createInterface(child.stdout)) return JSON.parse(line);
  throw new Error('expected a line of JSON from the server, got none');
}

/** Starts a server that reports its CPU time and memory. */
export async function startServer(args: readonly string[]): Promise<Server> {
  const child = startProcess(['--import', new URL('usage.js', import.meta.url).href, ...args], true);
  const { url, credentials } = await firstLine(child);
  return {
    url,
    credential: credentials?.[0] ?? noCredential,
    async usage() {
      const answer = once(child, 'message');
      child.send('usage');
      const [usage] = await answer;
      return usage;
    },
    stop: () => stopProcess(child),
  };
}
