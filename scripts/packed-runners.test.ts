/** The fixtures of the packed package, in projects that have vitest and jest. `docs/test-runners.md` shows what is printed. */

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage, runAsUser } from './packed-package.ts';

const repository = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-runners-'));

const modules = path.join(repository, 'node_modules');

beforeAll(async () => {
  await installPackage(folder);
  for (const runner of ['vitest', 'jest']) {
    symlinkSync(path.join(modules, runner), path.join(folder, 'node_modules', runner), 'junction');
  }
}, 240_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('in the project of a user,', () => {
  const tests = (head: string): string => `${head}
test('passes', async ({ operator }) => {
  expect(operator.profile).toBe('v5.56');
  await operator.clock.freeze();
  await operator.optOuts.add({ email: 'reader@example.com' });
  expect(await operator.optOuts.list()).toHaveLength(2);
});
test('fails', async ({ operator }) => {
  expect((await operator.clock.get()).frozen).toBe(false);
  expect(await operator.optOuts.list()).toHaveLength(1);
  const asked = (key, query) =>
    fetch(operator.url + '/v1/token/generate?' + query, { headers: { authorization: 'Bearer ' + key } });
  const { key } = operator.credentialFor('GENERATOR');
  expect((await asked(key, 'email=reader@example.com')).status).toBe(200);
  expect((await asked('unknown', 'email=reader@example.com')).status).toBe(200);
});
`;
  const jestHead = `const { mockOperatorFor } = require('uid2-mock-operator/jest');
const { test, operator: same } = mockOperatorFor({ profile: 'v5.56' });
test.each([[1], [2]])('row %p', (row, { operator }) => {
  expect([row.length, operator.url]).toEqual([1, same.url]);
});`;
  const vitestHead = `import { expect } from 'vitest';
import { mockOperatorTest } from 'uid2-mock-operator/vitest';
const test = mockOperatorTest({ profile: 'v5.56' });`;

  it.each([
    ['vitest', vitestHead, ['vitest/vitest.mjs', 'run'], 'Tests  1 failed | 1 passed (2)'],
    // a context of its own, which has fewer symbols than the main one on Node 20 and 22
    [
      'vitest in vmThreads',
      vitestHead,
      ['vitest/vitest.mjs', 'run', '--pool=vmThreads'],
      'Tests  1 failed | 1 passed (2)',
    ],
    ['jest', jestHead, ['jest/bin/jest.js', '--ci'], 'Tests:       1 failed, 3 passed, 4 total'],
  ])(
    'a failed test of %s prints the last exchanges with their reasons',
    async (_runner, head, args, total) => {
      const project = mkdtempSync(path.join(folder, 'project-'));
      writeFileSync(path.join(project, 'package.json'), '{}');
      writeFileSync(path.join(project, 'operator.test.js'), tests(head));
      const [program = '', ...rest] = args;
      const failed: unknown = await runAsUser(project, process.execPath, [
        path.join(modules, program),
        ...rest,
      ]).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 1 });
      const { stdout, stderr } = failed as { stdout: string; stderr: string };
      const printed = stripVTControlCharacters(`${stdout}${stderr}`);
      expect(printed).toContain(total);
      const lines = printed.split('\n').map((line) => line.trim());
      const first = lines.indexOf('The 2 exchanges of the mock operator:');
      expect(lines.slice(first, first + 3)).toEqual([
        expect.any(String),
        expect.stringMatching(/^\S+Z {2}GET +\/v1\/token\/generate +200 +Example Publisher +served$/),
        expect.stringMatching(
          /^\S+Z {2}GET +\/v1\/token\/generate +401 +- +key_unknown: no client has this API key$/,
        ),
      ]);
      expect(printed.match(/of the mock operator/g)).toHaveLength(1);
    },
    60_000,
  );
});
