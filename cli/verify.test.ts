import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockOperator, type MockOperator } from '../mock-server/index.ts';
import { listen as listenTo } from '../mock-server/listen.ts';
import { type Exit, type Terminal, runInProcess } from '../mock-server/testing/command-line.ts';
import { composeMutant, mutants } from '../mutants/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-verify-'));
const inFolder = (name: string): string => path.join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(inFolder(name), text);
  return inFolder(name);
};

const WORLD = 'fixtures/recordings/world-v5.70.250.json';

const verify = (
  args: readonly string[],
  { environment, ...terminal }: Terminal & { environment?: NodeJS.ProcessEnv } = {},
): Promise<Exit> => runInProcess(['verify', ...args], environment, terminal);

/** The sentence of a refusal. */
const refusal = ({ err }: Exit): string | undefined => /^uid2-mock: ([^\n]+)\n$/.exec(err)?.[1];

const lastLine = ({ out }: Exit): string | undefined => out.trimEnd().split('\n').at(-1);

const environmentOf = ({ credentials: [first] }: MockOperator): NodeJS.ProcessEnv => ({
  UID2_API_KEY: first?.key,
  UID2_CLIENT_SECRET: first?.secret,
});

let honest: MockOperator;
let broken: MockOperator;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  const mutant = mutants.find(({ area }) => area === 'normalisation')?.id;
  [honest, broken] = await Promise.all([
    startMockOperator(),
    listenTo(await composeMutant(mutant ?? '', {})),
  ]);
  environment = environmentOf(honest);
});

afterAll(async () => {
  await Promise.all([honest.close(), broken.close()]);
  rmSync(folder, { recursive: true });
});

