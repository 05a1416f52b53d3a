/** Control calls that nobody should make: what they ask for is refused, or done, and holds up nobody else. */

import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Composed, compose } from '../compose.ts';
import { type MockOperator, startMockOperator } from '../index.ts';
import { listen } from '../listen.ts';
import { nearest } from '../operator/world/nearest.ts';
import { admin, adminOk } from '../testing/admin.ts';
import { companyOf, get } from '../testing/caller.ts';

let composed: Composed;
let mock: MockOperator;
beforeAll(async () => {
  composed = await compose({ profile: 'v5.56' });
  mock = await listen(composed);
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const LAST_MS = 8_640_000_000_000_000;
const MEBIBYTE = 1_048_576;

async function opened(bytes: string, { url } = mock): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

describe('the clock at the ends of what a date can hold', () => {
  it.each([
    ['last', LAST_MS],
    ['first', -LAST_MS],
  ])('stands at the %s time, and everything is answered there', async (_, ms) => {
    await adminOk(mock, 'POST /clock', { set: ms });
    await adminOk(mock, 'POST /clock', { rate: 1_000_000 });
    await adminOk(mock, 'POST /clock', { resume: true });
    for (const call of ['GET /clock', 'GET /state', 'GET /requests', 'POST /salts/rotate']) {
      await adminOk(mock, call);
    }
    expect(Math.abs((await adminOk(mock, 'GET /clock')).now_ms)).toBeGreaterThan(LAST_MS - 1_000_000_000_000);
    const path = '/v1/identity/buckets?since_timestamp=2021-03-01T00:00:00';
    expect((await get(mock, path, {}, { credential: companyOf(mock) })).status).toBe(200);
    await adminOk(mock, 'GET /requests');
  });

  it('runs no further, and comes back', async () => {
    await adminOk(mock, 'POST /clock', { set: LAST_MS });
    expect((await adminOk(mock, 'POST /clock', { rate: 1_000_000 })).now_ms).toBe(LAST_MS);
    expect((await adminOk(mock, 'POST /clock', { freeze: true })).now_ms).toBe(LAST_MS);
    expect((await adminOk(mock, 'POST /clock', { advance: '-1d' })).now_ms).toBe(LAST_MS - 86_400_000);
  });
});

describe('long input', () => {
  it('is not searched for misspelt names', async () => {
    const long = 'x'.repeat(MEBIBYTE);
    expect(nearest(long, ['set', 'x'])).toBeUndefined();
    expect(nearest('x', ['', 'yyyyyyyyyyyy'])).toBeUndefined();
    const { status, json } = await admin(mock, 'POST /clock', { [long]: 1 });
    expect(status).toBe(400);
    expect(json.error.got).toBe(`a string of ${MEBIBYTE} characters`);
  });

  it('has a hundred mistakes told', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`member${i}`, i]));
    const wrong = Array.from({ length: 1000 }, () => 5);
    for (const [call, body] of [
      ['POST /clock', unknown],
      ['POST /optouts', wrong],
      ['POST /optouts', Array.from({ length: 20 }, () => unknown)],
      ['POST /reset', { only: wrong }],
    ] as const) {
      const { status, json } = await admin(mock, call, body);
      expect([call, status]).toEqual([call, 400]);
      expect(json.error.message.split('\n')).toHaveLength(100);
    }
  });

  it('is refused where it holds more than a call can take', async () => {
    const text = JSON.stringify({ sites: 'x'.repeat(3 * MEBIBYTE) });
    expect((await admin(mock, 'POST /clock', undefined, { text })).json.error).toMatchObject({
      field: 'body',
      expected: 'at most 2097152 bytes',
    });
    // worlds are long
    expect((await admin(mock, 'PATCH /world', undefined, { text })).status).toBe(400);
    const email = 'many@example.com';
    const optOuts = (count: number): object[] => Array.from({ length: count }, () => ({ email }));
    expect(await adminOk(mock, 'POST /optouts', optOuts(10_000))).toEqual({ added: 10_000 });
    expect((await admin(mock, 'POST /optouts', optOuts(10_001))).json.error).toMatchObject({
      field: 'body',
      expected: 'at most 10000 at once; an import takes any number',
    });
    const faults = Array.from({ length: 6000 }, () => ({ client: 'nobody', status: 500 }));
    await adminOk(mock, 'POST /faults', faults);
    const { status, json } = await admin(mock, 'POST /faults', faults);
    expect([status, json.error.field, json.error.got]).toEqual([409, 'faults', '12000']);
    await adminOk(mock, 'DELETE /faults');
    await adminOk(mock, 'POST /faults', faults);
  });

  it('is checked in turns where it is long by right: all or none', async () => {
    const email = 'many@example.com';
    const before = await adminOk(mock, 'GET /optouts');
    const list = [...Array.from({ length: 500 }, () => ({ email })), { email: 'nobody' }];
    const { status, json } = await admin(mock, 'POST /optouts', list);
    expect([status, json.error.field]).toEqual([400, '[500].email']);
    expect(await adminOk(mock, 'GET /optouts')).toEqual(before);
  });
});

