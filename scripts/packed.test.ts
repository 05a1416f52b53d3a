/** The package as users get it: what it holds, what its install does, and what it runs by name. */

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packedPackage, runAsUser, userEnvironment } from './packed-package.ts';

const repository = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-packed-'));
const installed = path.join(folder, 'node_modules/uid2-mock-operator');
const LARGEST_BYTES = 4_000_000;

const readInstalled = (name: string): string => readFileSync(path.join(installed, name), 'utf8');

let packed: readonly string[] = [];
let saidByNpm: { stdout: string; stderr: string };

beforeAll(async () => {
  const { files, tarball } = await packedPackage();
  packed = files;
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  // offline, so that a dependency could not be got; strict, so that no engine may be of another opinion
  const flags = ['--offline', '--engine-strict', '--no-audit', '--no-fund', '--loglevel=notice'];
  saidByNpm = await promisify(execFile)('npm', ['install', ...flags, tarball], {
    cwd: folder,
    env: userEnvironment,
    shell: process.platform === 'win32',
  });
}, 240_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('the package', () => {
  it('holds what it needs', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'fixtures/README.md',
        'dist/THIRD-PARTY-LICENSES',
        'dist/sbom.cdx.json',
        'dist/cli/main.cjs',
        'dist/inspector/page.html',
        'dist/test-runners/vitest.d.ts',
        ...['mock-server/index', 'mock-server/doctor', 'contract-tests/index', 'test-runners/jest'].flatMap(
          (entry) => ['js', 'cjs', 'd.ts', 'd.cts'].map((kind) => `dist/${entry}.${kind}`),
        ),
      ]),
    );
    expect(packed.some((name) => /^fixtures\/[\w-]+\.json$/.test(name))).toBe(true);
  });

  it('holds no recordings, tests, test support, sources or source maps', () => {
    const unwanted =
      /recordings|\.(test|suite)\.|\/(testing|replay|sdks|pact|declarations)\/|\.map$|(?<!\.d)\.c?ts$|tsbuildinfo/;
    expect(packed.filter((name) => unwanted.test(name))).toEqual([]);
    expect(packed.filter((name) => !/^(dist|fixtures)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(name))).toEqual(
      [],
    );
  });

  it('takes less than 4 MB of disk', () => {
    const sizes = packed.map((name) => statSync(path.join(installed, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LARGEST_BYTES);
  });

  it('installs as one package, without a warning', () => {
    expect(readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'uid2-mock-operator',
    ]);
    expect(saidByNpm).toEqual({
      stdout: expect.stringMatching(/^\s*added 1 package in \S+\s*$/),
      stderr: '',
    });
  });

  it('says where it comes from, and that every peer may be left out', () => {
    const manifest = JSON.parse(readInstalled('package.json'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).toMatchObject({
      homepage: expect.stringMatching(/^https:/),
      bugs: expect.stringMatching(/^https:/),
      repository: { type: 'git', url: expect.stringMatching(/^git\+https:/) },
      publishConfig: { access: 'public', provenance: true },
    });
    expect(Object.keys(manifest.peerDependencies)).toEqual(Object.keys(manifest.peerDependenciesMeta));
    for (const peer of Object.values(manifest.peerDependenciesMeta)) expect(peer).toEqual({ optional: true });
  });
});

