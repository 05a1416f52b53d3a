/**
 * The mock answers random requests as the recorded operators did. One case alone:
 * `DIFFERENTIAL_CASE=17 npx vitest run mock-server/differential.test.ts`
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../fixtures/path.ts';
import { loadWorld } from './testing/world.ts';
import { type MockOperator, startMockOperator } from './index.ts';
import { loadDifferentialCases, type DifferentialCase } from './testing/differential/format.ts';
import { playCase } from './testing/differential/play.ts';
import type { ReplayTarget } from './testing/replay/replay.ts';

/** The number of cases and requests that must have run, so that none is skipped by mistake. */
const expectedRun = { cases: 252, requests: 293 };

const onlyCase = process.env['DIFFERENTIAL_CASE'];
const cases = [...loadDifferentialCases().entries()].filter(
  ([index]) => onlyCase === undefined || index === Number(onlyCase),
);
const ran = { cases: 0, requests: 0 };
const findings = [...new Set(cases.map(([, { finding }]) => finding))];
const operators = new Map<string, MockOperator>();
const targets = new Map<string, ReplayTarget>();

beforeAll(async () => {
  for (const [, { world, profile }] of cases) {
    if (operators.has(world)) continue;
    const path = fixturePath(`recordings/${world}.json`);
    const operator = await startMockOperator({ world: path, profile });
    operators.set(world, operator);
    const { url, clock } = operator;
    targets.set(world, { url, world: loadWorld(path), setClock: (ms) => clock.set(ms) });
  }
});
afterAll(() => Promise.all([...operators.values()].map((operator) => operator.close())));

/** One text for each case that differs. */
async function differing(chosen: readonly [number, DifferentialCase][]): Promise<string[]> {
  const failures: string[] = [];
  for (const [index, played] of chosen) {
    const target = targets.get(played.world);
    if (target?.world.recorded_at_ms === undefined)
      throw new Error(`world: got ${played.world} without time`);
    const problems = await playCase(played, target, target.world.recorded_at_ms);
    ran.cases += 1;
    ran.requests += played.steps.length;
    if (problems.length > 0) {
      failures.push(
        `case ${index} (${played.world})\n${problems.map((problem) => `    ${problem}`).join('\n')}`,
      );
    }
  }
  return failures;
}

describe('random requests are answered as the recorded operators answered them', () => {
  it.each(findings)('finding %s', async (finding) => {
    const chosen = cases.filter(([, played]) => played.finding === finding);
    expect((await differing(chosen)).join('\n')).toBe('');
  });

  it.runIf(onlyCase === undefined)('has run every case', () => {
    expect(ran).toEqual(expectedRun);
  });
});
