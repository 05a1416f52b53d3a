/** A real Valkey or Redis server for tests, each with a folder and a port of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { needProgram } from '../../contract-tests/sdks/runtime.ts';
import { freePort } from './free-port.ts';

const NAMES = ['valkey-server', 'redis-server'];

/** The path of the program, installed first if it has to be; undefined when there is none, which is said loudly. */
export const serverProgram = await needProgram(NAMES, ['redis-server']).catch((error: unknown) => {
  console.warn(`SKIPPED, not tested: a shared store\n${String(error)}`);
  return undefined;
});

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface RedisServer {
  readonly port: number;
  /** for `--store`, without a prefix */
  readonly url: string;
  /** Ends the server: killed, it keeps what it has written to its disk. */
  kill(): Promise<void>;
  /** Starts it again where it was, with the data on its disk. */
  start(): Promise<void>;
  /** Lets it hang, and go on. */
  suspend(): void;
  resume(): void;
  /** Ends it, and removes its folder. */
  remove(): Promise<void>;
}

/** Starts a server that writes every change to its disk. */
export async function startRedis(program: string): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-store-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(program, [...args, '--appendonly', 'yes'], { stdio: 'ignore' });
    running.add(child);
    while (!(await answers(port))) {
      if (child.exitCode !== null)
        throw new Error(`${program}: expected to run; ended with ${child.exitCode}`);
      await pause(20);
    }
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    running.delete(child);
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    suspend: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
