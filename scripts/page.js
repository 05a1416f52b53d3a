// The inspector page: one script, one style sheet, one document. Imported by scripts/bundle.js, and by tests.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const repository = path.resolve(import.meta.dirname, '..');
const source = path.join(repository, 'mock-server/inspector');

/** Builds the page into a folder; esbuild's list of what is inside. */
export async function buildPage(folder) {
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: { page: path.join(source, 'main.tsx'), style: path.join(source, 'style.css') },
    entryNames: '[name]',
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome111', 'firefox114', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  copyFileSync(path.join(source, 'page.html'), path.join(folder, 'page.html'));
  // compressed here, where it may take long: most of the page is sentences, which brotli knows well
  for (const name of ['page.js', 'style.css']) {
    const file = path.join(folder, name);
    writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)));
  }
  return metafile;
}
