// The product as CommonJS, in dist/product/: `mock.cjs` has all that a mock needs to start, `cli.cjs` the command line
// around it, and what is loaded later has a file of its own. The entries are thin files over them. CommonJS, because it
// loads faster, because jest loads nothing else, and because then import and require get the same classes.
//
// esbuild bundles, with chunks that it can make as modules only; rollup joins all chunks of the start in one scope,
// where calls need no look-up, and writes CommonJS.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, transform } from 'esbuild';
import { rollup } from 'rollup';
import { smallerPackages } from './smaller-packages.js';

const repository = path.resolve(import.meta.dirname, '..');
const dist = path.join(repository, 'dist');
const TARGET = 'node20.19';
/** Where esbuild puts what rollup reads, if it wrote it. */
const virtual = path.join(dist, 'modules');

/** The entries of the package, by their place in dist/. `cli/main` has to run on any Node, to say which it needs. */
const entries = ['mock-server/index', 'mock-server/doctor', 'contract-tests/index', 'test-runners/jest'];
const binary = 'cli/main';
/** The parts that are one file each, whatever else imports a part of them: name to its entries. */
const joined = { mock: ['mock-server/index'], cli: ['cli/run', 'cli/io'] };

/** @jest/globals is a name that jest itself resolves. */
const external = ['iovalkey', 'jest', 'vitest', '@jest/*', '@pact-foundation/*'];

const modulePath = (name) => path.join(virtual, `${name}.js`);

/** The product as ES modules that share chunks, not written: path to text, and esbuild's list of what is inside. */
async function asModules() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [...entries, binary, ...Object.values(joined).flat()].map((name) => `${name}.ts`),
    outbase: '.',
    outdir: virtual,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // a CommonJS package that is imported later would have its default export only
    mainFields: ['module', 'main'],
    target: TARGET,
    external,
    plugins: [smallerPackages],
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  return { modules: new Map(outputFiles.map((file) => [file.path, file.text])), metafile };
}

const fromMemory = (modules) => ({
  name: 'from-memory',
  resolveId(source, importer) {
    const found = importer === undefined ? source : path.resolve(path.dirname(importer), source);
    return modules.has(found) ? found : { id: source, external: true };
  },
  load: (id) => modules.get(id),
});

function onwarn(warning) {
  // zod, noble and others are written so
  if (warning.code === 'CIRCULAR_DEPENDENCY' || warning.code === 'EVAL') return;
  throw new Error(`rollup: ${warning.message}`);
}

async function asCommonJs(modules) {
  const bundle = await rollup({
    input: Object.fromEntries([...entries, binary].map((name) => [name, modulePath(name)])),
    plugins: [fromMemory(modules)],
    // esbuild has removed what nothing uses
    treeshake: false,
    onwarn,
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    exports: 'named',
    interop: 'default',
    entryFileNames: '[name].cjs',
    // one folder deep, as the entries are: paths to the files of the package are the same in all
    chunkFileNames: ({ name }) => `product/${name.replace(/-[0-9A-Z]{8}$/, '')}.cjs`,
    manualChunks: Object.fromEntries(
      Object.entries(joined).map(([name, parts]) => [name, parts.map(modulePath)]),
    ),
    // jest runs import() only with a flag
    dynamicImportInCjs: false,
    esModule: false,
    externalLiveBindings: false,
    freeze: false,
    hoistTransitiveImports: false,
    minifyInternalExports: false,
    generatedCode: { preset: 'es2015', symbols: false },
  });
  await bundle.close();
  return output;
}

/** Writes the product; esbuild's list of what is inside, and the names that each entry exports. */
export async function buildProduct() {
  const { modules, metafile } = await asModules();
  const chunks = await asCommonJs(modules);
  for (const { fileName, code } of chunks) {
    const { code: text } = await transform(code, {
      // names stay, for stack traces; so do lines, because Node prints the line of an error that nobody catches
      minifyWhitespace: true,
      lineLimit: 120,
      legalComments: 'none',
      target: fileName === `${binary}.cjs` ? 'node12' : TARGET,
    });
    const file = path.join(dist, fileName);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const exported = Object.fromEntries(
    entries.map((name) => [name, chunks.find(({ fileName }) => fileName === `${name}.cjs`).exports]),
  );
  return { metafile, exported };
}
