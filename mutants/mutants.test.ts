import { expect, it } from 'vitest';
import { answerRules, requirements, scenarios } from '../contract-tests/index.ts';
import { falseAlarms, judgeMutants } from '../cli/selftest-run.ts';
import { listen } from '../mock-server/listen.ts';
import { areas, composeMutant, mutants } from './index.ts';

/** Areas that every release has to cover, with at least three mutants each. */
const promised = [
  'normalisation',
  'hashing',
  'salts',
  'token-bytes',
  'iv-reuse',
  'lifetimes',
  'opt-out',
  'validate',
  'auth',
  'roles',
  'status-codes',
  'messages',
  'content-types',
  'envelope',
  'cors',
  'keys',
  'cstg',
  'identity-map',
];

it('has at least sixty mutants, each with an id of its own', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(60);
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
});

it.each(promised)('has at least three mutants of %s', (area) => {
  expect(areas).toContain(area);
  expect(mutants.filter((mutant) => mutant.area === area).length).toBeGreaterThanOrEqual(3);
});

it('has a mutant of every MUST, and no mutant of an unknown requirement', () => {
  const known = requirements.map(({ id }) => id);
  const broken = new Set(mutants.map(({ requirement }) => requirement));
  const musts = requirements.filter(({ level }) => level === 'MUST');
  // R90 is about connections, which a mutant cannot break: contract-tests/look.test.ts does.
  expect(musts.filter(({ id }) => !broken.has(id)).map(({ id }) => id)).toEqual(['R90']);
  expect(mutants.filter(({ requirement }) => !known.includes(requirement))).toEqual([]);
});

it('declares at most three mutants equivalent', () => {
  expect(mutants.filter(({ equivalent }) => equivalent !== undefined).length).toBeLessThanOrEqual(3);
});

it('has a scenario, or a rule for every answer, for the requirement of every mutant', () => {
  const covered = new Set([...scenarios, ...answerRules].map(({ requirement }) => requirement));
  expect(mutants.filter(({ requirement }) => !covered.has(requirement)).map(({ id }) => id)).toEqual([]);
});

it('refuses an unknown mutant', async () => {
  await expect(composeMutant('no-such-mutant', {})).rejects.toThrow(
    'mutant: expected an id that uid2-mock selftest --list names; got no-such-mutant',
  );
});

it('serves the mutant on its own stage', async () => {
  const operator = await listen(await composeMutant('validate/test-identities-only', {}));
  try {
    expect((await fetch(`${operator.url}/v1/token/refresh?refresh_token=x`)).status).toBe(404);
    expect((await fetch(`${operator.url}/v2/token/refresh`, { method: 'POST' })).status).toBe(400);
  } finally {
    await operator.close();
  }
});

it('has no finding when it is honest', async () => {
  const alarms = await falseAlarms(mutants);
  expect(alarms.map(({ stage, finding }) => `${stage}: ${finding.id}`)).toEqual([]);
}, 120_000);

it('is noticed by a check of its own requirement, for every mutant', async () => {
  const verdicts = await judgeMutants(mutants, false);
  const missed = verdicts.filter(({ fate }) => fate !== 'killed' && fate !== 'equivalent');
  expect(
    missed.map(({ mutant, fate, killers }) => `${mutant.id}: ${fate} ${killers.slice(0, 3).join(' ')}`),
  ).toEqual([]);
}, 240_000);