describe('verify', () => {
  it('starts a mock when no target is given and finds it conformant', async () => {
    const run = await verify([]);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('\nconformant\n');
    expect(lastLine(run)).toMatch(/^\d{3,} passed, 0 failed, \d+ skipped$/);
  });

  it.each(['current', 'v5.56', 'seed-v1'])('starts it with --profile %s', async (profile) => {
    const run = await verify(['--profile', profile, '--filter', 'generate/*', '--quiet']);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain(`(profile ${profile})`);
  });

  it('judges by the whole of a world', async () => {
    const run = await verify(['--world', WORLD, '--profile', 'current', '--filter', 'keys/visible']);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(lastLine(run)).toMatch(/^[1-9]\d* passed, 0 failed, \d+ skipped$/);
  });

  it('asks a target with the credentials of the environment', async () => {
    const run = await verify(['--target', honest.url, '--api', 'v2', '--filter', 'generate/email*'], {
      environment,
    });
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(lastLine(run)).toMatch(/^4 passed, 0 failed, 0 skipped$/);
  });

  it('fails with what was sent, expected and got when a MUST is broken', async () => {
    const args = ['--target', broken.url, '--filter', 'normalisation/*', '--as', 'all'];
    const run = await verify(args, { environment: environmentOf(broken) });
    expect(run.code).toBe(1);
    expect(run.out).toMatch(
      /\n {2}FAILED {2}MUST S20\b.* {2}addresses .* scenarios?; in .*\n {4}sent .*\n {4}expected .*\n {4}got .*\n {4}likely cause .*\n\n/,
    );
    expect(run.out).toContain(
      `; run again: uid2-mock verify --target ${broken.url} --as all --filter normalisation/email\n`,
    );
    expect(run.out).toMatch(/\nnot conformant: \d MUST findings?\n/);
    expect(run.out).not.toContain('Failed scenarios');
    const verbose = await verify([...args, '--verbose'], { environment: environmentOf(broken) });
    expect(verbose.out).toMatch(
      /\n {2}Failed scenarios\n\n {2}FAILED {2}normalisation\/\S+@v\d {2}MUST S20\n {4}requirement .*\n {4}sent/,
    );
  });

  it('takes --url for --target, also beside it', async () => {
    const run = await verify(['--url', honest.url, '--target', honest.url, '--filter', 'generate/email'], {
      environment,
    });
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('Targets compared');
    expect((await verify(['--help'])).out).toContain('--url, --target <URL>');
    expect(refusal(await verify(['--url', 'nowhere']))).toMatch(/^--target: expected an http or https URL/);
  });

  it('lets a SHOULD fail unless it is strict', async () => {
    const current = await startMockOperator({ profile: 'current' });
    const args = ['--target', current.url, '--profile', 'v5.56', '--filter', 'versions/validate-headers'];
    const run = await verify(args, { environment });
    const strict = await verify([...args, '--strict'], { environment });
    await current.close();
    expect([run.code, strict.code]).toEqual([0, 1]);
    expect(run.out).toMatch(/\nconformant: only expected failures or SHOULD\n1 finding is only SHOULD\n/);
  });

  it('compares several targets and names those that depart', async () => {
    const args = ['--target', honest.url, '--target', broken.url, '--filter', 'normalisation/email'];
    const run = await verify(args, { environment });
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/normalisation\/email@v1 +ok +FAILED +\[2\]/);
  });

  it('writes reports of every kind, folders included', async () => {
    const kinds = ['junit', 'json', 'markdown', 'html'];
    const reports = kinds.flatMap((kind) => ['--report', `${kind}=${inFolder(`reports/${kind}`)}`]);
    const args = ['--target', broken.url, '--filter', 'generate/email', ...reports];
    expect((await verify(args, { environment })).code).toBe(1);
    const [junit = '', json = '', markdown = '', html = ''] = kinds.map((kind) =>
      readFileSync(inFolder(`reports/${kind}`), 'utf8'),
    );
    expect(junit).toMatch(/<failure message="expected [^"]+" type="MUST">/);
    expect(JSON.parse(json)).toMatchObject({ exitCode: 1, targets: [{ target: broken.url }] });
    expect(markdown).toContain('# UID2 operator contract');
    expect(html).toMatch(/^<!doctype html>/);
  });

  it('prints no key, secret or whole token, not even one an operator echoes', async () => {
    const echo = createServer((request, response) => {
      if (request.url === '/ops/healthcheck') {
        response.end('OK');
        return;
      }
      const { UID2_API_KEY: key, UID2_CLIENT_SECRET: secret } = environment;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          key,
          secret,
          authorization: request.headers.authorization,
          token: 'A4'.repeat(109),
        }),
      );
    });
    const url = await listen(echo);
    const json = inFolder('echo.json');
    const run = await verify(['--target', url, '--as', 'all', '--report', `json=${json}`], { environment });
    await new Promise((resolve) => echo.close(resolve));
    expect(run.code).toBe(1);
    for (const text of [run.out, run.err, readFileSync(json, 'utf8')]) {
      for (const { key, secret } of honest.credentials) {
        expect(text).not.toContain(key);
        expect(text).not.toContain(secret);
      }
      expect(text).not.toContain('A4'.repeat(20));
    }
  });

  it('shows progress on a terminal only, and leaves none of it', async () => {
    const args = ['--target', honest.url, '--filter', 'generate/email'];
    const run = await verify(args, { environment, progressColumns: 60 });
    expect(run.err).toContain('1/3  generate/email@v0');
    expect(run.err).toMatch(/\r\u001b\[K$/);
    expect((await verify([...args, '--quiet'], { environment, progressColumns: 60 })).err).toBe('');
  });
});

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('verify --list', () => {
  it('names every scenario and asks nobody', async () => {
    const run = await verify(['--list', '--target', 'http://127.0.0.1:1']);
    expect(run.code).toBe(0);
    const lines = run.out.trimEnd().split('\n');
    expect(lines.at(-1)).toBe(`${lines.length - 1} scenarios`);
    expect(lines).toContainEqual(expect.stringMatching(/^generate\/email +v0 v1 v2 +MUST S1 +publisher +\S/));
  });

  it('narrows by filter, participant and generation', async () => {
    const { out } = await verify(['--list', '--as', 'dsp,sharer', '--api', 'v2', '--filter', 'keys/*']);
    const lines = out.trimEnd().split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line).toMatch(/^keys\/\S+ +v2 +(MUST|SHOULD) [SR]\d+ +(dsp|sharer) /);
  });
});

