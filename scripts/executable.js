// `npm run executable`: Node and the product as one file, for people without Node (Node's single executable application).
// It is made for the platform that it is built on, from the Node that runs this script, into dist-executable/.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { writeInventory } from './inventory.js';
import { nodeBundle } from './node-bundle.js';
import { buildPage } from './page.js';

const repository = path.resolve(import.meta.dirname, '..');
/** Names of systems, as people know them. */
const systems = { darwin: 'macos', win32: 'windows' };
/** Marks the place that Node reads: https://nodejs.org/api/single-executable-applications.html */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The files of the package that the product reads, by their path from its root. */
const fixtures = ['fixtures/causes.json', 'fixtures/normalization.json'];
const page = ['page.html', 'page.js', 'page.js.br', 'style.css', 'style.css.br'];

const filesInside = {
  name: 'files-inside',
  setup({ onResolve }) {
    onResolve({ filter: /\/package-files\/read\.ts$/ }, () => ({
      path: path.join(repository, 'package-files/assets.ts'),
    }));
  },
};

/** The command line as one script, which requires modules of Node only; esbuild's list of what is inside. */
async function buildScript(outfile) {
  const { metafile } = await build({
    ...nodeBundle,
    entryPoints: ['cli/main.ts'],
    outfile,
    minifyWhitespace: true,
    lineLimit: 120,
    format: 'cjs',
    supported: { 'dynamic-import': false },
    plugins: [filesInside, ...nodeBundle.plugins],
  });
  return metafile;
}

/** What Node finds in itself: the script, and the assets by their names. */
function buildBlob(folder, main, assets) {
  const output = path.join(folder, 'uid2-mock.blob');
  const config = path.join(folder, 'config.json');
  const settings = { main, output, assets, disableExperimentalSEAWarning: true, useCodeCache: true };
  writeFileSync(config, JSON.stringify(settings));
  execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: 'pipe' });
  return output;
}

/** A copy of this Node with the blob inside. */
function buildFile(file, blob) {
  const isMac = process.platform === 'darwin';
  copyFileSync(process.execPath, file);
  chmodSync(file, 0o755);
  // Node's signature does not hold for a changed file, and macOS runs none without one
  if (isMac) execFileSync('codesign', ['--remove-signature', file]);
  const postject = createRequire(import.meta.url).resolve('postject/dist/cli.js');
  const segment = isMac ? ['--macho-segment-name', 'NODE_SEA'] : [];
  const args = [postject, file, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, ...segment];
  // it warns of sections that it does not know; what it says is shown if it fails
  execFileSync(process.execPath, args, { stdio: 'pipe' });
  if (isMac) execFileSync('codesign', ['--sign', '-', file]);
}

/** The licence of Node stands in its folder, or where Debian puts it. */
function copyNodeLicence(folder) {
  const bin = path.dirname(process.execPath);
  const debian = bin === '/usr/bin' ? ['/usr/share/doc/nodejs/copyright'] : [];
  const found = [path.join(bin, 'LICENSE'), path.join(bin, '../LICENSE'), ...debian];
  const file = found.find((one) => existsSync(one));
  if (file === undefined)
    console.warn(`${bin}: expected the licence of Node beside it, to be handed on; found none`);
  else copyFileSync(file, path.join(folder, 'LICENSE-NODE'));
}

/** Builds the executable into a folder, with the licences of what is inside; its path. */
export async function buildExecutable(folder) {
  const { platform, arch } = process;
  const suffix = platform === 'win32' ? '.exe' : '';
  const file = path.join(folder, `uid2-mock-${systems[platform] ?? platform}-${arch}${suffix}`);
  mkdirSync(folder, { recursive: true });
  const temporary = mkdtempSync(path.join(tmpdir(), 'uid2-mock-executable-'));
  const script = path.join(temporary, 'uid2-mock.cjs');
  try {
    const metafiles = await Promise.all([buildScript(script), buildPage(path.join(temporary, 'inspector'))]);
    const assets = Object.fromEntries([
      ...['package.json', ...fixtures].map((name) => [name, path.join(repository, name)]),
      ...page.map((name) => [`dist/inspector/${name}`, path.join(temporary, 'inspector', name)]),
    ]);
    buildFile(file, buildBlob(temporary, script, assets));
    writeInventory(metafiles, repository, folder);
  } finally {
    rmSync(temporary, { recursive: true });
  }
  copyNodeLicence(folder);
  return file;
}

if (process.argv[1] === import.meta.filename) {
  console.log(await buildExecutable(path.join(repository, 'dist-executable')));
}
