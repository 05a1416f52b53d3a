/** Runs `uid2-mock …` in this process, or in one of its own as users do. Records what it prints and how it ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Io } from '../../cli/io.ts';
import { run } from '../../cli/run.ts';
import type { ClientSideKeypair, Credential } from '../index.ts';

const built = fileURLToPath(new URL('../../dist/cli/main.cjs', import.meta.url));
const source = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const program = existsSync(built) ? [built] : ['--import', 'tsx', source];

const PATIENCE_MS = 15_000;

/** The environment of the tests without the variables that configure the mock. */
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
  readonly admin_url?: string;
  readonly ui_url?: string;
  readonly credentials: Credential[];
  readonly client_side_keypairs: ClientSideKeypair[];
}

const running = new Set<CommandLine>();

/** Ends the processes that a failed test left running. */
export async function killCommandLines(): Promise<void> {
  await Promise.all([...running].map((one) => one.kill()));
}

abstract class CommandLine {
  out = '';
  err = '';
  protected ended = false;

  /** Waits until it ends by itself. */
  abstract exit(): Promise<Exit>;
  abstract signal(name: NodeJS.Signals): void;
  abstract kill(): Promise<unknown>;

  protected endsWith(end: Promise<unknown>): void {
    running.add(this);
    const noteEnd = (): void => {
      this.ended = true;
      running.delete(this);
    };
    void end.then(noteEnd, noteEnd);
  }

  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    return await this.exit();
  }

  /** Waits until a condition holds, of the output or of anything else. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (this.ended || Date.now() > deadline) {
        throw new Error(
          `uid2-mock: expected more; it wrote ${this.out || 'nothing'} and ${this.err || 'nothing'}`,
        );
      }
      await sleep(5);
    }
  }

  /** The line that `--json` prints. */
  async line(): Promise<StartedLine> {
    await this.until(() => this.out.includes('\n'));
    return JSON.parse(this.out);
  }
}

/** A terminal or an input, if a test wants one. */
export type Terminal = Partial<Pick<Io, 'progressColumns' | 'colour' | 'input'>>;

/** Runs in this process, without its environment. */
export class InProcess extends CommandLine {
  readonly #exit: Promise<Exit>;
  #stop: () => void = () => undefined;

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}, terminal: Terminal = {}) {
    super();
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve;
    });
    const io: Io = {
      environment,
      out: (text) => (this.out += text),
      error: (text) => (this.err += text),

      input: async function* () {
        throw new Error('expected no command that reads its input');
      },
      progressColumns: undefined,
      colour: false,
      stopped: () => stopped,
      exitCode: 0,
      ...terminal,
    };
    this.#exit = run(args, io).then(() => ({ code: io.exitCode, out: this.out, err: this.err }));
    this.endsWith(this.#exit);
  }

  signal(): void {
    this.#stop();
  }

  exit(): Promise<Exit> {
    return this.#exit;
  }

  kill(): Promise<unknown> {
    return this.stop();
  }
}

/** Runs in a process of its own, without the variables that configure the mock. */
export class Binary extends CommandLine {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;

  /** @param nodeFlags flags for node, before the program's name */
  constructor(
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    nodeFlags: readonly string[] = [],
  ) {
    super();
    this.#child = spawn(process.execPath, [...nodeFlags, ...program, ...args], {
      env: { ...cleanEnvironment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exit = once(this.#child, 'close');
    this.endsWith(this.#exit);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Stops reading what it prints. */
  stopReading(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  async exit(): Promise<Exit> {
    await this.#exit;
    return { code: this.#child.exitCode, out: this.out, err: this.err };
  }

  kill(): Promise<unknown> {
    this.signal('SIGKILL');
    return this.#exit;
  }
}

/** Runs `uid2-mock …` in this process to its end. */
export const runInProcess = (
  args: readonly string[],
  environment?: NodeJS.ProcessEnv,
  terminal?: Terminal,
): Promise<Exit> => new InProcess(args, environment, terminal).exit();

/** Starts `uid2-mock start --json` in this process, on any free port, and resolves once it listens. */
export async function startJson(
  flags: readonly string[] = [],
  environment?: NodeJS.ProcessEnv,
): Promise<{ started: InProcess; line: StartedLine }> {
  const started = new InProcess(['start', '--json', '--port', '0', ...flags], environment);
  return { started, line: await started.line() };
}