describe('verify --expected-failures', () => {
  const ask = (url: string, ...args: string[]) =>
    verify(['--target', url, '--filter', 'generate/email', '--filter', 'generate/phone', ...args], {
      environment,
    });

  it('lets a known failure pass', async () => {
    const file = write(
      'known',
      '# known since spring\ngenerate/email # the gmail rule\nidentities/raw-uid\n',
    );
    const run = await ask(broken.url, '--expected-failures', file);
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/\n\d findings? w\w+ expected by the baseline\n/);
  });

  it('calls an entry stale which passes, or whose scenario there is none', async () => {
    const file = write('stale', 'generate/phone@v1\nno/such-scenario\n');
    const run = await ask(honest.url, '--expected-failures', file);
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/baseline: generate\/phone@v1 is stale.*--update-baseline/);
    expect(run.out).toContain('baseline: no/such-scenario is stale');
  });

  it('takes the id of a rule for every answer, and writes it', async () => {
    const withoutVary = await listenTo(await composeMutant('cors/no-vary', {}));
    const file = inFolder('rules');
    const args = ['--target', withoutVary.url, '--profile', 'local', '--filter', 'generate/phone'];
    const made = await verify([...args, '--expected-failures', file, '--update-baseline'], { environment });
    const known = await verify([...args, '--expected-failures', file], { environment });
    await withoutVary.close();
    expect([made.code, known.code]).toEqual([0, 0]);
    expect(readFileSync(file, 'utf8')).toBe('headers/vary\n');
    expect(known.out).toMatch(/\n {2}expected failure {2}MUST R5 {2}every answer has vary: origin /);
    const stale = await ask(honest.url, '--expected-failures', file);
    expect(stale.code).toBe(1);
    expect(stale.out).toContain('baseline: headers/vary is stale');
  });

  it('does not call stale what was not run', async () => {
    const file = write('elsewhere', 'refresh/opted-out-identity\n');
    expect((await ask(honest.url, '--expected-failures', file)).code).toBe(0);
  });

  it('updates the baseline: comments and what was not run stay, stale goes, new comes', async () => {
    const file = write('update', '# notes\nrefresh/opted-out-identity # elsewhere\ngenerate/phone@v1\n');
    const run = await ask(broken.url, '--expected-failures', file, '--update-baseline');
    expect(run.code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(
      '# notes\nrefresh/opted-out-identity # elsewhere\ngenerate/email@v0\ngenerate/email@v1\ngenerate/email@v2\nidentities/raw-uid\n',
    );
    expect((await ask(broken.url, '--expected-failures', file)).code).toBe(0);
  });

  it('makes a baseline where there was none, and leaves one alone when the run is incomplete', async () => {
    const file = inFolder('new/baseline');
    expect((await ask(broken.url, '--expected-failures', file, '--update-baseline')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('generate/email@v1\n');
    const untouched = inFolder('untouched');
    const run = await ask('http://127.0.0.1:1', '--expected-failures', untouched, '--update-baseline');
    expect(run).toMatchObject({ code: 3, err: expect.stringContaining('is left as it was') });
    expect(existsSync(untouched)).toBe(false);
  });
});

describe('verify without an answer', () => {
  it('is incomplete when the target cannot be reached', async () => {
    const run = await verify(['--target', 'http://127.0.0.1:1'], { environment });
    expect(run.code).toBe(3);
    expect(run.out).toContain('http://127.0.0.1:1 cannot be reached');
    expect(lastLine(run)).toBe('0 passed, 0 failed, 0 skipped');
  });

  it('is incomplete when one of two targets cannot be reached', async () => {
    const args = ['--target', honest.url, '--target', 'http://127.0.0.1:1', '--filter', 'generate/email'];
    expect((await verify(args, { environment })).code).toBe(3);
  });

  it('waits for a target that comes up', async () => {
    const port = Number(new URL(honest.url).port);
    const late = createServer();
    const url = await listen(late);
    await new Promise((resolve) => late.close(resolve));
    const timer = setTimeout(() => {
      late.on('request', (_request, response) => {
        response.writeHead(307, { location: `http://127.0.0.1:${port}` }).end();
      });
      late.listen(Number(new URL(url).port), '127.0.0.1');
    }, 400);
    const run = await verify(['--target', url, '--wait', '5', '--filter', 'generate/email'], { environment });
    clearTimeout(timer);
    await new Promise((resolve) => late.close(resolve));
    expect(run.out).not.toContain('cannot be reached');
  });

  it('judges nothing without credentials', async () => {
    const run = await verify(['--target', honest.url]);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(refusal(run)).toBe(
      '--target: expected its credentials in UID2_API_KEY and UID2_CLIENT_SECRET, --credentials FILE or --world FILE; got none',
    );
  });
});

describe('verify --explain', () => {
  it.each([
    [
      'R42',
      ['R42  MUST  refresh  Protocol §8.2', 'refresh/keeps-owner  v0 v1 v2', 'with the role GENERATOR'],
    ],
    ['s20', ['S20  MUST  seed  Protocol §2.1', 'normalisation/email-map', 'with the role MAPPER']],
    [
      'headers/vary',
      ['headers/vary: every answer has vary: origin', 'R5  MUST', 'the answers to any scenario'],
    ],
    ['http/healthcheck', ['http/healthcheck: ', 'R12  MUST  http']],
  ])('%s', async (id, parts) => {
    const run = await verify(['--explain', id]);
    expect(run).toMatchObject({ code: 0, err: '' });
    for (const part of parts) expect(run.out).toContain(part);
  });

  it.each([
    ['R999', /; did you mean R\d\d\?$/],
    ['refresh/chian', /; did you mean refresh\/chain\?$/],
    ['something else', /; see --list$/],
  ])('%s, which there is not', async (id, end) => {
    const run = await verify(['--explain', id]);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(refusal(run)).toMatch(/^--explain: expected the id of a requirement, a scenario or a rule; got /);
    expect(refusal(run)).toMatch(end);
  });
});

const noJson = write('no.json', 'not JSON');
const badEntry = write('bad-entry', 'generate/email@v9\n');

describe('verify used wrongly', () => {
  const TARGET = ['--target', 'http://127.0.0.1:1'];
  it.each([
    [
      ['--target', 'nonsense'],
      '--target: expected an http or https URL such as https://operator.example.com; got nonsense',
    ],
    [['--target', 'ftp://a.example'], /^--target: expected an http or https URL .*; got ftp:\/\/a\.example$/],
    [['--target', 'https://user:hunter2@a.example'], /^--target: .*; got one with a user name or password$/],
    [
      ['--target', 'https://prod.uidapi.com', '--world', WORLD],
      /^--target: .*prod\.uidapi\.com.*--allow-production$/,
    ],
    [
      ['--world', inFolder('none.json')],
      /^--world: expected a file that can be read; got .*none\.json \(ENOENT\)$/,
    ],
    [['--world', noJson], /^--world: expected a file of JSON; got .*no\.json, which is not$/],
    [['--world', WORLD, '--world', WORLD], '--world: expected it once; got it 2 times'],
    [['--profile', 'new'], '--profile: expected local, seed-v1, v5.56 or current; got new'],
    [['--as', 'dsp,reader'], '--as: expected publisher, advertiser, dsp, sharer or all; got reader'],
    [['--api', 'v9'], '--api: expected v0, v1, v2, v3 or all; got v9'],
    [
      ['--filter', 'no/such*'],
      '--filter: expected the id of a scenario or a glob that fits one, see --list; got no/such*',
    ],
    [
      ['--filter', 'map-v3/*', '--api', 'v1'],
      /^--filter, --as and --api: expected them to leave at least one scenario/,
    ],
    [['--report', 'xml=a'], '--report: expected KIND=FILE, KIND junit, json, markdown or html; got xml=a'],
    [['--report', 'html'], /^--report: expected KIND=FILE.*; got html$/],
    [['--timeout', '0'], '--timeout: expected seconds above 0; got 0'],
    [['--timeout', 'soon'], '--timeout: expected seconds above 0; got soon'],
    [['--wait', '-1'], '--wait: expected seconds; got -1'],
    [['--concurrency', '1.5'], '--concurrency: expected a whole number from 1 to 1000; got 1.5'],
    [['--rps', '0'], '--rps: expected requests per second above 0; got 0'],
    [['--update-baseline'], '--update-baseline: expected --expected-failures FILE with it; got it alone'],
    [
      ['--expected-failures', inFolder('none')],
      /^--expected-failures: expected a file that can be read; got .* \(ENOENT\); --update-baseline creates it$/,
    ],
    [
      ['--expected-failures', badEntry],
      /^--expected-failures: expected scenario-id, scenario-id@api or rule-id in line 1 of .*; got generate\/email@v9$/,
    ],
    [[...TARGET, '--nonsense'], /unknown option '--nonsense'/],
    [['surplus'], /too many arguments/],
  ])('%j', async (args, message) => {
    const run = await verify(args);
    expect(run).toMatchObject({ code: 2, out: '' });
    if (typeof message === 'string') expect(refusal(run)).toBe(message);
    else expect(refusal(run)).toMatch(message);
    expect(run.err).not.toContain('hunter2');
  });

  it.each([
    [
      { UID2_CLIENT_SECRET: 'c2VjcmV0' },
      'UID2_API_KEY: expected the API key to which UID2_CLIENT_SECRET belongs; got nothing',
    ],
    [
      { UID2_API_KEY: 'key with spaces' },
      'UID2_API_KEY: expected printable characters without spaces; got a text of 15 characters',
    ],
    [
      { UID2_API_KEY: 'a-key', UID2_CLIENT_SECRET: 'c2VjcmV0' },
      'UID2_CLIENT_SECRET: expected base64 of 32 bytes; got a text of 8 characters',
    ],
  ])('%j', async (given, message) => {
    expect(await verify(TARGET, { environment: given })).toEqual({
      code: 2,
      out: '',
      err: `uid2-mock: ${message}\n`,
    });
  });

  it('names a file it cannot write', async () => {
    const args = [
      '--target',
      honest.url,
      '--filter',
      'generate/email',
      '--report',
      `json=${noJson}/report.json`,
    ];
    const run = await verify(args, { environment });
    expect(run.code).toBe(2);
    expect(refusal(run)).toMatch(
      /^--report: expected a file that can be written; got .*report\.json \(\w+\)$/,
    );
  });
});
