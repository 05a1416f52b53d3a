// `npm run mutation FOLDER...`, such as mock-server/core: breaks each line of the folder in turn and checks whether
// a test notices. Exit code 1 when fewer than 90 % of the mutants are noticed. Results are kept in .stryker/, and the
// next run tests only mutants whose code or tests have changed.
// Stryker's own options: https://stryker-mutator.io/docs/stryker-js/configuration
import path from 'node:path';
import process from 'node:process';
import { Stryker } from '@stryker-mutator/core';

const LEAST_SCORE = 90;

/**
 * The folder whose tests are run for a folder: the core has its own; for the rest of the mock, all tests of the mock.
 */
const testFolderOf = (folder) => {
  const [half, part] = folder.split('/');
  return half === 'mock-server' && part !== 'core' ? half : path.posix.join(half, part ?? '');
};

async function scoreOf(folder) {
  const name = folder.replaceAll('/', '-');
  const results = await new Stryker({
    mutate: folder.endsWith('.ts') ? [folder] : [`${folder}/**/*.ts`, '!**/*.test.ts'],
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutation.config.ts', dir: testFolderOf(folder) },
    plugins: ['@stryker-mutator/vitest-runner'],
    ignorePatterns: ['dist', 'coverage', 'fixtures/pacts', 'contract-tests/sdks', '.sdk-cache'],
    tempDirName: '.stryker/sandbox',
    incremental: true,
    incrementalFile: `.stryker/${name}.json`,
    reporters: ['clear-text', 'html'],
    htmlReporter: { fileName: `.stryker/${name}.html` },
    clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
    concurrency: Number(process.env.UID2_MOCK_TEST_CONCURRENCY ?? 0) || undefined,
    timeoutMS: 20_000,
  }).runMutationTest();
  const noticed = results.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const judged = results.filter(({ status }) => status !== 'Ignored' && status !== 'CompileError').length;
  return { folder, noticed, judged, score: (100 * noticed) / judged };
}

const folders = process.argv.slice(2).map((folder) => folder.replace(/\/+$/, ''));
if (folders.length === 0) {
  console.error('npm run mutation: expected a folder such as mock-server/core; got none');
  process.exit(2);
}
for (const folder of folders) {
  const { noticed, judged, score } = await scoreOf(folder);
  console.log(`${folder}: ${noticed} of ${judged} mutants noticed, ${score.toFixed(1)} %`);
  if (!(score >= LEAST_SCORE)) process.exitCode = 1;
}
