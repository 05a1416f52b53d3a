/** The look before the run: what it says of a target, what ends it, and what one wrong answer does. */
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startMockOperator, type MockOperator } from '../mock-server/index.ts';
import { sampled, scaled } from '../mock-server/testing/scale.ts';
import { startReverseProxy, type Answer } from './falsifying/reverse-proxy.ts';
import { runContract, type ContractOptions, type ContractReport, type TargetOptions } from './index.ts';

interface Behaviour {
  /** Alters an answer; `count` counts them from 1. */
  falsify?: (exchange: Answer, count: number) => void;
  /** Where the operator is; paths below others are 404. */
  path?: string;
  delayMs?: number;
  /** Closes the connection in place of an answer; `served`: how many requests it has had. */
  drops?: (served: number, socket: Socket) => boolean;
}

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A proxy before an operator; gives its base URL. */
async function proxyTo(operator: MockOperator, behaviour: Behaviour): Promise<string> {
  const { falsify = () => undefined, path: below = '', delayMs = 0, drops = () => false } = behaviour;
  const served = new WeakMap<Socket, number>();
  let count = 0;
  const proxy = await startReverseProxy(operator.url, async (request, forward, socket) => {
    const before = served.get(socket) ?? 0;
    served.set(socket, before + 1);
    if (drops(before, socket)) return undefined;
    const path = request.path.startsWith(`${below}/`) ? request.path.slice(below.length) : '/no-such-route';
    const answer = await forward({ ...request, path });
    falsify(answer, ++count);
    await setTimeout(delayMs);
    return answer;
  });
  opened.push(proxy);
  return proxy.url;
}

/** A server that answers every connection with these bytes. */
async function answering(bytes: string): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

let mock: MockOperator;
let current: MockOperator;
beforeAll(async () => {
  [mock, current] = await Promise.all([startMockOperator(), startMockOperator({ profile: 'current' })]);
});
afterAll(() => Promise.all([mock.close(), current.close()]));

const keyOf = (role: string, operator = mock) => {
  const { key, secret } = operator.credentialFor(role);
  return { key, secret };
};

const publisher = (url = mock.url): TargetOptions => ({ url, credentials: [keyOf('GENERATOR')] });

const run = (target: TargetOptions, options: Partial<ContractOptions> = {}): Promise<ContractReport> =>
  runContract({ targets: [target], filter: ['generate/email'], ...options });

const headOf = ({ targets: [target] }: ContractReport): string[] => target?.head ?? [];

describe('the head of a report', () => {
  it('says what answers, which roles the keys have, whether secrets open and how far the clocks are apart', async () => {
    expect(headOf(await run(publisher()))).toEqual([
      'it answers v0, v1, v2 and v3, and is judged as profile local, which was found by asking',
      'the given key has the role GENERATOR',
      'the client secret opens the answers',
      'its clock and ours are less than a second apart',
      'token/validate tells whether a token belongs to an identity',
    ]);
  });

  it('names a key without secret, a refused one and a secret that does not open', async () => {
    const [reader, mapper] = [keyOf('ID_READER'), keyOf('MAPPER')];
    const credentials = [
      { ...keyOf('GENERATOR'), name: 'A' },
      { key: reader.key, name: 'B' },
      { ...mapper, secret: reader.secret, name: 'C' },
      { ...mapper, key: 'unknown', name: 'D' },
    ];
    const report = await run({ url: mock.url, credentials });
    expect(report.exitCode).toBe(0);
    expect(headOf(report)).toEqual(
      expect.arrayContaining([
        'the key of B has the role ID_READER',
        'the key of B has no client secret: v2 and v3 cannot be judged with it',
        'the client secret of the key of C does not open its requests',
        'the key of D is refused',
      ]),
    );
  });

  it('blames nobody for one wrong secret among others', async () => {
    const [one, other] = [mock.credentialFor('GENERATOR'), mock.credentialFor('ID_READER')];
    const credentials = [{ key: one.key, secret: other.secret }, other];
    const report = await run(
      { url: mock.url, credentials },
      { as: 'all', filter: ['keys/*', 'generate/email'] },
    );
    expect(report.findings).toEqual([]);
    expect(headOf(report)).toContain('the client secret of the given key does not open its requests');
  });

  it('has the roles that the target knows in place of those given', async () => {
    const credentials = [{ ...keyOf('MAPPER'), roles: ['GENERATOR'] }];
    const report = await run(
      { url: mock.url, credentials },
      { as: ['advertiser'], filter: ['map/ordinary'] },
    );
    expect(headOf(report)).toContain('the given key has the role MAPPER');
    expect(report.exitCode).toBe(0);
  });

  it('says by how much the clocks differ', async () => {
    await using late = await startMockOperator();
    await late.clock.advance(-50_000);
    const report = await run(
      { ...publisher(late.url) },
      { filter: ['generate/*', 'envelope/*', 'refresh/*'] },
    );
    expect(headOf(report)).toContain('its clock is 50 s behind ours');
    expect([report.exitCode, report.findings]).toEqual([0, []]);
  });
});

