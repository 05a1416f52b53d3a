/** A right operator is never blamed, however often and in whatever order it is asked. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMockOperator, type MockOperator } from '../mock-server/index.ts';
import { scaled } from '../mock-server/testing/scale.ts';
import { runContract, type Profile } from './index.ts';

const RUNS = 200;
const operators = new Map<Profile, MockOperator>();
const profiles = ['current', 'v5.56', 'local'] as const;

beforeAll(async () => {
  for (const profile of profiles) operators.set(profile, await startMockOperator({ profile }));
});
afterAll(async () => {
  for (const operator of operators.values()) await operator.close();
});

it(`has no finding in ${scaled(RUNS)} runs in a row, shuffled, one request at a time and eight`, async () => {
  for (let order = 0; order < scaled(RUNS); order++) {
    const profile = profiles[order % profiles.length] ?? 'local';
    const { url = '', credentials, clientSideKeypairs } = operators.get(profile) ?? {};
    const target = { url, credentials, clientSideKeypairs, profile };
    const concurrency = order % 2 === 0 ? 1 : 8;
    const report = await runContract({ targets: [target], as: 'all', order, concurrency, strict: true });
    const seen = `order ${order}, concurrency ${concurrency}, profile ${profile}`;
    expect([report.exitCode, report.findings, report.totals.failed], seen).toEqual([0, [], 0]);
    expect(report.totals.passed, seen).toBeGreaterThan(150);
  }
}, 3_600_000);
