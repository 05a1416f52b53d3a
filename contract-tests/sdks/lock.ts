/** Lets one process at a time do a thing, such as to install what several tests share. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const POLL_MS = 100;

/** Whether the process that holds the lock has ended without releasing it. */
function isAbandoned(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** Runs `act` while no other process runs one under the same lock, a file that is made for it. */
export async function locked<T>(lock: string, act: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (isAbandoned(lock)) rmSync(lock, { force: true });
      else await setTimeout(POLL_MS);
    }
  }
  try {
    return await act();
  } finally {
    rmSync(lock, { force: true });
  }
}
