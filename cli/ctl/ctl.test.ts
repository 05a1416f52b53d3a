/** `uid2-mock ctl`: what each command does to a running mock, what it prints, and how it fails. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../../mock-server/index.ts';
import { post } from '../../mock-server/testing/caller.ts';
import {
  type Exit,
  InProcess,
  killCommandLines,
  runInProcess,
} from '../../mock-server/testing/command-line.ts';

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator();
});
afterAll(() => mock.close());
afterEach(async () => {
  await killCommandLines();
  await mock.reset();
  await mock.isolate('mine').reset();
});

/** Runs a command of `ctl` against the mock, whose address the environment has. */
const ctl = (...args: string[]): Promise<Exit> =>
  runInProcess(['ctl', ...args], { UID2_MOCK_PORT: new URL(mock.url).port });

/** What a command prints that does what it is asked for. */
async function printed(...args: string[]): Promise<string> {
  const { code, out, err } = await ctl(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

async function failure(...args: string[]): Promise<[code: number | null, sentence: string]> {
  const { code, out, err } = await ctl(...args);
  expect(out).toBe('');
  return [code, err];
}

const generate = async (identity: object, url = mock.url): Promise<string> =>
  (await post({ ...mock, url }, '/v2/token/generate', { ...identity, policy: 1 })).json.status;

describe('ctl clock', () => {
  it('shows where the clock stands', async () => {
    expect(await printed('clock')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z, running\n$/);
    await mock.clock.set('2026-05-01T00:00:00Z');
    expect(await printed('clock')).toBe('2026-05-01T00:00:00.000Z, frozen\n');
    expect(JSON.parse(await printed('clock', '--json'))).toEqual(await mock.clock.get());
  });

  it.each([
    [['set', '2026-05-01T00:00:00Z'], '2026-05-01T00:00:00.000Z, frozen\n'],
    [['set', '1000'], '1970-01-01T00:00:01.000Z, frozen\n'],
    [['set', '-1'], '1969-12-31T23:59:59.999Z, frozen\n'],
    [['freeze'], '2026-01-01T00:00:00.000Z, frozen\n'],
  ])('%j', async (args, line) => {
    await mock.clock.set('2026-01-01T00:00:00Z');
    expect(await printed('clock', ...args)).toBe(line);
    expect(await printed('clock')).toBe(line);
  });

  it('rate and resume let it run', async () => {
    await mock.clock.freeze();
    expect(await printed('clock', 'rate', '60')).toMatch(/Z, running 60 times as fast as the machine\n$/);
    expect(await printed('clock', 'resume')).toMatch(/Z, running\n$/);
  });

  it.each([
    ['90d', '2026-04-01'],
    ['-1d', '2025-12-31'],
    ['86400000', '2026-01-02'],
  ])('advance %s has envelopes checked by the time of the machine, and says so', async (duration, day) => {
    await mock.clock.set('2026-01-01T00:00:00Z');
    expect(await printed('clock', 'advance', duration)).toBe(
      `${day}T00:00:00.000Z, frozen; envelopes are checked by the machine's clock\n` +
        "Envelopes are now checked by the machine's clock, so that clients on true time are not refused.\n" +
        'uid2-mock ctl clock envelopes clock has them checked by the clock of the mock.\n',
    );
    expect(await printed('clock', 'envelopes', 'clock')).toBe(`${day}T00:00:00.000Z, frozen\n`);
  });

  it('advance leaves a client on true time served', async () => {
    await printed('clock', 'advance', '90d');
    const options = { timestampMs: Date.now() };
    const { status } = await post(
      mock,
      '/v2/token/generate',
      { email: 'ctl@example.com', policy: 1 },
      options,
    );
    expect(status).toBe(200);
  });

  it.each([
    [
      ['set', 'tomorrow'],
      'set: expected epoch ms or an ISO 8601 date such as 2026-01-31T12:00:00Z; got "tomorrow"',
    ],
    [['advance', '1y'], 'advance: expected ms, or a text such as 500ms, 30s, 15m, 12h, 90d or 2w; got "1y"'],
    [['rate', '0'], 'rate: expected a number above 0, at most 1000000; got 0'],
    [['rate', 'fast'], 'rate: expected a number; got "fast"'],
    [['set'], "missing required argument 'ISO'"],
    [['freeze', 'now'], "too many arguments for 'freeze'. Expected 0 arguments but got 1."],
    [['advence', '1d'], "unknown command 'advence'; did you mean advance?"],
  ])('%j is wrong usage', async (args, sentence) => {
    expect(await failure('clock', ...args)).toEqual([2, `uid2-mock: ${sentence}\n`]);
  });
});

describe('ctl optout', () => {
  const hash = 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=';

  it.each<[string[], object]>([
    [['ctl@example.com'], { email: 'ctl@example.com' }],
    [['+12345678957'], { phone: '+12345678957' }],
    [[hash], { email: 'user@example.com' }],
    [[Buffer.from(hash, 'base64').toString('hex')], { email_hash: hash }],
    [['--as', 'phone_hash', hash], { phone_hash: hash }],
  ])('add and remove %j', async (who, identity) => {
    expect(await printed('optout', 'add', ...who)).toBe('1 opt-out added\n');
    expect(await generate(identity)).toBe('optout');
    expect(await printed('optout', 'remove', ...who)).toBe('1 opt-out removed\n');
    expect(await generate(identity)).toBe('success');
    expect(await printed('optout', 'remove', ...who)).toBe('0 opt-outs removed\n');
  });

  it('adds several with a time, and lists them', async () => {
    expect(
      await printed('optout', 'add', 'a@example.com', '+12345678957', '--at', '2026-01-01T00:00:00Z'),
    ).toBe('2 opt-outs added\n');
    const [count, ...rows] = (await printed('optout', 'list')).trimEnd().split('\n');
    expect(count).toBe('3 opt-outs in force');
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toMatch(/^\d{4}-01-01T00:00:00\.000Z {2}\S{44} {2}\S{43}=$/);
    const { count: all, optouts } = JSON.parse(await printed('optout', 'list', '--json', '--limit', '1'));
    expect([all, optouts.length]).toEqual([3, 1]);
  });

  it.each([
    [
      ['add', 'nobody'],
      'WHO: expected an email address, a phone number that begins with +, or a SHA-256 in base64 or',
    ],
    [['add', 'a@'], 'email: expected a valid email; got an invalid one'],
    [['add', 'a@example.com', 'b@'], '[1].email: expected a valid email; got an invalid one'],
    [['add', 'a@example.com', '--at', 'noon'], '--at: expected epoch ms or an ISO 8601 date'],
    [['add', 'a@example.com', '--as', 'name'], "option '--as <KIND>' argument 'name' is invalid."],
    [['list', '--limit', '0'], '--limit: expected at least 1; got 0'],
    [['add'], "missing required argument 'WHO'"],
  ])('%j is wrong usage', async (args, sentence) => {
    const [code, got] = await failure('optout', ...args);
    expect(code).toBe(2);
    expect(got).toContain(`uid2-mock: ${sentence}`);
    expect(await mock.optOuts.list()).toHaveLength(1);
  });
});

describe('ctl fault', () => {
  const status = async (): Promise<number> =>
    (await fetch(`${mock.url}/v1/token/generate`, { headers: { authorization: 'Bearer unknown' } })).status;

  it('orders a preset for some requests, and says how often it was met', async () => {
    expect(await printed('fault', 'list')).toBe('No faults\n');
    expect(await printed('fault', 'add', 'rate-limited', '--times', '2')).toMatch(
      /^\S+ {2}rate-limited {2}\{.*"status":429.*\} {2}applied 0 times, 2 left\n$/,
    );
    expect(await status()).toBe(429);
    expect(await printed('fault', 'list')).toMatch(/ {2}applied once, 1 left\n$/);
    expect([await status(), await status()]).toEqual([429, 401]);
  });

  it('orders a fault as JSON, narrowed by flags, and removes it', async () => {
    const narrow = ['--after', '1', '--route', '/v1/*', '--client', 'Example Publisher'];
    const added = await printed('fault', 'add', '{"status": 503}', ...narrow, '--json');
    const [fault] = JSON.parse(added).faults;
    expect(fault).toMatchObject({
      status: 503,
      after: 1,
      route: '/v1/*',
      client: 'Example Publisher',
      left: null,
    });
    expect(await printed('fault', 'list')).toMatch(/ {2}applied 0 times, no end\n$/);
    expect(await printed('fault', 'remove', fault.id)).toBe('Removed\n');
    expect(await failure('fault', 'remove', fault.id)).toEqual([
      1,
      expect.stringMatching(/^uid2-mock: id: [^\n]+\n$/),
    ]);
  });

  it('clear removes all', async () => {
    await printed('fault', 'add', 'rate-limited');
    await printed('fault', 'add', 'down', '--times', '1');
    expect(await printed('fault', 'clear')).toBe('2 removed\n');
    expect(await status()).toBe(401);
  });

  it.each([
    [['add', 'rate-limitd'], 'preset: expected one of '],
    [
      ['add', '{"status": 503'],
      'FAULT: expected the name of a preset (uid2-mock faults), or JSON; got invalid JSON',
    ],
    [['add', '{"staus": 503}'], 'body: expected members '],
    [['add', 'down', '--times', '0'], '--times: expected at least 1; got 0'],
    [['add'], "missing required argument 'FAULT'"],
  ])('%j is wrong usage', async (args, sentence) => {
    const [code, got] = await failure('fault', ...args);
    expect(code).toBe(2);
    expect(got).toContain(`uid2-mock: ${sentence}`);
  });
});

describe('ctl keys and salts', () => {
  it('rotate the keys of all keysets, or of one from a time on', async () => {
    const before = mock.world.keyset_keys.length;
    const all = (await printed('keys', 'rotate')).trimEnd().split('\n');
    expect(all).toHaveLength(mock.world.keysets.length);
    for (const line of all) expect(line).toMatch(/^key \d+ of keyset -?\d+, active from \d{4}-\S+Z$/);
    const keyset = String(mock.world.keysets[0]?.id);
    expect(
      await printed('keys', 'rotate', '--keyset', keyset, '--activates', '2030-01-01T00:00:00Z'),
    ).toMatch(new RegExp(`^key \\d+ of keyset ${keyset}, active from 2030-01-01T00:00:00\\.000Z\n$`));
    expect(mock.world.keyset_keys).toHaveLength(before + all.length + 1);
    expect(await failure('keys', 'rotate', '--keyset', '987654')).toEqual([
      1,
      expect.stringMatching(/^uid2-mock: --keyset: expected [^\n]+; got 987654\n$/),
    ]);
    expect(await failure('keys', 'rotate', '--keyset', 'x')).toEqual([
      2,
      expect.stringContaining('--keyset: '),
    ]);
  });

  it('rotate the salts of all buckets, of a share, or of those that are named', async () => {
    const all = mock.world.salts.buckets.length;
    const rotated = JSON.parse(await printed('salts', 'rotate', '--json')).buckets;
    expect(rotated).toHaveLength(all);
    expect(await printed('salts', 'rotate', '--share', '0.5')).toMatch(/^New salts for \d+ buckets?\n$/);
    expect(await printed('salts', 'rotate', '--bucket', rotated[0], '--bucket', rotated[1])).toBe(
      'New salts for 2 buckets\n',
    );
    expect(await failure('salts', 'rotate', '--share', '2')).toEqual([
      2,
      expect.stringContaining('--share: '),
    ]);
  });
});

describe('ctl world, health, state and reset', () => {
  it('print what the operator says', async () => {
    expect(JSON.parse(await printed('world'))).toEqual(JSON.parse(await printed('world', '--json')));
    expect(JSON.parse(await printed('world')).sites).toEqual(mock.world.sites);
    expect(await printed('health')).toMatch(/^up {8}true\nprofile {3}local\nscope {5}uid2\n/);
    expect(JSON.parse(await printed('health', '--json'))).toMatchObject({ up: true, profile: 'local' });
    expect(await printed('state')).toMatch(/\noptouts {3}1\n/);
    expect(JSON.parse(await printed('state', '--json'))).toMatchObject({ optouts: 1 });
  });

  it('reset brings back everything, or the parts that are named', async () => {
    const change = (): Promise<unknown> =>
      Promise.all([mock.clock.freeze(), mock.optOuts.add({ email: 'ctl@example.com' })]);
    await change();
    expect(await printed('reset', 'clock')).toBe('Reset: clock\n');
    expect((await mock.clock.get()).frozen).toBe(false);
    expect(await mock.optOuts.list()).toHaveLength(2);
    await change();
    expect(await printed('reset')).toBe('Reset: clock, optouts, faults, requests, world\n');
    expect(await mock.optOuts.list()).toHaveLength(1);
    expect((await mock.clock.get()).frozen).toBe(false);
    expect(await failure('reset', 'journal')).toEqual([
      2,
      expect.stringMatching(/^uid2-mock: only\[0\]: expected one of clock, [^\n]+; got "journal"\n$/),
    ]);
  });
});

describe('ctl optout import', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-ctl-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const fileOf = (text: string): string => {
    const file = path.join(folder, 'opt-outs.ndjson');
    writeFileSync(file, text);
    return file;
  };
  const lines = '{"email": "first@example.com", "at": 5}\n\n{"phone": "+12345678958"}\n';

  it('reads a file, or standard input', async () => {
    expect(await printed('optout', 'import', fileOf(lines))).toBe('2 opt-outs added\n');
    expect(await generate({ email: 'first@example.com' })).toBe('optout');
    const piped = {
      input: () => Readable.from([Buffer.from('{"email": "pip'), Buffer.from('ed@example.com"}')]),
    };
    const environment = { UID2_MOCK_PORT: new URL(mock.url).port };
    expect(await runInProcess(['ctl', 'optout', 'import', '-', '--json'], environment, piped)).toEqual({
      code: 0,
      out: '{"added":1}\n',
      err: '',
    });
    expect(await generate({ email: 'piped@example.com' })).toBe('optout');
  });

  it.each([
    [
      '{"email": "first@example.com"}\n\n{"email": "nobody"}\n',
      /^uid2-mock: line 3\.email: expected [^\n]+; got [^\n]+\n$/,
    ],
    [
      '{"email": "first@example.com"}\nfirst@example.com\n',
      /^uid2-mock: line 2: expected an object in JSON; got [^\n]+\n$/,
    ],
  ])('names the line that is wrong in %j', async (text, sentence) => {
    expect(await failure('optout', 'import', fileOf(text))).toEqual([2, expect.stringMatching(sentence)]);
  });

  it('says that a file cannot be read', async () => {
    const absent = path.join(folder, 'absent');
    expect(await failure('optout', 'import', absent)).toEqual([
      2,
      `uid2-mock: FILE: expected a readable file, or - for standard input; got ${absent} (ENOENT)\n`,
    ]);
  });
});

describe('ctl requests', () => {
  const ask = (key: string, path = '/v1/token/generate'): Promise<Response> =>
    fetch(`${mock.url}${path}?email=reader%40example.com`, { headers: { authorization: `Bearer ${key}` } });
  const key = (): string => mock.credentialFor('GENERATOR').key;
  const name = (): string => mock.credentialFor('GENERATOR').name;
  const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

  it('prints a line per request', async () => {
    expect(await printed('requests')).toBe('No requests\n');
    await ask(key());
    await ask('unknown');
    const [served, refused, ...rest] = (await printed('requests')).split('\n');
    expect(rest).toEqual(['']);
    expect(served).toMatch(new RegExp(`^${TIME} {2}GET +/v1/token/generate +200 +${name()} +served$`));
    expect(refused).toMatch(
      new RegExp(`^${TIME} {2}GET +/v1/token/generate +401 +- +key_unknown: no client has this API key$`),
    );
    expect(JSON.parse(await printed('requests', '--json')).requests).toEqual(await mock.journal.list());
  });

  it('prints one in full', async () => {
    await ask(key());
    const [one] = await mock.journal.list();
    const id = one?.id ?? '';
    expect(JSON.parse(await printed('requests', id))).toEqual(
      JSON.parse(JSON.stringify(await mock.journal.get(id))),
    );
    expect(await failure('requests', '99999')).toEqual([
      1,
      'uid2-mock: id: expected the id of a request in the journal; got "99999"\n',
    ]);
  });

  it.each([
    [
      ['--status', '4xx'],
      ['401', '404'],
    ],
    [['--status', '404'], ['404']],
    [['--reason', 'key_unknown'], ['401']],
    [
      ['--path', '/v1/*'],
      ['200', '401'],
    ],
    [['--client', 'NAME'], ['200']],
    [['--limit', '1'], ['404']],
    [['--since', '2100-01-01T00:00:00Z'], []],
  ])('chooses by %j', async (flags, statuses) => {
    await ask(key());
    await ask('unknown');
    await ask(key(), '/elsewhere');
    const args = flags.map((flag) => flag.replace('NAME', name()));
    const out = await printed('requests', ...args);
    expect([...out.matchAll(/ (\d{3}) /g)].map(([, status]) => status)).toEqual(statuses);
  });

  it('has colours on a terminal only', async () => {
    await ask('unknown');
    const environment = { UID2_MOCK_PORT: new URL(mock.url).port };
    const { out } = await runInProcess(['ctl', 'requests'], environment, { colour: true });
    expect(out).toContain('\u001B[33m401\u001B[39m');
    expect(stripVTControlCharacters(out)).toBe(await printed('requests'));
  });

  it('follows them, from the last ones on, until it is stopped', async () => {
    await ask(key());
    const following = new InProcess(['ctl', 'requests', '--follow', '--url', mock.url]);
    await following.until(() => following.out.includes(' 200 '));
    await ask('unknown');
    await following.until(() => following.out.includes(' 401 '));
    await ask(key(), '/elsewhere');
    await following.until(() => following.out.includes(' 404 '));
    const { code, out, err } = await following.stop();
    expect({ code, err, lines: out.trimEnd().split('\n').length }).toEqual({ code: 0, err: '', lines: 3 });
  });

  it('follows those that are chosen as lines of JSON, until the operator stops', async () => {
    const own = await startMockOperator();
    const at = ['--url', own.url];
    const following = new InProcess(['ctl', 'requests', '--follow', '--json', '--status', '404', ...at]);
    await fetch(`${own.url}/first`);
    await following.until(() => following.out.includes('/first'));
    await fetch(`${own.url}/ops/healthcheck`);
    await fetch(`${own.url}/second`);
    await following.until(() => following.out.includes('/second'));
    await own.close();
    const { code, out, err } = await following.exit();
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).path),
    ).toEqual(['/first', '/second']);
    expect(code).toBe(1);
    expect(err).toMatch(/^uid2-mock: [^\n]+\n$/);
  });

  it.each([
    [['--status', '99'], '--status: expected a status such as 401, or a class such as 4xx; got'],
    [['--reason', 'unknown_key'], '--reason: expected a reason as the journal names it'],
    [['--since', 'noon'], '--since: expected epoch ms'],
    [['--follow', '--limit', '0'], '--limit: expected'],
  ])('%j is wrong usage', async (flags, sentence) => {
    const [code, got] = await failure('requests', ...flags);
    expect(code).toBe(2);
    expect(got).toContain(`uid2-mock: ${sentence}`);
  });
});

