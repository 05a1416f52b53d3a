/** The clients of `clients`, which the pages below docs/clients quote: each runs against a mock as it stands there. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needChromium, quietFlags } from '../contract-tests/sdks/chromium.ts';
import { run } from '../contract-tests/sdks/command.ts';
import { javaWithSdk } from '../contract-tests/sdks/java-environment.ts';
import { startMockBinary, type MockBinary } from '../contract-tests/sdks/mock-binary.ts';
import { pythonWith } from '../contract-tests/sdks/python-environment.ts';
import {
  cached,
  installDebianPackages,
  needProgram,
  prepare,
  readyOrSkip,
} from '../contract-tests/sdks/runtime.ts';

const clients = path.join(import.meta.dirname, 'clients');
const pythonRequirements = path.resolve(clients, '../../contract-tests/sdks/python/requirements.txt');
const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-clients-'));

/** The port that the clients name. */
const namedPort = '127.0.0.1:8432';

let mock: MockBinary;

beforeAll(async () => {
  mock = await startMockBinary();
  copyFor(mock, folder);
});

afterAll(async () => {
  await mock.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Copies the clients; they differ from what they are copied from in the port of the mock. */
function copyFor({ url }: MockBinary, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(clients)) {
    const text = readFileSync(path.join(clients, name), 'utf8');
    writeFileSync(path.join(target, name), text.replaceAll(namedPort, new URL(url).host));
  }
}

const tokens = 'generate: success\nrefresh: success\n';
const tokensAndRawUids = `${tokens}decrypt: success\nthe DSP has the advertiser's raw UID: True\n`;

/** A program with its arguments, once it is installed. */
type Command = readonly [program: string, ...args: string[]];

interface Client {
  prints: string;
  install: () => Promise<Command>;
  env?: Record<string, string>;
}

const plain: Record<string, Client> = {
  'Ruby, uid2.rb': {
    prints: tokens,
    install: async () => [await needProgram(['ruby'], ['ruby']), 'uid2.rb'],
  },
  'Perl, uid2.pl': {
    prints: tokens,
    async install() {
      const perl = await needProgram(['perl'], ['perl']);
      const hasCryptX = () => run(perl, ['-MCryptX', '-e', '1']);
      await hasCryptX().catch(async () => {
        await installDebianPackages(['libcryptx-perl']);
        await hasCryptX();
      });
      return [perl, 'uid2.pl'];
    },
  },
  'Elixir, uid2.exs': {
    prints: tokens,
    install: async () => [await needProgram(['elixir'], ['elixir', 'erlang-inets']), 'uid2.exs'],
    env: { LC_ALL: 'C.UTF-8' },
  },
  'Go, uid2.go': {
    prints: tokens,
    install: async () => [await needProgram(['go'], ['golang-go']), 'run', 'uid2.go'],
    env: { CGO_ENABLED: '0' },
  },
  'C++, uid2.cpp': {
    prints: tokens,
    async install() {
      const compiler = await needProgram(['g++'], ['g++']);
      const compile = () =>
        run(compiler, ['-std=c++17', '-Wall', 'uid2.cpp', '-o', 'uid2', '-lcurl', '-lcrypto'], {
          cwd: folder,
        });
      await compile().catch(async () => {
        await installDebianPackages(['libcurl4-openssl-dev', 'libssl-dev']);
        await compile();
      });
      return [path.join(folder, 'uid2')];
    },
  },
};

const withSdk: Record<string, Client> = {
  'Python, quickstart.py': {
    prints: tokensAndRawUids,
    install: async () => [await pythonWith('python', pythonRequirements), 'quickstart.py'],
  },
  'Java, Quickstart.java': {
    prints: tokensAndRawUids.replace('True', 'true'),
    async install() {
      const { java, classPath } = await javaWithSdk();
      return [java, '-cp', classPath, 'Quickstart.java'];
    },
  },
};

for (const [name, { prints, install, env = {} }] of Object.entries({ ...withSdk, ...plain })) {
  test(name, async (context) => {
    expect(readdirSync(folder)).toContain(name.split(', ')[1]);
    const [program, ...args] = readyOrSkip(await prepare(name, install), context);
    expect(await run(program, args, { cwd: folder, env })).toBe(prints);
  });
}

test('JavaScript, euid-page.js', async (context) => {
  const install = async () => {
    const manifest = path.join(clients, 'package.json');
    const packages = await cached('euid-sdk', [manifest], process.version, async (empty) => {
      cpSync(manifest, path.join(empty, 'package.json'));
      await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: empty });
    });
    return { executablePath: await needChromium(), packages };
  };
  const { executablePath, packages } = readyOrSkip(
    await prepare('the JavaScript SDK in Chromium', install),
    context,
  );
  const euid = await startMockBinary('--scope', 'euid', '--profile', 'current');
  context.onTestFinished(() => euid.stop());
  const target = path.join(folder, 'euid');
  copyFor(euid, target);
  const bundled = await build({
    entryPoints: [path.join(target, 'euid-page.js')],
    nodePaths: [path.join(packages, 'node_modules')],
    bundle: true,
    write: false,
  });

  const page = '<!doctype html><script src="/bundle.js"></script>';
  const server = http.createServer((request, response) => {
    const isScript = request.url === '/bundle.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? bundled.outputFiles[0]?.text : page);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const browser = await chromium.launch({ executablePath, args: [...quietFlags] });
  context.onTestFinished(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  const visit = await browser.newPage();
  await visit.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  expect(await visit.evaluate("logIn('jane@example.com')")).toMatch(/^E4AAA/);
  expect(await visit.evaluate("logIn('optout@example.com')")).toBeUndefined();
});
