/** The journal as a stream of server-sent events, and followed from Node over both transports. */

import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Control, type MockOperator, connectMockOperator, startMockOperator } from './index.ts';
import { ask } from './testing/caller.ts';
import { closeConnections, inParallel, send } from './testing/wire-client.ts';

interface Block {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: string;
}

function blockOf(text: string): Block {
  const lines = text.split('\n').map((line) => {
    const [, name = '', value = ''] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
    return [name === '' ? 'comment' : name, value];
  });
  return Object.fromEntries(lines);
}

/** A reader of server-sent events that is independent of the one in the product. */
class Reader {
  readonly #abort = new AbortController();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';

  static async open(mock: MockOperator, query = '', headers: Record<string, string> = {}): Promise<Reader> {
    const abort = new AbortController();
    const response = await fetch(`${mock.url}/__admin/requests/stream${query}`, {
      headers,
      signal: abort.signal,
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    if (response.body === null) throw new Error('stream: expected a body, got none');
    return new Reader(response.body.getReader(), abort);
  }

  private constructor(reader: ReadableStreamDefaultReader<Uint8Array>, abort: AbortController) {
    this.#reader = reader;
    this.#abort = abort;
  }

  /** The next block; undefined at the end. */
  async next(): Promise<Block | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return blockOf(block);
      }
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** The paths of the next events. */
  async paths(count: number): Promise<string[]> {
    const paths: string[] = [];
    while (paths.length < count) {
      const block = await this.next();
      if (block?.data === undefined) throw new Error('stream: expected an event, got none');
      paths.push(JSON.parse(block.data).path);
    }
    return paths;
  }

  close(): void {
    this.#abort.abort();
  }
}

describe('the stream', () => {
  let mock: MockOperator;
  const readers: Reader[] = [];
  const open = async (query?: string, headers?: Record<string, string>, of = mock): Promise<Reader> => {
    const reader = await Reader.open(of, query, headers);
    readers.push(reader);
    return reader;
  };
  beforeAll(async () => {
    mock = await startMockOperator({ journal: 20 });
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    vi.useRealTimers();
    await mock.reset();
  });
  afterAll(() => mock.close());

  it('begins with the id from where it goes on, and gives each request as it comes', async () => {
    await ask(mock, '/before');
    const reader = await open();
    const [{ id } = { id: '' }] = await mock.journal.list();
    expect(await reader.next()).toEqual({ id });
    await ask(mock, '/ops/healthcheck');
    const block = await reader.next();
    const [, last] = await mock.journal.list();
    expect(block).toEqual({ id: last?.id, event: 'request', data: JSON.stringify(last) });
  });

  it('takes the filters of a list', async () => {
    const reader = await open('?status=4xx&path=/v1/*');
    await reader.next();
    await ask(mock, '/ops/healthcheck');
    await ask(mock, '/nowhere');
    await ask(mock, '/v1/key/latest');
    expect(await reader.paths(1)).toEqual(['/v1/key/latest']);
  });

  it('goes on without a gap after the last event that a reader had', async () => {
    const first = await open();
    await first.next();
    await ask(mock, '/1');
    const block = await first.next();
    first.close();
    for (const path of ['/2', '/3']) await ask(mock, path);
    const resumed = await open('', { 'last-event-id': block?.id ?? '' });
    await ask(mock, '/4');
    expect(await resumed.next()).toEqual({ id: block?.id });
    expect(await resumed.paths(3)).toEqual(['/2', '/3', '/4']);
  });

  it('begins where the query says, but the header of a reader that comes again goes before it', async () => {
    for (const path of ['/1', '/2', '/3']) await ask(mock, path);
    const [, second] = await mock.journal.list();
    const all = await open(`?after=${Number(second?.id) - 2}`);
    await all.next();
    expect(await all.paths(3)).toEqual(['/1', '/2', '/3']);
    const again = await open('?after=0', { 'last-event-id': second?.id ?? '' });
    await again.next();
    expect(await again.paths(1)).toEqual(['/3']);
  });

  it('says when requests are gone that a reader has not had', async () => {
    await ask(mock, '/lost');
    for (let index = 0; index < 20; index++) await ask(mock, `/${index}`);
    const late = await open('?after=1');
    await late.next();
    expect(await late.next()).toEqual({ event: 'gap', data: '{}' });
    expect((await late.paths(20))[0]).toBe('/0');
    // an id of an operator that ran before this one
    const former = await open('', { 'last-event-id': '999999' });
    await former.next();
    expect(await former.next()).toEqual({ event: 'gap', data: '{}' });
  });

  it('has no gap where requests were removed', async () => {
    await ask(mock, '/1');
    const [one] = await mock.journal.list();
    await ask(mock, '/2');
    await mock.journal.clear();
    await ask(mock, '/3');
    const reader = await open(`?after=${one?.id}`);
    await reader.next();
    expect(await reader.paths(1)).toEqual(['/3']);
  });

  it('of a test id has only its requests', async () => {
    const reader = await open('', { 'x-uid2-test-id': 'one' });
    await reader.next();
    await ask(mock, '/__test/two/two');
    await ask(mock, '/common');
    await ask(mock, '/__test/one/one');
    expect(await reader.paths(1)).toEqual(['/one']);
  });

  it('sends a comment every 15 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const reader = await open();
    await reader.next();
    vi.advanceTimersByTime(15_000);
    expect(await reader.next()).toEqual({ comment: 'still there' });
    reader.close();
  });

  it('ends when the operator closes', async () => {
    const closing = await startMockOperator();
    const reader = await open('', {}, closing);
    await reader.next();
    await closing.close();
    expect(await reader.next()).toBeUndefined();
  });
});

