// `npm run check`: all that is checked before the tests run, as much of it at once as does not wait for each other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Each of a lane's scripts waits for the one before. */
const lanes = [['lint'], ['typecheck'], ['build', 'check:package']];

/** Runs a script of package.json, and prints what it printed when it has ended; whether it passed. */
async function passes(script) {
  const child = spawn('npm', ['run', script], { shell: process.platform === 'win32' });
  const printed = [];
  for (const output of [child.stdout, child.stderr]) output.on('data', (text) => printed.push(text));
  const [code] = await once(child, 'close');
  process.stdout.write(Buffer.concat(printed));
  return code === 0;
}

/** The script of a lane that failed; those behind it are not run. */
async function failedIn(lane) {
  for (const script of lane) {
    if (!(await passes(script))) return script;
  }
  return undefined;
}

const failed = (await Promise.all(lanes.map(failedIn))).filter((script) => script !== undefined);
if (failed.length > 0) {
  console.error(`failed, see above: npm run ${failed.join(', npm run ')}`);
  process.exitCode = 1;
}
