import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import imports from './scripts/import-rules.js';

const tests = ['**/*.test.ts', '**/*.suite.ts'];
const outsideTheProduct = [
  ...tests,
  'mock-server/testing/**',
  'contract-tests/sdks/**',
  'bench/**',
  'scripts/**',
  'examples/**',
  'action/**',
  'containers/**',
  '*.ts',
];

const noWallClock = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'the time is an argument: see operator/state/clock.ts',
  },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'the time is an argument: see operator/state/clock.ts',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'randomness is an argument: see core/primitives.ts',
  },
];
const processIsForTheCli = { name: 'process', message: 'only cli/ reads or changes the process' };
const notInABrowser = ['Buffer', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'fetch'].map(
  (name) => ({
    name,
    message: 'the core is synchronous and runs in a browser too',
  }),
);

export default defineConfig(
  globalIgnores([
    'dist/',
    'dist-executable/',
    'coverage/',
    'node_modules/',
    '**/.*/',
    '!docs/.vitepress/',
    'docs/.vitepress/{dist,cache}/',
    'contract-tests/sdks/**/*.js',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { imports },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'imports/by-layer': 'error',
      'imports/no-cycles': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'node:process', message: 'only cli/ uses process, as a global' }] },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          caughtErrorsIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Fastify handlers and scenarios are async by their type, whether or not they await.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: [
      '{mock-server,contract-tests,test-runners,cli,mutants,package-files}/**/*.{ts,tsx}',
      'fixtures/*.ts',
    ],
    ignores: outsideTheProduct,
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true, IIFEs: true }],
      'no-console': 'error',
      'no-restricted-globals': ['error', processIsForTheCli],
    },
  },
  {
    files: ['cli/**/*.ts'],
    rules: { 'no-console': 'off', 'no-restricted-globals': 'off' },
  },
  {
    files: ['test-runners/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['mock-server/core/**/*.ts', 'mock-server/operator/**/*.ts'],
    ignores: [...tests, 'mock-server/operator/state/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noWallClock] },
  },
  {
    files: ['mock-server/core/**/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-globals': ['error', processIsForTheCli, ...notInABrowser] },
  },
  {
    // Tests read JSON of unknown shape and assert on it, which is the check.
    files: outsideTheProduct,
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { sourceType: 'module' },
    rules: { 'no-unused-vars': 'error', eqeqeq: 'error' },
  },
);