describe('what is inside', () => {
  const inventory = () => JSON.parse(readInstalled('dist/sbom.cdx.json'));

  it('is listed as CycloneDX asks for', () => {
    const { version } = JSON.parse(readInstalled('package.json'));
    const bom = inventory();
    const license = { license: { id: expect.any(String) } };
    expect(bom).toEqual({
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: {
        component: {
          type: 'application',
          'bom-ref': `pkg:npm/uid2-mock-operator@${version}`,
          name: 'uid2-mock-operator',
          version,
          description: expect.any(String),
          licenses: [license],
          purl: `pkg:npm/uid2-mock-operator@${version}`,
        },
      },
      components: expect.any(Array),
      dependencies: expect.any(Array),
    });
    for (const { group, ...component } of bom.components) {
      const purl = `pkg:npm/${group ? `${encodeURIComponent(group)}/` : ''}${component.name}@${component.version}`;
      const rest = { type: 'library', name: component.name, version: component.version, licenses: [license] };
      expect(component).toEqual({ ...rest, 'bom-ref': purl, purl });
    }
    const refs = bom.components.map((component: { purl: string }) => component.purl);
    expect(new Set(refs).size).toBe(refs.length);
    expect(bom.dependencies[0].dependsOn).toEqual(refs);
  });

  it('is the packages of node_modules from which code was taken, with the text of each licence', () => {
    const { components } = inventory();
    const named = components.map(({ group, name, version }: Record<string, string>) =>
      group === undefined ? `${name} ${version}` : `${group}/${name} ${version}`,
    );
    for (const name of ['fastify', 'zod', 'commander', 'preact', '@noble/curves', 'find-my-way']) {
      const manifest = path.join(repository, 'node_modules', name, 'package.json');
      expect(named).toContain(`${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`);
    }
    expect(named.filter((name: string) => /^(vitest|esbuild|rollup|iovalkey|ajv|pino) /.test(name))).toEqual(
      [],
    );
    const [, ...parts] = readInstalled('dist/THIRD-PARTY-LICENSES').split(`\n${'-'.repeat(80)}\n\n`);
    expect(parts.map((part) => part.split('\n')[0]?.replace(/ \([\w.-]+\)$/, ''))).toEqual(named);
    for (const part of parts) expect(part).toMatch(/copyright|permission/i);
  });
});

describe('the binary', () => {
  it('prints its version when it is run by name', async () => {
    const { version } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
    expect(await runAsUser(folder, 'npx', ['--no-install', 'uid2-mock', '--version'])).toBe(`${version}\n`);
  });

  // as the README runs it, in an empty folder, in one that has the package, and in a clone
  it('is run by the name of the package too', async () => {
    const args = ['--no-install', 'uid2-mock-operator', 'verify', '--list'];
    expect(await runAsUser(folder, 'npx', args)).toContain('\n');
  });

  it.skipIf(process.platform === 'win32')('starts and answers without what is needed later', async () => {
    const hook = path.join(folder, 'loaded.cjs');
    writeFileSync(hook, `process.on('exit', () => console.log(JSON.stringify(Object.keys(require.cache))));`);
    const args = ['--require', hook, 'dist/cli/main.cjs', 'start', '--json', '--port', '0'];
    const mock = spawn(process.execPath, args, { cwd: installed, env: userEnvironment });
    const lines = createInterface({ input: mock.stdout })[Symbol.asyncIterator]();
    const { url, credentials } = JSON.parse((await lines.next()).value ?? '');
    const headers = { authorization: `Bearer ${credentials[0].key}` };
    const answer = await fetch(`${url}/v1/token/generate?email=a%40example.com`, { headers });
    expect(answer.status).toBe(200);
    mock.kill();
    const loaded: string[] = JSON.parse((await lines.next()).value ?? '');
    const names = loaded.map((file) => path.basename(file));
    expect(names).toContain('main.cjs');
    expect(names.filter((name) => /zod|admin|doctor|causes|shown|verify|pact/.test(name))).toEqual([]);
    expect(readdirSync(path.join(installed, 'dist/product'))).toEqual(expect.arrayContaining(['zod.cjs']));
  });

  it('says which package it needs for a store, in one sentence', async () => {
    const args = ['dist/cli/main.cjs', 'start', '--port', '0', '--store', 'redis://127.0.0.1:1'];
    const failed: unknown = await runAsUser(installed, process.execPath, args).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^uid2-mock: .*expected the package iovalkey.* npm i iovalkey\n$/),
    });
  });
});

it('exports what is documented, and nothing else', async () => {
  writeFileSync(
    path.join(folder, 'names.mjs'),
    `const names = ['', '/contract-tests', '/doctor'].map((entry) => 'uid2-mock-operator' + entry);
const modules = await Promise.all(names.map((name) => import(name)));
console.log(JSON.stringify(modules.map((one) => Object.keys(one).sort())));`,
  );
  const [mock, suite, doctor] = JSON.parse(await runAsUser(folder, process.execPath, ['names.mjs']));
  expect(mock).toEqual([
    'ConfigurationError',
    'ControlError',
    'connectMockOperator',
    'faultPresets',
    'startMockOperator',
  ]);
  expect(suite).toEqual(
    expect.arrayContaining(['providerStates', 'runContract', 'scenarios', 'startSealingProxy']),
  );
  expect(doctor).toEqual(['diagnoseEnvelope', 'diagnoseHash', 'inspectToken']);
});
