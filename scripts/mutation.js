// `npm run mutation FOLDER...`, such as mock-server/core: breaks each line of the folder in turn and asks whether a
// test notices. Exit code 1 when fewer than 90 % of the mutants are noticed. What is known from a former run of the
// folder is kept in .stryker/ and asked again only where the code or a test has changed.
// Stryker's own options: https://stryker-mutator.io/docs/stryker-js/configuration
import path from 'node:path';
import process from 'node:process';
import { Stryker } from '@stryker-mutator/core';

const LEAST_SCORE = 90;

/** Whose tests judge a folder: the core's are its own, all else of the mock is judged by what the mock answers too. */
const judgedBy = (folder) => {
  const [half, part] = folder.split('/');
  return half === 'mock-server' && part !== 'core' ? half : path.posix.join(half, part ?? '');
};

async function scoreOf(folder) {
  const name = folder.replaceAll('/', '-');
  const results = await new Stryker({
    mutate: folder.endsWith('.ts') ? [folder] : [`${folder}/**/*.ts`, '!**/*.test.ts'],
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutation.config.ts', dir: judgedBy(folder) },
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
