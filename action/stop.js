/** Runs at the end of the job: stops the mock that the step started, and prints its log. */

import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { group, state, withoutCommands } from './runner.js';

const POLL_MS = 50;
const LONGEST_END_MS = 10_000;

/** Sends a signal, or with 0 only asks; whether the process is there. */
function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function stop(pid) {
  if (!send(pid, 'SIGTERM')) return;
  for (let waited = 0; waited < LONGEST_END_MS; waited += POLL_MS) {
    if (!send(pid, 0)) return;
    await pause(POLL_MS);
  }
  send(pid, 'SIGKILL');
}

const pid = Number(state('pid'));
if (pid > 0) {
  await stop(pid);
  // later steps may have emptied the folder
  const log = existsSync(state('log')) ? readFileSync(state('log'), 'utf8').trim() : '';
  if (log !== '') {
    await group('Log of the UID2 mock operator', () => withoutCommands(() => process.stdout.write(log)));
  }
}
