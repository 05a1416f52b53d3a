/** The binary in a process of its own, as users run it, for tests of what it prints and how it ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClientSideKeypair, Credential } from '../index.ts';

const built = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const source = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const program = existsSync(built) ? [built] : ['--import', 'tsx', source];

const PATIENCE_MS = 15_000;

/** The environment of the tests without what would configure the mock. */
const cleanEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'PORT' && !name.startsWith('UID2_MOCK_')),
);

export interface Exit {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface StartedLine {
  readonly url: string;
  readonly credentials: Credential[];
  readonly client_side_keypairs: ClientSideKeypair[];
}

const running = new Set<ChildProcess>();

/** Ends what a failed test left running. */
export function killBinaries(): void {
  for (const child of running) child.kill('SIGKILL');
}

export class Binary {
  out = '';
  err = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [...program, ...args], {
      env: { ...cleanEnvironment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.#child);
    this.#exit = once(this.#child, 'close').finally(() => running.delete(this.#child));
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** What it left when it ends by itself. */
  async exit(): Promise<Exit> {
    await this.#exit;
    return { code: this.#child.exitCode, out: this.out, err: this.err };
  }

  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    return await this.exit();
  }

  /** Waits until something holds, of the output or otherwise. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        throw new Error(
          `the binary: expected more; it wrote ${this.out || 'nothing'} and ${this.err || 'nothing'}`,
        );
      }
      await sleep(20);
    }
  }

  /** The line that `--json` prints. */
  async line(): Promise<StartedLine> {
    await this.until(() => this.out.includes('\n'));
    return JSON.parse(this.out);
  }
}

/** `uid2-mock …` to its end. */
export const run = (args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Exit> =>
  new Binary(args, environment).exit();

/** `uid2-mock start --json` on any free port, once it listens. */
export async function startJson(
  flags: readonly string[] = [],
  environment?: NodeJS.ProcessEnv,
): Promise<{ binary: Binary; line: StartedLine }> {
  const binary = new Binary(['start', '--json', '--port', '0', ...flags], environment);
  return { binary, line: await binary.line() };
}
