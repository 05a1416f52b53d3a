/** `uid2-mock selftest`: what it prints of mutants. Whether the suite notices each is asked in mutants/. */

import { describe, expect, it } from 'vitest';
import { runInProcess } from '../mock-server/testing/command-line.ts';
import { mutants } from '../mutants/index.ts';

// Seed-v1 has the shortest suite.
const ID = 'generate/one-name-only';

it('--list names every mutant with its requirement', async () => {
  const { code, out, err } = await runInProcess(['selftest', '--list']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(mutants.map(({ id }) => id));
  for (const line of lines) expect(line).toMatch(/^\S+ +[SR]\d+ +\S/);
});

it('refuses a mutant that it does not know', async () => {
  expect(await runInProcess(['selftest', '--mutant', 'no/such'])).toEqual({
    code: 2,
    out: '',
    err: 'uid2-mock: --mutant: expected an id that --list names; got no/such\n',
  });
});

describe('the verdict on a mutant', () => {
  it('is a matrix, with progress on a terminal', async () => {
    const { code, out, err } = await runInProcess(['selftest', '--mutant', ID], {}, { progressColumns: 80 });
    expect({ code, err }).toEqual({ code: 0, err: '\r1 of 1 mutants\n' });
    expect(out).toMatch(/\ngenerate \(1\)\n {2}S5 +X\n/);
    expect(out).toMatch(
      /\nfindings for a mutant: median 1, 95th percentile 1, most 1\n1 mutant: 1 killed, 0 survived, 0 noticed only elsewhere, 0 equivalent \(\d+\.\d s\)\n$/,
    );
  });

  it('counts a rule for every answer as one that notices', async () => {
    const { code, out } = await runInProcess(['selftest', '--json', '--mutant', 'cors/no-vary']);
    expect(code).toBe(0);
    const [verdict] = (JSON.parse(out) as { mutants: { killers: string[] }[] }).mutants;
    expect(verdict).toMatchObject({ fate: 'killed', noticed_by: expect.arrayContaining(['R5']) });
    expect(verdict?.killers).toContain('headers/vary');
  });

  it('is JSON when that is asked for', async () => {
    const { code, out, err } = await runInProcess(['selftest', '--json', '--mutant', ID]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({
      seconds: expect.any(Number),
      mutants: [
        {
          id: ID,
          area: 'generate',
          requirement: 'S5',
          description: expect.any(String),
          stage: 'seed-v1',
          fate: 'killed',
          noticed_by: ['S5'],
          findings: 1,
          killers: ['tokens/flat-members'],
        },
      ],
    });
  });
});