describe('odd input', () => {
  it('is answered with a sentence that says something', async () => {
    const { json } = await admin(mock, 'DELETE /faults?x=1');
    expect(json.error.message).toBe('query: expected no members; got "x"');
    expect(await adminOk(mock, 'POST /optouts/import')).toEqual({ added: 0 });
    for (const call of ['GET /requests/%', `GET /requests/${'x'.repeat(500)}`, 'DELETE /tests/%ff']) {
      expect((await admin(mock, call)).json.error.field, call).toBe('request');
    }
  });

  it('may follow the journal from an id beyond a million on', async () => {
    const followed = await fetch(`${mock.url}/__admin/requests/stream`, {
      headers: { 'last-event-id': '123456789' },
      signal: AbortSignal.timeout(10_000),
    });
    expect(followed.status).toBe(200);
    await followed.body?.cancel();
  });
});

describe('a caller that goes away', () => {
  /** How many wait for or follow the journal. */
  function watching(): { count: () => number; until: (count: number) => Promise<void> } {
    let present = 0;
    let tell = (): void => undefined;
    const journal = composed.journals?.of('');
    if (journal === undefined) throw new Error('expected a journal');
    const watch = journal.watch.bind(journal);
    journal.watch = (watcher) => {
      present += 1;
      tell();
      const stop = watch(watcher);
      let isStopped = false;
      return () => {
        if (!isStopped) present -= 1;
        isStopped = true;
        stop();
        tell();
      };
    };
    const until = async (count: number): Promise<void> => {
      while (present !== count) await new Promise<void>((resolve) => (tell = resolve));
    };
    return { count: () => present, until };
  }

  it.each([
    ['a wait', '/requests?wait=2m', 1],
    ['waits in a pipeline', '/requests?wait=2m', 30],
    ['a stream', '/requests/stream', 1],
    ['streams in a pipeline', '/requests/stream', 30],
  ])('ends %s', async (_, path, count) => {
    const { until } = watching();
    const socket = await opened(`GET /__admin${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(count));
    await until(count);
    socket.destroy();
    await until(0);
  });
});

describe('targets', () => {
  it.each([
    '/__test',
    '/__test/',
    '/__test//v1/key/latest',
    '/__test/./v1/key/latest',
    '/__test/../v1/key/latest',
    '/__test/%2e/v1/key/latest',
    '/__test/.%2E/v1/key/latest',
    '/__tests/one/v1/key/latest',
    '/%5f_test/one/v1/key/latest',
    '/__TEST/one/v1/key/latest',
    '/__administer',
    '/__ADMIN/health',
    '/%5f_admin/health',
    '//__admin/health',
    '/./__admin/health',
    '/x/../__admin/health',
    'http://localhost/__admin/health',
  ])('%s is answered as by an operator without control', async (target) => {
    const off = await startMockOperator({ profile: 'v5.56', admin: false });
    const answers = await Promise.all(
      [mock.url, off.url].map(async (url) => {
        const key = mock.credentials[0]?.key;
        const socket = await opened('', { ...mock, url });
        socket.end(`GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`);
        const parts: Buffer[] = [];
        socket.on('data', (part) => parts.push(part));
        await once(socket, 'close');
        return Buffer.concat(parts)
          .toString('latin1')
          .replace(/^date: .*$/im, '');
      }),
    );
    expect(answers[0]).toMatch(/^HTTP\/1\.1 \d{3}/);
    expect(answers[0]).toBe(answers[1]);
    await off.close();
  });
});

it.each([
  'GET /__admin/requests?wait=300ms HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /__admin/clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n{"resume":true}',
])('%j is answered before bytes behind it that are no request', async (call) => {
  const socket = await opened(`${call}\0\0\r\n\r\n`);
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  await once(socket, 'close');
  const statuses = Buffer.concat(parts)
    .toString()
    .match(/HTTP\/1\.1 \d{3}/g);
  expect(statuses).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
});

it('a call that is complete only during the shutdown is answered as any other', async () => {
  const closing = await startMockOperator();
  await adminOk(closing, 'GET /health');
  const socket = await opened('GET /__admin/health HTTP/1.1\r\n', closing);
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  const ended = once(socket, 'close');
  // connections are taken in their order: the server has that one
  const later = await opened('', closing);
  later.write('GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(later, 'data');
  const closed = closing.close();
  socket.write('Host: localhost\r\n\r\n');
  await Promise.all([closed, ended]);
  expect(Buffer.concat(parts).toString()).toMatch(/^HTTP\/1\.1 200 /);
});