describe('the operator that ctl asks', () => {
  it.each([
    ['before', ['--url', 'URL', 'clock', 'freeze']],
    ['behind', ['clock', 'freeze', '--url', 'URL/']],
    ['within, for its control', ['clock', '--url', 'URL/__admin', 'freeze']],
  ])('is named by --url, %s the command', async (_case, args) => {
    const other = await startMockOperator();
    expect((await ctl(...args.map((arg) => arg.replace('URL', other.url)))).code).toBe(0);
    expect([(await mock.clock.get()).frozen, (await other.clock.get()).frozen]).toEqual([false, true]);
    await other.close();
  });

  it('is asked for the state of --test-id', async () => {
    await printed('optout', 'add', 'ctl@example.com', '--test-id', 'mine');
    const identity = { email: 'ctl@example.com' };
    expect([await generate(identity), await generate(identity, `${mock.url}/__test/mine`)]).toEqual([
      'success',
      'optout',
    ]);
    expect(await failure('clock', '--test-id', 'a b')).toEqual([
      2,
      expect.stringContaining('uid2-mock: --test-id: expected 1 to 100 letters, digits and . _ ~ -; got'),
    ]);
  });

  it('gets the admin token by flag or environment, or refuses', async () => {
    const guarded = await startMockOperator({ adminToken: 'sesame' });
    const at = ['ctl', 'clock', '--url', guarded.url];
    const expected = `uid2-mock: --admin-token: expected the admin token of ${guarded.url}; got`;
    expect(await runInProcess(at)).toEqual({ code: 1, out: '', err: `${expected} none\n` });
    expect(await runInProcess([...at, '--admin-token', 'x'])).toMatchObject({
      code: 1,
      err: `${expected} another token\n`,
    });
    expect(await runInProcess([...at, '--admin-token', 'sesame'])).toMatchObject({ code: 0 });
    expect(await runInProcess(at, { UID2_MOCK_ADMIN_TOKEN: 'sesame' })).toMatchObject({ code: 0 });
    await guarded.close();
  });

  it('may be absent, or something else', async () => {
    const bare = await startMockOperator({ admin: false });
    const expected = 'expected a mock operator that serves /__admin; got';
    expect(await failure('clock', '--url', bare.url)).toEqual([
      1,
      `uid2-mock: ${bare.url}: ${expected} status 404 with text/html, as an operator without /__admin answers\n`,
    ]);
    await bare.close();
    expect(await failure('clock', '--url', bare.url)).toEqual([
      1,
      expect.stringMatching(
        /^uid2-mock: http:\S+: expected a mock operator that serves \/__admin; got no answer \(\w+\)\n$/,
      ),
    ]);
    expect(await failure('clock', '--url', 'localhost')).toEqual([
      2,
      'uid2-mock: --url: expected the http or https URL of a mock operator, without a user, query or fragment; got another text\n',
    ]);
  });
});

describe('help', () => {
  it.each([
    [['--help'], 0, 'out'],
    [[], 2, 'err'],
    [['clock', '--help'], 0, 'out'],
    [['optout'], 2, 'err'],
    [['optout', 'add', '--help'], 0, 'out'],
  ] as const)('%j exits with %d', async (args, code, stream) => {
    const exit = await ctl(...args);
    expect(exit.code).toBe(code);
    expect(exit[stream]).toMatch(/^Usage: uid2-mock ctl /);
    expect(exit[stream]).toContain('--url <URL>');
    expect(exit[stream === 'out' ? 'err' : 'out']).toBe('');
  });
});
