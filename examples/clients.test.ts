/** The clients of `clients`, which the pages below docs/clients quote: each runs against a mock as it stands there. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { needChromium, openChromium } from '../contract-tests/sdks/chromium.ts';
import { run } from '../contract-tests/sdks/command.ts';
import { javaWithSdk } from '../contract-tests/sdks/java-environment.ts';
import { startMockBinary, type MockBinary } from '../contract-tests/sdks/mock-binary.ts';
import { installPrebid } from '../contract-tests/sdks/prebid-browser.ts';
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

/** Some tests install a runtime first. */
const timeout = 600_000;

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
  test(name, { timeout }, async (context) => {
    expect(readdirSync(folder)).toContain(name.split(', ')[1]);
    const [program, ...args] = readyOrSkip(await prepare(name, install), context);
    expect(await run(program, args, { cwd: folder, env })).toBe(prints);
  });
}

/** The token of a new visitor to a page with this script, who logs in. */
type LogIn = (email: string) => Promise<unknown>;

/** Serves a page whose script is the text of a bundle, and opens it in Chromium for each visitor, until the test ends. */
async function serve(script: string, context: TestContext): Promise<LogIn> {
  const server = http.createServer((request, response) => {
    const isScript = request.url === '/bundle.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><script src="/bundle.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const browser = await openChromium();
  context.onTestFinished(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  return async (email) => {
    const visitor = await browser.newContext();
    const page = await visitor.newPage();
    await page.goto(url);
    return page.evaluate(`logIn('${email}')`);
  };
}

/** The folder of npm's packages with the JavaScript SDK. */
async function installJavaScriptSdk(): Promise<string> {
  const manifest = path.join(clients, 'package.json');
  const packages = await cached('euid-sdk', [manifest], process.version, async (empty) => {
    cpSync(manifest, path.join(empty, 'package.json'));
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: empty });
  });
  return path.join(packages, 'node_modules');
}

const pages = [
  {
    name: 'Prebid.js, prebid-page.js',
    flags: [],
    install: async () => (await installPrebid()).packages,
    token: /^A4AAA/,
  },
  {
    name: 'JavaScript SDK, euid-page.js',
    flags: ['--scope', 'euid'],
    install: installJavaScriptSdk,
    token: /^E4AAA/,
  },
];

for (const { name, flags, install, token } of pages) {
  test(name, { timeout }, async (context) => {
    const prepared = await prepare(name, async () => {
      await needChromium();
      return install();
    });
    const packages = readyOrSkip(prepared, context);
    const operator = await startMockBinary('--profile', 'current', ...flags);
    context.onTestFinished(() => operator.stop());
    const target = path.join(folder, name);
    copyFor(operator, target);
    const entry = path.join(target, name.split(', ')[1] ?? '');
    const bundled = await build({ entryPoints: [entry], nodePaths: [packages], bundle: true, write: false });
    const logIn = await serve(bundled.outputFiles[0]?.text ?? '', context);
    expect(await logIn('jane@example.com')).toMatch(token);
    expect(await logIn('optout@example.com')).toBeUndefined();
  });
}

/** What the pages say how to run, and what is run here. */
const commands: Record<string, readonly string[]> = {
  'python.md': ['pip install uid2-client==2.9.0', 'python quickstart.py'],
  'java.md': ["java -cp 'lib/*' Quickstart.java"],
  'cpp.md': [
    'apt-get install g++ libcurl4-openssl-dev libssl-dev',
    'g++ -std=c++17 uid2.cpp -o uid2 -lcurl -lcrypto',
  ],
  'javascript.md': ['npm install @unified-id/euid-sdk@4.0.66'],
  'prebid.md': ['npm install prebid.js@11.36.0'],
  'others.md': [
    'apt-get install ruby',
    'ruby uid2.rb',
    'apt-get install perl libcryptx-perl',
    'perl uid2.pl',
    'apt-get install elixir erlang-inets',
    'elixir uid2.exs',
    'go run uid2.go',
  ],
};

test.each(Object.entries(commands))('docs/clients/%s says how to run them', (page, lines) => {
  const text = readFileSync(path.resolve(clients, '../../docs/clients', page), 'utf8');
  expect(text.split('\n')).toEqual(expect.arrayContaining([...lines]));
});

test('the pages name the versions that run here', () => {
  const sdks = path.resolve(clients, '../../contract-tests/sdks');
  expect(readFileSync(pythonRequirements, 'utf8')).toContain('uid2-client==2.9.0\n');
  expect(readFileSync(path.join(sdks, 'prebid/package.json'), 'utf8')).toContain('"prebid.js": "11.36.0"');
  expect(readFileSync(path.join(clients, 'package.json'), 'utf8')).toContain(
    '"@unified-id/euid-sdk": "4.0.66"',
  );
});
