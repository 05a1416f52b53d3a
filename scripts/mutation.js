// `npm run mutation FOLDER...`, such as mock-server/core: breaks each line of the folder in turn and checks whether
// a test notices. Exit code 1 when fewer than 90 % of the mutants are noticed. Results are kept in .stryker/, and the
// next run tests only mutants whose code or tests have changed.
// Stryker's own options: https://stryker-mutator.io/docs/stryker-js/configuration
import process from 'node:process';
import { Stryker } from '@stryker-mutator/core';

const LEAST_SCORE = 90;

/** The tests that judge a folder of the mock, the first that fits: those that reach it without much besides. */
const judges = [
  ['core', 'core/**/*.test.ts,reasons.test.ts'],
  ['operator/world', 'operator/world/**/*.test.ts,world-*.test.ts,replace-world.test.ts,options.test.ts'],
  ['', '**/*.test.ts'],
];

/** The tests that judge a folder or file, as patterns below `dir`. */
function judgesOf(folder) {
  const [half, ...rest] = folder.split('/');
  if (half !== 'mock-server') return { dir: folder, tests: '**/*.test.ts' };
  const part = rest.join('/');
  return { dir: half, tests: judges.find(([name]) => part.startsWith(name))[1] };
}

async function scoreOf(folder) {
  const name = folder.replaceAll('/', '-');
  const { dir, tests } = judgesOf(folder);
  process.env.UID2_MOCK_MUTATION_TESTS = tests;
  const results = await new Stryker({
    mutate: folder.endsWith('.ts') ? [folder] : [`${folder}/**/*.ts`, '!**/*.test.ts'],
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutation.config.ts', dir },
    plugins: ['@stryker-mutator/vitest-runner'],
    ignorePatterns: ['dist', 'coverage', 'fixtures/pacts', 'contract-tests/sdks', '.sdk-cache'],
    tempDirName: '.stryker/sandbox',
    incremental: true,
    incrementalFile: `.stryker/${name}.json`,
    reporters: ['clear-text', 'html', 'progress-append-only'],
    htmlReporter: { fileName: `.stryker/${name}.html` },
    clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
    // what runs when a module is loaded is judged for the core alone, whose tests are quick
    ignoreStatic: !folder.startsWith('mock-server/core'),
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