describe('a requirement that could not be checked', () => {
  it('is listed, with what to give the suite for it', async () => {
    const report = await run(publisher(), { filter: undefined, as: 'all' });
    const missing = report.targets[0]?.notLookedAt ?? [];
    const needing = (how: string) => missing.filter((one) => one.how.includes(how));
    expect(needing('UID2_SUBSCRIPTION_ID and UID2_PUBLIC_KEY')).toContainEqual(
      expect.objectContaining({ requirement: 'R72', reason: expect.stringMatching(/key pair/) }),
    );
    expect(needing('the role MAPPER').length).toBeGreaterThan(5);
    expect(needing('--world FILE').length).toBeGreaterThan(0);
  });

  it('is not one that a scenario judged', async () => {
    const { url, credentials, clientSideKeypairs } = mock;
    const report = await run(
      { url, credentials, clientSideKeypairs },
      { filter: ['client-generate/*', 'map/ordinary'], as: 'all' },
    );
    expect(report.targets[0]?.notLookedAt).toEqual([]);
  });

  it('leaves client-side generation to a key pair alone', async () => {
    const report = await run(
      { url: mock.url, clientSideKeypairs: mock.clientSideKeypairs },
      { filter: ['client-generate/*'] },
    );
    expect([report.exitCode, report.findings]).toEqual([0, []]);
    expect(report.totals.passed).toBeGreaterThan(8);
  });
});

