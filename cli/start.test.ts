/** `uid2-mock start` and `healthcheck`: what they print, how they are configured, how they fail. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  InProcess,
  killCommandLines,
  runInProcess as run,
  startJson,
} from '../mock-server/testing/command-line.ts';
import { freePort } from '../mock-server/testing/free-port.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-cli-'));
const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

const recordedWorld = path.resolve(import.meta.dirname, '../fixtures/recordings/world-v5.56.13.json');

afterEach(killCommandLines);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ask {
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>>;
}

async function get(url: string, target: string, { key, query = {} }: Ask = {}) {
  const search = new URLSearchParams(query).toString();
  const answer = await fetch(`${url}${target}${search && `?${search}`}`, {
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
  });
  const text = await answer.text();
  return { status: answer.status, text };
}

async function identityOf(url: string, key: string | undefined, email: string) {
  const { status, text } = await get(url, '/v1/token/generate', { key, query: { email } });
  expect(status).toBe(200);
  return JSON.parse(text).body;
}

describe('start --json', () => {
  it('prints exactly one line, and listens when it has', async () => {
    const { started, line } = await startJson();
    expect(await get(line.url, '/ops/healthcheck')).toEqual({ status: 200, text: 'OK' });
    expect(Object.keys(line)).toEqual(['url', 'admin_url', 'ui_url', 'credentials', 'client_side_keypairs']);
    expect(line.admin_url).toBe(`${line.url}/__admin`);
    expect(line.ui_url).toBe(`${line.url}/__admin/ui`);
    expect(line.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const [first] = line.credentials;
    expect(first).toEqual({
      name: expect.any(String),
      site_id: expect.any(Number),
      roles: ['GENERATOR', 'MAPPER', 'ID_READER', 'SHARER', 'OPTOUT'],
      key: expect.any(String),
      secret: expect.stringMatching(/^[\w+/]{43}=$/),
    });
    expect(line.client_side_keypairs[0]).toEqual({
      subscription_id: expect.any(String),
      public_key: expect.stringMatching(/^UID2-X-L-/),
      site_id: expect.any(Number),
      domain_names: ['localhost', 'example.com'],
      app_names: ['com.example.app', '123456789'],
    });
    await identityOf(line.url, first?.key, 'user@example.com');
    const { code, out, err } = await started.stop();
    expect({ code, err, lines: out.split('\n').length }).toEqual({ code: 0, err: '', lines: 2 });
  });
});

it('start --json --no-admin names no URL of control', async () => {
  const { line } = await startJson(['--no-admin']);
  expect(Object.keys(line)).toEqual(['url', 'credentials', 'client_side_keypairs']);
});

describe('the banner', () => {
  const bannerIn = async (environment: NodeJS.ProcessEnv, ...flags: string[]): Promise<string> => {
    const started = new InProcess(['start', '--port', '0', ...flags], environment);
    await started.until(() => started.out.includes('\nTry\n') && started.out.endsWith('\n\n'));
    return (await started.stop()).out;
  };
  const banner = (...flags: string[]): Promise<string> => bannerIn({}, ...flags);

  it('has the URL, a key and a secret per role, the test identities and a curl', async () => {
    const text = await banner();
    expect(text).toMatch(/^UID2 mock operator on http:\/\/127\.0\.0\.1:\d+\n/);
    for (const role of ['all roles', 'publisher', 'advertiser', 'DSP', 'sharer', 'opt-out']) {
      expect(text).toMatch(new RegExp(`\\n {2}${role} +UID2-C-L-\\d+-\\S+ +[\\w+/]{43}=\\n`));
    }
    expect(text).toContain('Client-side generation: subscription local-cstg');
    for (const identity of ['validate@email.com', 'optout@email.com', 'optout@example.com']) {
      expect(text).toContain(`\n  ${identity} `);
    }
    expect(text).toContain('local-mock-optout@example.com');
    expect(text).toMatch(
      /curl -H 'Authorization: Bearer UID2-C-L-1001-\S+' \\\n +'http:\S+\/v1\/token\/generate\?/,
    );
  });

  it('tells no secret of a world that was brought', async () => {
    const text = await banner(
      '--world',
      recordedWorld,
      '--profile',
      'v5.56',
      '--now',
      '2025-01-01T00:00:00Z',
    );
    const { clients, keyset_keys } = JSON.parse(readFileSync(recordedWorld, 'utf8'));
    for (const { key, secret } of clients) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(secret);
    }
    for (const { secret } of keyset_keys) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/local-mock-optout|Bearer/);
    expect(text).toContain(recordedWorld);
  });

  it('tells the profile that a mutant is seen in, and the mutant', async () => {
    const text = await banner('--mutant', 'generate/policy-ignored');
    expect(text).toMatch(/\nprofile v5\.56, .*, mutant generate\/policy-ignored\n/);
    expect(text).not.toContain('@email.com');
  });

  it('says where control is, unless it is switched off', async () => {
    expect(await banner()).toMatch(
      /\nControl {2}(http:\/\/127\.0\.0\.1:\d+)\/__admin {2}\(uid2-mock ctl --help\)\n/,
    );
    expect(await banner('--no-admin')).not.toMatch(/Control|__admin/);
  });

  it('names the command as npx finds it, when npm has started it', async () => {
    expect(await bannerIn({ npm_command: 'exec' })).toContain('(npx uid2-mock-operator ctl --help)');
  });

  it('warns of --deterministic', async () => {
    expect(await banner('--deterministic', 'x', '--now', '2031-05-06')).toMatch(
      /^warning: with --deterministic, IVs, nonces and keys follow from the seed/m,
    );
    expect(await banner()).not.toContain('warning');
  });

  it('stays away with --quiet', async () => {
    const port = await freePort();
    const started = new InProcess(['start', '--quiet', '--port', String(port)]);
    const url = `http://127.0.0.1:${port}`;
    await started.until(() =>
      get(url, '/ops/healthcheck').then(
        () => true,
        () => false,
      ),
    );
    expect(await started.stop()).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('configuration', () => {
  const portOf = async (flags: string[], environment: NodeJS.ProcessEnv): Promise<number> => {
    const started = new InProcess(['start', '--json', ...flags], environment);
    const { url } = await started.line();
    await started.stop();
    return Number(new URL(url).port);
  };

  it('takes a flag before UID2_MOCK_PORT before PORT', async () => {
    const [a, b, c] = [await freePort(), await freePort(), await freePort()];
    const environment = { UID2_MOCK_PORT: String(b), PORT: String(c) };
    expect(await portOf(['--port', String(a)], environment)).toBe(a);
    expect(await portOf([], environment)).toBe(b);
    expect(await portOf([], { PORT: String(c) })).toBe(c);
  });

  it('reads every option from the environment, and a flag wins', async () => {
    const environment = { UID2_MOCK_SCOPE: 'euid', UID2_MOCK_TOKEN_VERSION: 'v3', UID2_MOCK_PORT: '0' };
    const euid = new InProcess(['start', '--json'], environment);
    expect((await euid.line()).credentials[0]?.key).toMatch(/^EUID-C-L-/);
    await euid.stop();
    const uid2 = new InProcess(['start', '--json', '--scope', 'uid2'], environment);
    expect((await uid2.line()).credentials[0]?.key).toMatch(/^UID2-C-L-/);
    await uid2.stop();
  });

  it('starts the clock at --now', async () => {
    const { started, line } = await startJson(['--now', '2031-05-06T07:08:09Z']);
    const identity = await identityOf(line.url, line.credentials[0]?.key, 'user@example.com');
    const start = Date.UTC(2031, 4, 6, 7, 8, 9);
    expect(identity.identity_expires - start).toBeGreaterThanOrEqual(3_600_000);
    expect(identity.identity_expires - start).toBeLessThan(3_600_000 + 60_000);
    await started.stop();
  });

  it('checks envelopes against the time of the machine with --envelope-clock real', async () => {
    const { started, line } = await startJson(['--envelope-clock', 'real', '--now', '2031-05-06T07:08:09Z']);
    const clock = await get(line.url, '/__admin/clock');
    expect(JSON.parse(clock.text)).toMatchObject({
      envelopes: 'real',
      rate: 1,
      now: expect.stringContaining('2031-05-06T07'),
    });
    await started.stop();
  });

  it('takes the lifetimes it is given', async () => {
    const { started, line } = await startJson([
      '--identity-token-expires-after-seconds',
      '200',
      '--refresh-token-expires-after-seconds',
      '300',
      '--refresh-identity-token-after-seconds',
      '100',
    ]);
    const identity = await identityOf(line.url, line.credentials[0]?.key, 'user@example.com');
    const { refresh_from, identity_expires, refresh_expires } = identity;
    expect([identity_expires - refresh_from, refresh_expires - refresh_from]).toEqual([100_000, 200_000]);
    await started.stop();
  });

  it.each([
    ['v2', /^AgAAA/],
    ['v3', /^A3/],
    ['v4', /^A4/],
  ])('makes tokens of --token-version %s', async (version, start) => {
    const { started, line } = await startJson(['--token-version', version]);
    const identity = await identityOf(line.url, line.credentials[0]?.key, 'user@example.com');
    expect(identity.advertising_token).toMatch(start);
    await started.stop();
  });

  it('--scope euid marks keys and tokens', async () => {
    const { started, line } = await startJson(['--scope', 'euid']);
    for (const { key } of line.credentials) expect(key).toMatch(/^EUID-C-L-/);
    expect(line.client_side_keypairs[0]?.public_key).toMatch(/^EUID-X-L-/);
    const identity = await identityOf(line.url, line.credentials[0]?.key, 'user@example.com');
    expect(identity.advertising_token).toMatch(/^E4/);
    await started.stop();
  });

  it('logs a line per request at --log-level info: no query, no email, no key', async () => {
    const { started, line } = await startJson(['--log-level', 'info']);
    const { key } = line.credentials[0] ?? {};
    await identityOf(line.url, key, 'somebody@example.com');
    await get(line.url, '/nowhere', { query: { secret: 'hidden' } });
    await started.until(() => started.err.split('\n').length > 2);
    const { err } = await started.stop();
    expect(err).toMatch(/^GET \/v1\/token\/generate 200$/m);
    expect(err).toMatch(
      /^GET \/nowhere 404: no endpoint has this path; compare the path with the list of endpoints$/m,
    );
    expect(err.trimEnd().split('\n')).toHaveLength(2);
    expect(err).not.toMatch(/somebody|hidden|\?/);
    expect(err).not.toContain(key);
  });
});

describe('--watch', () => {
  it('reads the world again; what is wrong is logged with the flag or variable that it goes against', async () => {
    const [uid2, euid] = ['world-v5.70.250.json', 'world-extra-euid-v5.70.250.json'].map((name) =>
      readFileSync(path.resolve(import.meta.dirname, '../fixtures/recordings', name), 'utf8'),
    );
    const file = write('watched.json', uid2 ?? '');
    const { started, line } = await startJson(['--world', file, '--watch'], { UID2_MOCK_SCOPE: 'uid2' });
    writeFileSync(file, euid ?? '');
    await started.until(() => started.err !== '');
    expect(started.err).toBe(
      'UID2_MOCK_SCOPE: expected EUID, as in the --world; got uid2\nworld: the former world stays\n',
    );
    const [first] = line.credentials;
    const world = JSON.parse(uid2 ?? '');
    const clients = world.clients.filter(({ key }: { key: string }) => key !== first?.key);
    writeFileSync(file, JSON.stringify({ ...world, clients }));
    const status = async () => (await get(line.url, '/v1/key/latest', { key: first?.key ?? '' })).status;
    expect(await status()).toBe(200);
    await started.until(async () => (await status()) === 401);
    await started.stop();
  });
});

describe('--seed', () => {
  const refreshedBy = async (url: string, token: string, key: string | undefined) => {
    const answer = await get(url, '/v1/token/refresh', { key, query: { refresh_token: token } });
    return { status: answer.status, ...JSON.parse(answer.text) };
  };

  it('lets two starts understand each other, and no other', async () => {
    const [one, same, other] = await Promise.all([
      startJson(['--seed', 'a seed']),
      startJson(['--seed', 'a seed']),
      startJson(['--seed', 'another seed']),
    ]);
    expect(same.line.credentials).toEqual(one.line.credentials);
    const [mine] = one.line.credentials;
    const [theirs] = other.line.credentials;
    expect([theirs?.key, theirs?.secret]).not.toEqual([mine?.key, mine?.secret]);
    const email = 'validate@example.com';
    const identity = await identityOf(one.line.url, mine?.key, email);
    const { refresh_token, advertising_token: token } = identity;
    expect(await refreshedBy(same.line.url, refresh_token, mine?.key)).toMatchObject({ status: 'success' });
    expect(await refreshedBy(other.line.url, refresh_token, theirs?.key)).toMatchObject({
      status: 'invalid_token',
    });
    const validate = async (url: string) =>
      JSON.parse((await get(url, '/v1/token/validate', { query: { email, token } })).text).body;
    expect(await validate(same.line.url)).toBe(true);
    expect(await validate(other.line.url)).toBe(false);
    await Promise.all([one, same, other].map(({ started }) => started.stop()));
  });
});

describe('what cannot work is one sentence and exit code 2', () => {
  const noKeys = write('no-keys.json', '{"clients":[],"keysets":[]}');
  const noJson = write('no-json.json', '{"clients":');

  it.each([
    [
      'an unreadable world',
      ['--world', path.join(folder, 'missing.json')],
      /^uid2-mock: --world: .*missing\.json/,
    ],
    ['no world', ['--world', ''], /--world: expected the path of a JSON file; got nothing/],
    ['a world that is no JSON', ['--world', noJson], /--world: expected JSON/],
    ['an invalid world', ['--world', noKeys], /--world: .*keyset_keys/],
    ['an unknown flag', ['--prot', '1'], /--prot.*--port/],
    ['a wrong port', ['--port', '70000'], /--port: expected a whole number from 0 to 65535; got 70000/],
    ['a wrong profile', ['--profile', 'v9'], /--profile: expected local, seed-v1, v5\.56, current; got v9/],
    ['a wrong date', ['--now', 'yesterday'], /--now: expected .*; got yesterday/],
    [
      'a date in ms',
      ['--now', '1700000000000'],
      /--now: expected an ISO 8601 date such as .*; got 1700000000000/,
    ],
    ['a day that is none', ['--now', '2026-02-30'], /--now: expected .*; got 2026-02-30/],
    ['a wrong lifetime', ['--identity-token-expires-after-seconds', '1.5'], /expected a whole number/],
    ['lifetimes in a wrong order', ['--refresh-token-expires-after-seconds', '10'], /lifetimes: expected/],
    ['seed and world', ['--seed', 'a', '--world', recordedWorld], /seed: expected/],
    ['watch without a world', ['--watch'], /: --watch: expected --world with the path of a file; got none/],
    [
      'an address that the network reaches, with /__admin open to all',
      ['--host', '0.0.0.0'],
      /: --host: expected a loopback address, or --admin-token T or --no-admin beside it, because .*; got 0\.0\.0\.0/,
    ],
    [
      'a seed for determinism without a time',
      ['--deterministic', 'x'],
      /: --deterministic: expected --now beside it, because .*; got none/,
    ],
    [
      'a clock for envelopes that is none',
      ['--envelope-clock', 'mine'],
      /: --envelope-clock: expected real, clock; got mine/,
    ],
    ['an unknown mutant', ['--mutant', 'no/such'], /mutant: expected .*; got no\/such/],
  ])('%s', async (_what, flags, sentence) => {
    const { code, out, err } = await run(['start', '--port', '0', ...flags]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err).toMatch(/^(uid2-mock: [^\n]+\n)+$/);
    expect(err).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it('a variable that no option has', async () => {
    const { code, err } = await run(['start'], { UID2_MOCK_PROT: '1' });
    expect(code).toBe(2);
    expect(err).toMatch(
      /^uid2-mock: environment: expected UID2_MOCK_PORT, UID2_MOCK_HOST, .*; got UID2_MOCK_PROT; did you mean UID2_MOCK_PORT\?\n$/,
    );
    expect(await run(['start'], { UID2_MOCK_BOGUS: '1' })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/; got UID2_MOCK_BOGUS\n$/),
    });
  });

  it('a wrong value of the environment, by its name there', async () => {
    const { code, err } = await run(['start'], { UID2_MOCK_PORT: 'http' });
    expect({ code, err }).toEqual({
      code: 2,
      err: 'uid2-mock: UID2_MOCK_PORT: expected a whole number from 0 to 65535; got http\n',
    });
  });

  it('an admin token of blanks, which nobody can send, by flag and by variable', async () => {
    const sentence =
      'expected a text that is not blank, such as openssl rand -hex 16 prints; got blanks alone';
    expect(await run(['start', '--admin-token', ' '])).toMatchObject({
      code: 2,
      err: `uid2-mock: --admin-token: ${sentence}\n`,
    });
    expect(await run(['start'], { UID2_MOCK_ADMIN_TOKEN: '  ' })).toMatchObject({
      code: 2,
      err: `uid2-mock: UID2_MOCK_ADMIN_TOKEN: ${sentence}\n`,
    });
  });

  it('options that do not go together, each by the name that it was given under', async () => {
    const lifetimes = { UID2_MOCK_REFRESH_TOKEN_EXPIRES_AFTER_SECONDS: '10' };
    const flags = ['--identity-token-expires-after-seconds', '20'];
    expect(await run(['start', ...flags], lifetimes)).toMatchObject({
      code: 2,
      err:
        'uid2-mock: lifetimes: expected --refresh-identity-token-after-seconds <= ' +
        '--identity-token-expires-after-seconds <= UID2_MOCK_REFRESH_TOKEN_EXPIRES_AFTER_SECONDS; got 900, 20, 10\n',
    });
    expect(await run(['start', '--token-version', 'v2'], { UID2_MOCK_PROFILE: 'current' })).toMatchObject({
      code: 2,
      err: 'uid2-mock: --token-version: expected UID2_MOCK_PROFILE local; got profile current\n',
    });
    expect(await run(['start'], { UID2_MOCK_WATCH: '1' })).toMatchObject({
      code: 2,
      err: 'uid2-mock: UID2_MOCK_WATCH: expected --world with the path of a file; got none\n',
    });
    expect(await run(['start', '--scope', 'euid'], { UID2_MOCK_WORLD: recordedWorld })).toMatchObject({
      code: 2,
      err: 'uid2-mock: --scope: expected UID2, as in the UID2_MOCK_WORLD; got euid\n',
    });
  });

  it('a port in use', async () => {
    const { started, line } = await startJson();
    const { port } = new URL(line.url);
    const { code, out, err } = await run(['start', '--port', port]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      new RegExp(
        `^uid2-mock: --port: expected a free port [^\\n]*; got ${port} \\(EADDRINUSE\\); choose another, or 0 for any free port\\n$`,
      ),
    );
    await started.stop();
  });

  it('an unknown command', async () => {
    expect(await run(['serve'])).toEqual({
      code: 2,
      out: '',
      err: "uid2-mock: unknown command 'serve'; --help lists the commands\n",
    });
  });
});

describe('uid2-mock', () => {
  it('tells its version', async () => {
    const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    expect(await run(['--version'])).toEqual({ code: 0, out: `${JSON.parse(manifest).version}\n`, err: '' });
  });

  it('lists its commands and their flags', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect([...out.matchAll(/^ {2}([a-z]+) \[/gm)].map(([, command]) => command)).toEqual([
      'start',
      'ctl',
      'inspect',
      'hash',
      'proxy',
      'verify',
      'selftest',
      'world',
      'faults',
      'healthcheck',
      'help',
    ]);
    const help = await run(['start', '--help']);
    for (const flag of ['--port <N>', '--world <FILE>', '--token-version <V>', '--quiet']) {
      expect(help.out).toContain(flag);
    }
    expect(help.out).toContain('UID2_MOCK_PORT');
  });
});

describe('healthcheck', () => {
  let failing: Server;
  beforeAll(async () => {
    failing = createServer((_request, answer) => {
      answer.writeHead(503).end();
    }).listen(0, '127.0.0.1');
    await once(failing, 'listening');
  });
  afterAll(() => {
    failing.close();
  });

  it('exits with 0 when an operator answers', async () => {
    const { started, line } = await startJson();
    expect(await run(['healthcheck', '--url', line.url])).toEqual({ code: 0, out: 'OK\n', err: '' });
    expect(await run(['healthcheck', '--url', `${line.url}/`])).toMatchObject({ code: 0 });
    const { port } = new URL(line.url);
    expect(await run(['healthcheck'], { UID2_MOCK_PORT: port, PORT: '1' })).toMatchObject({ code: 0 });
    expect(await run(['healthcheck'], { PORT: port })).toMatchObject({ code: 0 });
    await started.stop();
  });

  it.each([
    [{}, 'http://127.0.0.1:8432'],
    [{ UID2_MOCK_HOST: '', UID2_MOCK_PORT: '', PORT: '' }, 'http://127.0.0.1:8432'],
    [{ UID2_MOCK_HOST: '192.0.2.7', UID2_MOCK_PORT: '1' }, 'http://192.0.2.7:1'],
    [{ UID2_MOCK_HOST: 'localhost', PORT: '1' }, 'http://localhost:1'],
    [{ UID2_MOCK_HOST: '::1', PORT: '1' }, 'http://[::1]:1'],
    [{ UID2_MOCK_HOST: '0.0.0.0', PORT: '1' }, 'http://127.0.0.1:1'],
    [{ UID2_MOCK_HOST: '::', PORT: '1' }, 'http://[::1]:1'],
  ])('asks where start listens in the same environment: %j', async (environment, url) => {
    const { out } = await run(['healthcheck', '--help'], environment);
    expect(out.replace(/\s+/g, ' ')).toContain(`(default: "${url}")`);
  });

  it('reaches a mock that listens on all addresses', async () => {
    const environment = { UID2_MOCK_HOST: '0.0.0.0' };
    const { started, line } = await startJson(['--no-admin'], environment);
    const { port } = new URL(line.url);
    expect(await run(['healthcheck'], { ...environment, UID2_MOCK_PORT: port })).toMatchObject({ code: 0 });
    await started.stop();
  });

  it('exits with 1 when none does, or with another status', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, out, err } = await run(['healthcheck', '--url', url]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^uid2-mock: [^\n]*expected an operator; got no answer\n$/);
    const { port } = failing.address() as AddressInfo;
    const refused = await run(['healthcheck', '--url', `http://127.0.0.1:${port}`]);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^uid2-mock: [^\n]*expected status 200; got 503\n$/);
  });

  it.each([
    ['nowhere', {}, 'nowhere'],
    ['', {}, 'nothing'],
    ['ftp://127.0.0.1', {}, 'ftp://127.0.0.1'],
    [undefined, { UID2_MOCK_PORT: 'http' }, 'http://127.0.0.1:http'],
  ])('exits with 2 when %j is no URL', async (url, environment, got) => {
    const flags = url === undefined ? [] : ['--url', url];
    expect(await run(['healthcheck', ...flags], environment)).toEqual({
      code: 2,
      out: '',
      err: `uid2-mock: --url: expected an http or https URL; got ${got}\n`,
    });
  });
});
