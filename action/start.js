/** Starts a mock that outlives the step, and hands its URL and credentials to the steps that follow. */

import { spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { folderOfStep, install } from './install.js';
import { exportVariable, input, mask, saveState, setOutput, words } from './runner.js';

const POLL_MS = 100;
const LONGEST_START_MS = 60_000;

function flags() {
  const given = ['profile', 'world', 'port'].flatMap((name) =>
    input(name) ? [`--${name}`, input(name)] : [],
  );
  return ['start', '--json', ...given, ...words('flags')];
}

/** Flags such as --help make it print something else. */
function announcement(line) {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`flags: expected flags with which a mock starts; got the answer ${line}`);
  }
}

/** What the mock prints as a line of JSON once it listens. */
async function announcementOf(child, printed, log) {
  const tries = LONGEST_START_MS / POLL_MS;
  for (let done = 0; done < tries; done++) {
    const [line, ...rest] = readFileSync(printed, 'utf8').split('\n');
    if (rest.length > 0) return announcement(line);
    if (child.exitCode !== null || child.signalCode !== null) break;
    await pause(POLL_MS);
  }
  const said = readFileSync(log, 'utf8')
    .trim()
    .replace(/^uid2-mock: /gm, '');
  throw new Error(
    said || `expected the mock to listen within ${LONGEST_START_MS / 1000} seconds; got nothing`,
  );
}

/** As `credentialFor` of the package: of a client with this role alone if there is one. */
function credentialFor(role, credentials) {
  if (credentials.length === 0) throw new Error('world: expected a client, whose key is exported; got none');
  if (role === '') return credentials[0];
  const having = credentials.filter(({ roles }) => roles.includes(role));
  const found = having.find(({ roles }) => roles.length === 1) ?? having[0];
  if (found) return found;
  const known = [...new Set(credentials.flatMap(({ roles }) => roles))];
  throw new Error(`role: expected ${known.join(', ')}; got ${role}`);
}

function publish({ url, admin_url, credentials, client_side_keypairs: [keypair] }) {
  for (const { key, secret } of credentials) [key, secret].forEach(mask);
  setOutput('url', url);
  setOutput('admin-url', admin_url ?? '');
  exportVariable('UID2_BASE_URL', url);
  const { key, secret } = credentialFor(input('role'), credentials);
  setOutput('api-key', key);
  setOutput('client-secret', secret);
  exportVariable('UID2_API_KEY', key);
  exportVariable('UID2_CLIENT_SECRET', secret);
  if (keypair === undefined) return;
  exportVariable('UID2_SUBSCRIPTION_ID', keypair.subscription_id);
  exportVariable('UID2_PUBLIC_KEY', keypair.public_key);
}

export async function start() {
  const program = install();
  const folder = folderOfStep();
  const [printed, log] = ['credentials.json', 'mock.log'].map((name) => path.join(folder, name));
  writeFileSync(printed, '', { mode: 0o600 });
  const stdio = ['ignore', openSync(printed, 'a'), openSync(log, 'a')];
  const child = spawn(process.execPath, [program, ...flags()], { detached: true, stdio, windowsHide: true });
  // a child that is waited for would keep a failed step from ending
  child.unref();
  try {
    // first, so that the mock is stopped at the end of the job in any case
    saveState('pid', String(child.pid));
    saveState('log', log);
    const started = await announcementOf(child, printed, log);
    setOutput('credentials', printed);
    publish(started);
    console.log(`UID2 mock operator on ${started.url}`);
  } catch (error) {
    child.kill();
    throw error;
  }
}
