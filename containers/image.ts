/**
 * For tests: builds the image of the repository's Dockerfile without a daemon and without a registry of images, by
 * buildah. The base is Debian as debootstrap unpacks it, with the Node that runs the tests. It is kept for later runs.
 */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { run } from '../contract-tests/sdks/command.ts';
import { needProgram } from '../contract-tests/sdks/runtime.ts';

const repository = path.resolve(import.meta.dirname, '..');
const cache = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'uid2-mock-operator',
);
const storage = ['--storage-driver', 'vfs', '--root', path.join(cache, 'containers')];
const env = { BUILDAH_ISOLATION: 'chroot' };

const buildah = (command: string, ...args: string[]): Promise<string> =>
  run('buildah', [...storage, command, ...args], { env }).then((printed) => printed.trim());

const codename = (): string => {
  const found = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (found === undefined) throw new Error('/etc/os-release: expected a VERSION_CODENAME, got none');
  return found;
};

/** Puts this machine's Node and npm where images have them. */
function addNode(root: string): void {
  const [bin, modules] = ['bin', 'lib/node_modules'].map((name) => path.join(root, 'usr/local', name));
  if (bin === undefined || modules === undefined) return;
  for (const folder of [bin, modules]) mkdirSync(folder, { recursive: true });
  cpSync(process.execPath, path.join(bin, 'node'));
  const npm = path.resolve(path.dirname(process.execPath), '../lib/node_modules/npm');
  cpSync(npm, path.join(modules, 'npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(bin, 'npm'));
}

/** Debian's required packages, unpacked but not configured, which takes a third of the time. */
async function makeBase(name: string): Promise<void> {
  const debootstrap = await needProgram(['debootstrap', '/usr/sbin/debootstrap'], ['debootstrap']);
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-base-'));
  const root = path.join(folder, 'root');
  try {
    await run(debootstrap, ['--foreign', '--variant=minbase', codename(), root]);
    for (const unneeded of [
      'debootstrap',
      'var/cache/apt',
      'var/lib/apt',
      'usr/share/doc',
      'usr/share/locale',
    ]) {
      rmSync(path.join(root, unneeded), { recursive: true, force: true });
    }
    // links to those of the machine until Debian's packages are configured
    for (const mounted of ['proc', 'dev']) {
      rmSync(path.join(root, mounted), { recursive: true });
      mkdirSync(path.join(root, mounted));
    }
    addNode(root);
    writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    const lines = ['FROM scratch', 'COPY root /', 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'];
    writeFileSync(path.join(folder, 'Dockerfile'), lines.join('\n'));
    await buildah('bud', '--quiet', '--tag', name, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What lets npm reach its registry from inside a build as it does here. */
async function npmVolumes(folder: string): Promise<string[]> {
  const ask = async (name: string): Promise<string> => (await run('npm', ['config', 'get', name])).trim();
  const names = ['registry', 'cafile', 'proxy', 'https-proxy'];
  const values = await Promise.all(names.map(ask));
  const lines = names.flatMap((name, index) => {
    const value = values[index] ?? 'null';
    return value === 'null' ? [] : [`${name}=${value}`];
  });
  const file = path.join(folder, 'npmrc');
  writeFileSync(file, [...lines, 'fund=false', 'audit=false', 'update-notifier=false', ''].join('\n'));
  const authorities = values[names.indexOf('cafile')] ?? 'null';
  const downloads = path.join(await ask('cache'), '_cacache');
  return [
    `${file}:/root/.npmrc:ro`,
    ...(authorities === 'null' ? [] : [`${path.dirname(authorities)}:${path.dirname(authorities)}:ro`]),
    ...(existsSync(downloads) ? [`${downloads}:/root/.npm/_cacache`] : []),
  ].flatMap((volume) => ['--volume', volume]);
}

const inspected = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()),
      ExposedPorts: z.record(z.string(), z.unknown()),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
      Labels: z.record(z.string(), z.string()),
    }),
  }),
});

/** What the image says of itself. */
export type ImageConfig = z.infer<typeof inspected>['Docker']['config'];

export interface BuiltImage {
  readonly config: ImageConfig;
  /** its files, as a container gets them */
  readonly root: string;
  remove(): Promise<void>;
}

/** @throws Error with the last lines of what failed */
export async function buildImage(): Promise<BuiltImage> {
  await needProgram(['buildah'], ['buildah']);
  const base = `localhost/uid2-mock-base:${codename()}-node-${process.versions.node}`;
  const isKept = await buildah('inspect', '--type', 'image', base).then(
    () => true,
    () => false,
  );
  if (!isKept) await makeBase(base);

  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-image-'));
  const tag = `localhost/${path.basename(folder).toLowerCase()}`;
  const container = `${path.basename(folder)}-container`;
  const remove = async (): Promise<void> => {
    rmSync(folder, { recursive: true, force: true });
    await buildah('rm', container).catch(() => undefined);
    await buildah('rmi', '--force', tag).catch(() => undefined);
  };
  try {
    // the format of Docker: that of OCI has no HEALTHCHECK
    const flags = ['--quiet', '--format', 'docker', '--build-arg', `BASE=${base}`, '--tag', tag];
    // npm opens more files at once than the 1024 of buildah's default
    const limit = ['--ulimit', 'nofile=4096:4096'];
    await buildah('bud', ...flags, ...limit, ...(await npmVolumes(folder)), repository);
    await buildah('from', '--pull-never', '--name', container, tag);
    const { Docker } = inspected.parse(JSON.parse(await buildah('inspect', '--type', 'image', tag)));
    return { config: Docker.config, root: await buildah('mount', container), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
