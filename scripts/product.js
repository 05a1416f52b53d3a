// The product as CommonJS, in dist/product/: what a mock needs to start is in a few files, and what is loaded later in files
// of its own. The entries are thin files over them. CommonJS, because it loads faster, because jest loads nothing else, and
// because then import and require get the same classes.
//
// esbuild bundles, with chunks that it can make as modules only; rollup joins those that are always loaded together, in one
// scope, where calls need no look-up, and writes CommonJS. One file for all would be simpler, and take 5 MB more at rest.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, transform } from 'esbuild';
import { rollup } from 'rollup';
import { TARGET, nodeBundle } from './node-bundle.js';

const repository = path.resolve(import.meta.dirname, '..');
const dist = path.join(repository, 'dist');
/** Where esbuild puts what rollup reads, if it wrote it. */
const virtual = path.join(dist, 'modules');

/** The entries of the package, by their place in dist/. `cli/main` has to run on any Node, to say which it needs. */
const entries = ['mock-server/index', 'mock-server/doctor', 'contract-tests/index', 'test-runners/jest'];
const binary = 'cli/main';

/** @jest/globals is a name that jest itself resolves. */
const external = ['iovalkey', 'jest', 'vitest', '@jest/*', '@pact-foundation/*'];

const modulePath = (name) => path.join(virtual, `${name}.js`);

/** The product as ES modules that share chunks, not written: path to text, and esbuild's list of what is inside. */
async function asModules() {
  const { outputFiles, metafile } = await build({
    ...nodeBundle,
    entryPoints: [...entries, binary].map((name) => `${name}.ts`),
    outbase: '.',
    outdir: virtual,
    splitting: true,
    format: 'esm',
    external,
    write: false,
  });
  return { modules: new Map(outputFiles.map((file) => [file.path, file.text])), metafile };
}

/** A name for stack traces: the largest source of ours in a chunk, or the package that is all of it. */
function nameOf({ name, moduleIds }, { outputs }) {
  const inputs = moduleIds.flatMap((id) =>
    Object.entries(outputs[path.relative(repository, id).replaceAll('\\', '/')].inputs),
  );
  const own = inputs.filter(([file]) => !file.includes('node_modules/'));
  const [largest = [name]] = (own.length > 0 ? own : inputs).sort(
    ([, one], [, other]) => other.bytesInOutput - one.bytesInOutput,
  );
  const [, inPackage] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/[^@]*$/.exec(largest[0]) ?? [];
  const chosen = inPackage ?? largest[0].replace(/\.ts$|-[0-9A-Z]{8}$/, '');
  return chosen.replaceAll(/[@/]+/g, '-').replace(/^-/, '');
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

async function asCommonJs({ modules, metafile }) {
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
    chunkFileNames: (chunk) => `product/${nameOf(chunk, metafile)}.cjs`,
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
  const built = await asModules();
  const chunks = await asCommonJs(built);
  for (const { fileName, code } of chunks) {
    const { code: text } = await transform(code, {
      // names stay, for stack traces; so do lines, because Node prints the line of an uncaught error
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
  return { metafile: built.metafile, exported };
}