describe('a reader that does not read', () => {
  /** Summaries with paths of 8 KiB soon fill the buffers between two sockets. */
  const long = `/${'x'.repeat(8000)}`;
  const sendLong = (mock: MockOperator, count: number) =>
    inParallel(count, async (index) => {
      await send(mock.url, { method: 'GET', target: `${long}${index}` });
    });
  afterAll(closeConnections);

  /** Reads nothing beyond the head until it is told to. */
  async function pausedReader(mock: MockOperator, query = ''): Promise<Socket> {
    const { hostname, port, host } = new URL(mock.url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    socket.write(`GET /__admin/requests/stream${query} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await once(socket, 'readable');
    return socket;
  }

  it('takes no memory: it gets what the journal still has, and a gap in place of the rest', async () => {
    await using mock = await startMockOperator({ journal: 10, journalPlain: true });
    const socket = await pausedReader(mock);
    await sendLong(mock, 1500);
    await ask(mock, '/end');
    const parts: string[] = [];
    for await (const text of socket) {
      parts.push(String(text));
      if (parts.slice(-2).join('').includes('"path":"/end"')) break;
    }
    const all = parts.join('');
    expect(all).toContain('event: gap');
    expect(all.split('event: request').length - 1).toBeLessThan(1500);
  }, 60_000);

  it('does not keep the operator from closing', async () => {
    const mock = await startMockOperator({ journalPlain: true });
    await sendLong(mock, 900);
    const socket = await pausedReader(mock, '?after=0');
    const began = performance.now();
    await mock.close();
    expect(performance.now() - began).toBeLessThan(15_000);
    socket.destroy();
  }, 60_000);
});

const transports: [name: string, controlOf: (mock: MockOperator) => Promise<Control>][] = [
  ['in process', async (mock) => mock],
  ['over HTTP', ({ url }) => connectMockOperator(url)],
];

describe.each(transports)('the journal %s', (_name, controlOf) => {
  let mock: MockOperator;
  let control: Control;
  beforeAll(async () => {
    mock = await startMockOperator({ journal: 20 });
    control = await controlOf(mock);
  });
  afterEach(() => mock.reset());
  afterAll(() => mock.close());

  it('lists, gives, awaits and clears requests', async () => {
    await ask(mock, '/ops/healthcheck');
    const waited = control.journal.wait({ status: '4xx', path: '/v1/*' }, { count: 2, timeout: '60s' });
    await ask(mock, '/v1/key/latest');
    await ask(mock, '/v1/key/latest');
    expect((await waited).map(({ reason }) => reason)).toEqual(['header_absent', 'header_absent']);
    const [first] = await control.journal.list({ status: 200 });
    const whole = await control.journal.get(first?.id ?? '');
    expect(whole).toMatchObject({ path: '/ops/healthcheck', answer: { status: 200, body: 'OK' } });
    expect(await control.journal.list({ since: new Date(first?.at ?? '') })).toHaveLength(3);
    expect(await control.journal.list({ since: first?.id ?? '' })).toHaveLength(2);
    expect(await control.journal.clear({ status: 401 })).toBe(2);
    expect(await control.journal.list()).toHaveLength(1);
    expect(await control.journal.wait({}, { count: 2, timeout: 1 })).toHaveLength(1);
    await expect(control.journal.get('x')).rejects.toMatchObject({ code: 'missing' });
    await expect(control.journal.list({ status: 'bad' })).rejects.toMatchObject({
      code: 'invalid',
      field: 'journal.status',
    });
    await expect(control.journal.wait({}, { timeout: 'soon' })).rejects.toMatchObject({
      field: 'journal.wait',
    });
  });

  it('is followed from a place on, until the reader stops', async () => {
    for (const path of ['/1', '/2', '/3']) await ask(mock, path);
    const [first] = await control.journal.list();
    const seen: string[] = [];
    for await (const { path } of control.journal.follow({ after: first?.id ?? '', status: 404 })) {
      seen.push(path);
      if (path === '/3') await ask(mock, '/4');
      if (path === '/4') break;
    }
    expect(seen).toEqual(['/2', '/3', '/4']);
  });

  it('of a test id is followed apart', async () => {
    const own = control.isolate('one').journal;
    const followed = own.follow({ after: 0 })[Symbol.asyncIterator]();
    await ask(mock, '/common');
    await ask(mock, '/__test/one/own');
    expect((await followed.next()).value).toMatchObject({ path: '/own', test_id: 'one' });
    await followed.return?.();
  });

  it('throws where requests are gone that were not read', async () => {
    for (let index = 0; index < 30; index++) await ask(mock, `/${index}`);
    const followed = control.journal.follow({ after: 1 })[Symbol.asyncIterator]();
    await expect(followed.next()).rejects.toMatchObject({ code: 'conflict', field: 'journal.follow' });
  });

  it('refuses to follow with an unknown filter', async () => {
    const followed = control.journal.follow({ status: 'bad' })[Symbol.asyncIterator]();
    await expect(followed.next()).rejects.toMatchObject({ field: 'journal.status' });
  });

  it('ends for its followers when the operator closes', async () => {
    const closing = await startMockOperator();
    const over = await controlOf(closing);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { path } of over.journal.follow({ after: 0 })) {
        seen.push(path);
        void closing.close();
      }
    })();
    await ask(closing, '/last');
    await reading;
    expect(seen).toEqual(['/last']);
    await closing.close();
  });
});
