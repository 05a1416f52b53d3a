/** `uid2-mock faults`: every preset, with a sentence. */

import { expect, it } from 'vitest';
import { faultPresets } from '../mock-server/index.ts';
import { runInProcess as run } from '../mock-server/testing/command-line.ts';

it('prints a line for each preset', async () => {
  const { code, out, err } = await run(['faults']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(faultPresets.map(({ name }) => name));
  expect(lines.length).toBeGreaterThanOrEqual(12);
  expect(lines[0]).toBe('rate-limited        too many requests: 429 with Retry-After of 5 seconds');
});

it('prints their members too, as one line of JSON', async () => {
  const { code, out } = await run(['faults', '--json']);
  expect([code, out.indexOf('\n')]).toEqual([0, out.length - 1]);
  expect(JSON.parse(out)).toEqual(faultPresets);
});

it.each([
  [['--jsn'], "unknown option '--jsn'; did you mean --json?"],
  [['rate-limited'], "too many arguments for 'faults'. Expected 0 arguments but got 1."],
])('uid2-mock faults %j is wrong usage', async (flags, sentence) => {
  expect(await run(['faults', ...flags])).toEqual({ code: 2, out: '', err: `uid2-mock: ${sentence}\n` });
});
