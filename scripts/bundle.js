// `node scripts/bundle.js`: the JavaScript of dist/, a file per entry of the package and chunks they share, so that the
// mock is up quickly: a file of its own for each module takes twice as long to load.
// What package.json names under `dependencies` stays outside, except zod: its locales, which nothing here uses, take
// most of the time it needs to load.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const repository = path.resolve(import.meta.dirname, '..');
const { dependencies } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));

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
await build({
  absWorkingDir: repository,
  entryPoints: ['cli/main.ts', 'mock-server/index.ts', 'contract-tests/index.ts'],
  outbase: '.',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: Object.keys(dependencies).filter((name) => name !== 'zod'),
  plugins: [withoutLocales],
  logLevel: 'warning',
});
