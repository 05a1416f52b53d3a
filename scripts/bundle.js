// `node scripts/bundle.js`: the JavaScript of dist/, all that runs. No package is needed beside it: what is inside is
// listed, with its licences, in THIRD-PARTY-LICENSES and sbom.cdx.json.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { doctorBundle } from './doctor-bundle.js';
import { writeInventory } from './inventory.js';
import { nodeBundle } from './node-bundle.js';
import { buildPage } from './page.js';
import { buildProduct } from './product.js';

const repository = path.resolve(import.meta.dirname, '..');
const dist = path.join(repository, 'dist');

/** Files of a former build may have other names. */
function removeFormer() {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of files) {
    if (/\.c?js$/.test(name)) rmSync(path.join(parentPath, name));
  }
}

try {
  removeFormer();
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}

const page = await buildPage(path.join(dist, 'inspector'));
const { metafile: product, exported } = await buildProduct();

// one file for browsers and for import: a bundler cannot make CommonJS smaller
const options = { absWorkingDir: repository, outbase: '.', outdir: 'dist', metafile: true };
const readable = { minifyWhitespace: true, lineLimit: 120, legalComments: 'none' };
const { metafile: doctor } = await build({ ...doctorBundle, ...options, ...readable });

for (const [name, names] of Object.entries(exported)) {
  if (name === 'mock-server/doctor') continue;
  const file = `./${path.basename(name)}.cjs`;
  const text = `import commonJs from '${file}';\n\nexport const { ${names.join(', ')} } = commonJs;\n`;
  writeFileSync(path.join(dist, `${name}.js`), text);
}

// vitest is a module only, so its fixture is one too
await build({
  ...nodeBundle,
  ...options,
  entryPoints: ['test-runners/vitest.ts'],
  format: 'esm',
  external: ['vitest'],
  plugins: [
    {
      name: 'over-the-product',
      setup({ onResolve }) {
        onResolve({ filter: /\/mock-server\/index\.ts$/ }, () => ({
          path: '../mock-server/index.js',
          external: true,
        }));
      },
    },
  ],
});

writeInventory([page, product, doctor], repository, dist);
