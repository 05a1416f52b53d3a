// `node scripts/bundle.js`: the JavaScript of dist/, a file per entry of the package and chunks they share, so that the
// mock is up quickly: a file of its own for each module takes twice as long to load.
// What package.json names under `dependencies` stays outside, except zod: its locales, which nothing here uses, take
// most of the time it needs to load.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { doctorBundle } from './doctor-bundle.js';
import { buildPage } from './page.js';

const repository = path.resolve(import.meta.dirname, '..');
const { dependencies, peerDependencies } = JSON.parse(
  readFileSync(path.join(repository, 'package.json'), 'utf8'),
);

const withoutLocales = {
  name: 'without-locales',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}' }));
  },
};

const dist = path.join(repository, 'dist');
/** Chunks of a former build have other names. */
function removeFormer() {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of files) {
    if (name.endsWith('.js')) rmSync(path.join(parentPath, name));
  }
}

try {
  removeFormer();
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
const options = {
  absWorkingDir: repository,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // jest resolves the names below @jest by itself
  external: [
    ...Object.keys(dependencies).filter((name) => name !== 'zod'),
    ...Object.keys(peerDependencies),
    '@jest/*',
  ],
  plugins: [withoutLocales],
  logLevel: 'warning',
};

await build({
  ...options,
  entryPoints: [
    'cli/main.ts',
    'mock-server/index.ts',
    'contract-tests/index.ts',
    'test-runners/vitest.ts',
    'test-runners/jest.ts',
  ],
  outbase: '.',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  format: 'esm',
});

await buildPage(path.join(dist, 'inspector'));
await build({ ...doctorBundle, absWorkingDir: repository, outbase: '.', outdir: 'dist' });

// jest without flags loads CommonJS alone
await build({
  ...options,
  entryPoints: ['test-runners/jest.ts'],
  outfile: 'dist/test-runners/jest.cjs',
  format: 'cjs',
  define: { 'import.meta.url': 'urlOfThisFile' },
  banner: { js: "const urlOfThisFile = require('node:url').pathToFileURL(__filename).href;" },
  // jest runs import() only with a flag
  supported: { 'dynamic-import': false },
});
writeFileSync(
  path.join(dist, 'test-runners/jest.d.cts'),
  `import type * as esm from './jest.js' with { 'resolution-mode': 'import' };

export type DeclareOperatorTest = esm.DeclareOperatorTest;
export type OperatorTest = esm.OperatorTest;
export type OperatorTestBody = esm.OperatorTestBody;
export declare const mockOperatorFor: typeof esm.mockOperatorFor;
`,
);
