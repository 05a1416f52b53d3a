/** `uid2-mock inspect`: output, exit codes, and usage errors. */

import { createCipheriv, createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startMockOperator } from '../mock-server/index.ts';
import { runInProcess } from '../mock-server/testing/command-line.ts';

const NOW = '2026-03-04T05:06:07.000Z';
const now = Date.parse(NOW);
let secret = '';
let other = '';
let key = '';

interface Sealing {
  readonly json?: string;
  readonly time?: number;
  readonly secret?: string;
}

/** An envelope in base64, sealed here and not by code under test. */
function sealed({
  json = '{"email":"user@example.com"}',
  time = now,
  secret: by = secret,
}: Sealing = {}): string {
  const iv = Buffer.alloc(12, 7);
  const stamp = Buffer.alloc(8);
  stamp.writeBigInt64BE(BigInt(time));
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(by, 'base64'), iv);
  const text = Buffer.concat([stamp, Buffer.alloc(8, 9), Buffer.from(json)]);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([Buffer.of(1), iv, body, cipher.getAuthTag()]).toString('base64');
}

const inspect = (...args: string[]) => runInProcess(['inspect', '--now', NOW, ...args]);

async function inspected(...args: string[]) {
  const { code, out, err } = await inspect('--json', ...args);
  expect(err).toBe('');
  return { code, ...JSON.parse(out) };
}

beforeAll(async () => {
  await using mock = await startMockOperator();
  const [first, second] = mock.world.clients;
  ({ secret = '', key = '' } = first ?? {});
  other = second?.secret ?? '';
});

describe('inspect of a request', () => {
  it('finds nothing wrong with a right one', async () => {
    const { code, ...found } = await inspected(sealed(), '--secret', secret);
    expect({ code, ...found }).toMatchObject({
      code: 0,
      kind: 'request_envelope',
      opens: true,
      refusal: null,
      causes: [],
    });
    expect(found.found.payload).toBe('{"email":"user@example.com"}');
  });

  it('tells of a mistake that the operator serves for another person', async () => {
    const empty = createHash('sha256').update('').digest('base64');
    const body = sealed({ json: JSON.stringify({ email_hash: empty }) });
    expect(await inspected(body, '--secret', secret)).toMatchObject({
      code: 1,
      opens: true,
      refusal: null,
      causes: [{ id: 'constant_text', proved: true }],
    });
  });

  it('reads the empty body as a body', async () => {
    expect(await inspected('', '--secret', secret)).toMatchObject({
      code: 1,
      refusal: { status: 400, message: 'Invalid body: Body is missing.' },
      causes: [{ proved: true }],
    });
  });

  it('names the owner of another secret', async () => {
    const found = await inspected(sealed({ secret: other }), '--key', key);
    expect(found).toMatchObject({ code: 1, causes: [{ id: 'key_other_client', proved: true }] });
    expect(found.refusal.message).toMatch(/^Invalid body: Check encryption key \(ClientSecret\)\. See https/);
  });

  it('takes a secret that no client of the world has', async () => {
    const unknown = Buffer.alloc(32, 3).toString('base64');
    expect(await inspected(sealed({ secret: unknown }), '--secret', unknown)).toMatchObject({ code: 0 });
  });

  it('answers as the profile does', async () => {
    const wrong = sealed({ secret: other });
    const found = await inspected(wrong, '--key', key, '--profile', 'v5.56');
    expect(found.refusal.message).toBe('Invalid body: Check encryption key (ClientSecret)');
  });

  it('says why a key is refused', async () => {
    const found = await inspected(sealed(), '--header', `x-api-key: ${key}`);
    expect(found).toMatchObject({
      code: 1,
      refusal: { status: 401 },
      causes: [{ id: 'key_in_other_header' }],
    });
  });

  it('says what an identifier is called', async () => {
    const found = await inspected(sealed({ json: '{"emailHash":"x"}' }), '--secret', secret);
    expect(found).toMatchObject({
      refusal: { status: 400 },
      causes: [{ id: 'identifier_misnamed', proved: true }],
    });
  });

  it('reads the bytes of a file and of standard input', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'inspect-')), 'body');
    writeFileSync(file, `${sealed()}\n`);
    expect(await inspected(`@${file}`, '--secret', secret)).toMatchObject({
      causes: [{ id: 'wrap_newline' }],
    });
    const input = async function* () {
      yield Buffer.from(sealed());
    };
    const { code } = await runInProcess(['inspect', '-', '--now', NOW, '--secret', secret], {}, { input });
    expect(code).toBe(0);
  });

  it('uses the world and the clock of a running mock', async () => {
    await using mock = await startMockOperator({ seed: 'another', now: '2025-01-02T03:04:05Z' });
    const [client] = mock.world.clients;
    const body = sealed({ secret: client?.secret ?? '', time: mock.clock.now() });
    const { code } = await runInProcess(['inspect', body, '--url', mock.url, '--client', client?.name ?? '']);
    expect(code).toBe(0);
  });

  it('prints what it found, the answer, and the causes with their fixes', async () => {
    const { code, out } = await inspect(sealed({ time: now + 7_200_000 }), '--secret', secret);
    expect(code).toBe(1);
    expect(out).toMatch(/^payload +\{"email":"user@example.com"\}$/m);
    expect(out).toMatch(/^answer +400 Invalid timestamp: Request too old or client time drift\.$/m);
    expect(out).toMatch(/^proved: the time is 2 h from the clock.*\(time_zone\)\n {3}fix: /m);
  });
});

describe('inspect of anything', () => {
  it('takes a text without a secret for what it looks like', async () => {
    expect(await inspected('user@example.com')).toMatchObject({ code: 1, kind: 'email_address' });
  });
});

describe('wrong usage', () => {
  it.each([
    [
      ['x', '--secret', 'short'],
      /^uid2-mock: --secret: expected base64 of 32 bytes .*; got another text of 5 characters/,
    ],
    [['x', '--header', 'nothing'], /^uid2-mock: --header: expected 'Name: value'; got "nothing"/],
    [['x', '--client', 'Nobody'], /^uid2-mock: --client: expected the name of a client .*; got Nobody$/m],
    [['x', '--profile', 'old'], /^uid2-mock: --profile: expected one of .*; got old$/m],
    [['x', '--now', 'soon'], /^uid2-mock: --now: expected a time .*; got soon$/m],
    [
      ['x', '--route', 'v2/token'],
      /^uid2-mock: --route: expected a path that begins with \/; got v2\/token$/m,
    ],
    [['@/no/such/file'], /^uid2-mock: WHAT: expected a file behind @; got \/no\/such\/file \(ENOENT\)$/m],
    [['x', '--url', 'http://127.0.0.1:1'], /^uid2-mock: --url: expected a running mock operator; got http/],
    [['x', '--url', 'http://127.0.0.1:1', '--world', 'f'], /^uid2-mock: --world: expected no --url/],
    [[], /^uid2-mock: missing required argument 'WHAT'/],
  ])('%j', async (args, message) => {
    const { code, out, err } = await runInProcess(['inspect', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});