describe('a run ends with the look', () => {
  const expectEnd = (report: ContractReport, sentence: string | RegExp): void => {
    const [target] = report.targets;
    expect(target?.head.at(-1)).toMatch(sentence);
    expect(new Set(target?.results.map(({ reason }) => reason))).toEqual(new Set([target?.head.at(-1)]));
    expect([report.exitCode, report.findings]).toEqual([3, []]);
  };

  it.each([
    [
      'an unknown key',
      () => ({ ...keyOf('GENERATOR'), key: 'unknown' }),
      /^the given key is refused: it is unknown/,
    ],
    [
      'the secret of another key',
      () => ({ ...keyOf('GENERATOR'), secret: keyOf('MAPPER').secret }),
      /^the client secret does not belong to the key/,
    ],
    [
      "a DSP's key",
      () => keyOf('ID_READER'),
      /^the given key has the role ID_READER, and the scenarios of publisher need GENERATOR: write --as dsp$/,
    ],
  ])('with %s', async (_, credential, sentence) => {
    expectEnd(await run({ url: mock.url, credentials: [credential()] }, { filter: undefined }), sentence);
  });

  it('without secret where only v2 and v3 are served', async () => {
    const { key } = keyOf('GENERATOR', current);
    expectEnd(await run({ url: current.url, credentials: [{ key }] }), /^there is no client secret/);
  });

  it.each([120_000, -7_200_000])('with a clock %d ms ahead', async (ms) => {
    await using other = await startMockOperator();
    await other.clock.advance(ms);
    const apart = `${Math.abs(ms / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} ours`;
    expectEnd(await run(publisher(other.url)), new RegExp(`^its clock is ${apart}, and .*: set the clock$`));
  });

  it('at an address where no operator is', async () => {
    const page = createServer((_, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    opened.push({ close: () => new Promise((resolve) => page.close(resolve)) });
    const url = `http://127.0.0.1:${String((page.address() as AddressInfo).port)}`;
    expectEnd(
      await run(publisher(url)),
      `no operator answers below ${url}: GET /ops/healthcheck is answered`,
    );
  });

  it.each(['/foo', '/foo/', '/v2', '/v1/', '/foo/v2'])('at the wrong path %s', async (path) => {
    const sentence = `no operator answers below ${mock.url}${path}: write ${mock.url} instead`;
    expectEnd(await run(publisher(mock.url + path)), sentence);
  });

  it('with https on a plain port', async () => {
    const url = mock.url.replace('http:', 'https:');
    expectEnd(await run(publisher(url)), new RegExp(`does not answer in TLS.*: write ${mock.url} instead$`));
  });

  it.each([
    ['subscription', { subscription_id: 'unknown' }, /^the subscription unknown is unknown here$/],
    ['Origin', { origin: 'https://other.test' }, /^the site of subscription \S+ does not list the Origin /],
  ])('for a key pair alone with a wrong %s', async (_, wrong, sentence) => {
    const [pair] = mock.clientSideKeypairs;
    if (pair === undefined) throw new Error('expected a key pair');
    const report = await run({ url: mock.url, clientSideKeypairs: [{ ...pair, ...wrong }] });
    expectEnd(report, sentence);
  });

  it('when the answer is not HTTP', async () => {
    const report = await run(publisher(await answering('SSH-2.0-OpenSSH_9.6\r\n')));
    expectEnd(report, /^GET \/ops\/healthcheck: .*the answer is not HTTP/);
  });
});

describe('a base URL', () => {
  it.each(['/operator', '/operator/', '/deep/v2'])('may have the path %s', async (path) => {
    const url = (await proxyTo(mock, { path: path.replace(/\/$/, '') })) + path;
    const report = await run(publisher(url), { filter: ['generate/*', 'http/healthcheck'] });
    expect([report.exitCode, report.findings]).toEqual([0, []]);
    expect(report.totals.passed).toBeGreaterThan(30);
  });
});

describe('one wrong answer', () => {
  const firstAnswers = Array.from({ length: 40 }, (_, index) => index + 1);
  /** Each says whether it altered the answer. */
  const faults: Readonly<Record<string, (exchange: Answer) => boolean>> = {
    status: (exchange) => {
      exchange.status = exchange.status === 500 ? 502 : 500;
      return true;
    },
    body: (exchange) => {
      exchange.body = Buffer.from('falsified');
      return exchange.status !== 204;
    },
    'header vary': ({ headers }) => {
      headers.vary = 'falsified';
      return true;
    },
    'content type': ({ headers }) => {
      headers['content-type'] = 'text/falsified';
      return true;
    },
  };

  it.each(Object.keys(faults))(
    'is one finding, whichever of the first answers has a wrong %s',
    async (name) => {
      for (const nth of sampled(firstAnswers, 6)) {
        let isFalsified = false;
        const falsify: Behaviour['falsify'] = (exchange, count) => {
          if (count === nth) isFalsified = faults[name]?.(exchange) !== false;
        };
        const report = await run(publisher(await proxyTo(mock, { falsify })));
        if (!isFalsified) continue;
        const told = { nth, findings: report.findings.map(({ id, example }) => [id, example]) };
        expect(report.exitCode, JSON.stringify(told)).toBe(1);
        expect(report.findings.length, JSON.stringify(told)).toBeLessThanOrEqual(2);
        expect(JSON.stringify(told.findings)).toMatch(
          name === 'status' ? /500|502|falsified/ : /falsified|body/,
        );
        expect(report.totals.passed, JSON.stringify(told)).toBe(3);
      }
    },
    120_000,
  );

  it('names the very first, and changes nothing else', async () => {
    const falsify: Behaviour['falsify'] = ({ headers }, count) => {
      if (count === 1) delete headers.vary;
    };
    const report = await run(publisher(await proxyTo(mock, { falsify })));
    expect(report.findings).toMatchObject([
      {
        id: 'answers/constant',
        departed: 1,
        example: {
          sent: 'GET /ops/healthcheck',
          expected: 'header vary: origin, as in most answers',
          got: 'none',
        },
      },
    ]);
    expect(report.totals).toMatchObject({ passed: 3, failed: 0, skipped: 0, incomplete: 0 });
  });
});

describe('the connection', () => {
  const some = { filter: ['generate/*', 'refresh/*', 'envelope/*', 'validate/*'] };

  it('may be closed now and then while it is idle', async () => {
    let requests = 0;
    const drops = (served: number): boolean => served > 0 && ++requests % 100 === 0;
    const report = await run(publisher(await proxyTo(mock, { drops })), some);
    expect([report.exitCode, report.findings]).toEqual([0, []]);
    expect(report.targets[0]?.resent).toBeGreaterThan(3);
    expect(headOf(report).at(-1)).toMatch(/^\d+ requests were sent again/);
  });

  it('must not be closed on its first request', async () => {
    let connections = 0;
    const drops = (served: number): boolean => served === 0 && ++connections % 2 === 1;
    const report = await run(publisher(await proxyTo(mock, { drops })));
    expect(report.exitCode).toBe(1);
    expect(report.findings.map(({ id }) => id)).toEqual(['http/answered']);
    expect(report.targets[0]?.resent).toBe(0);
  });

  it('may be slow', async () => {
    const report = await run(publisher(await proxyTo(mock, { delayMs: Math.max(200, scaled(1000)) })), {
      concurrency: 16,
    });
    expect([report.exitCode, report.findings]).toEqual([0, []]);
  }, 120_000);
});
