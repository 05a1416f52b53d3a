/**
 * Rules of the HTTP layer that fail: the client gets a 500 or is cut off, the log says why, and the operator continues.
 */

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { compose } from '../compose.ts';
import type { MockOperator } from '../index.ts';
import { listen } from '../listen.ts';
import { companyOf } from '../testing/caller.ts';
import { sendBytes } from '../testing/wire-client.ts';
import type { Answer } from './route.ts';
import type { HttpRules } from './rules.ts';

type Fault = (honest: HttpRules) => Partial<HttpRules>;

let fault: Fault = () => ({});
let mock: MockOperator;
let logged: string[];
const unhandled: unknown[] = [];
const noteUnhandled = (error: unknown): unknown => unhandled.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', noteUnhandled);
  // the rules in force when one is called
  const http = (honest: HttpRules): HttpRules =>
    new Proxy(honest, { get: (_rules, name) => Reflect.get({ ...honest, ...fault(honest) }, name) });
  const log = (level: string, message: string): unknown => logged.push(`${level}: ${message}`);
  mock = await listen(await compose({ profile: 'v5.56', log }, { http }));
});
afterAll(async () => {
  await mock.close();
  process.off('unhandledRejection', noteUnhandled);
  expect(unhandled).toEqual([]);
});
beforeEach(() => {
  fault = () => ({});
  logged = [];
});

const broken = (): never => {
  throw new Error('the rule is broken');
};
const fails: Fault = () => ({ finish: broken });
const badStatus: Fault = () => ({ finish: (answer) => ({ ...answer, http: 99 }) });
const badType: Fault = () => ({ finish: (answer) => ({ ...answer, type: 'text\n' }) });
const noAnswer: Fault = () => ({ finish: () => undefined as unknown as Answer });
/** Its length is known, but it cannot be sent. */
const unsendable: Fault = () => ({
  finish: (answer) => ({ ...answer, body: new ArrayBuffer(3) as unknown as Uint8Array }),
});

const body = JSON.stringify({ email: ['jane.doe@example.com'] });
const requests = {
  'a synchronous route': 'GET /v1/token/generate?email=a@b.c',
  'an asynchronous route': 'POST /v1/identity/map',
  'a refusal of a synchronous route': 'GET /v1/token/generate?email=a',
  'a refusal of an asynchronous route': 'POST /v2/identity/map',
  'an unknown path': 'GET /nowhere',
  'a preflight': 'OPTIONS /v1/token/generate',
} as const;
type Request = keyof typeof requests;

async function answerTo(request: Request): Promise<string> {
  const length = requests[request].startsWith('POST') ? [`Content-Length: ${body.length}`] : [];
  const lines = [
    `${requests[request]} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    'Origin: http://a',
    'Access-Control-Request-Method: GET',
    `Authorization: Bearer ${companyOf(mock).key}`,
    ...length,
    '',
    length.length > 0 ? body : '',
  ];
  return await sendBytes(mock.url, Buffer.from(lines.join('\r\n'), 'latin1'));
}

const noReplies: Fault = () => ({ replies: {} as HttpRules['replies'] });
const answered: readonly (readonly [what: string, request: Request, fault: Fault])[] = [
  ['finish fails', 'a synchronous route', fails],
  ['finish fails', 'an asynchronous route', fails],
  ['finish fails', 'a refusal of a synchronous route', fails],
  ['finish fails', 'a refusal of an asynchronous route', fails],
  ['finish fails', 'an unknown path', fails],
  ['the status cannot be sent', 'a synchronous route', badStatus],
  ['the status cannot be sent', 'an asynchronous route', badStatus],
  ['a header cannot be sent', 'a synchronous route', badType],
  ['a header cannot be sent', 'an asynchronous route', badType],
  ['finish gives nothing', 'a synchronous route', noAnswer],
  ['finish gives nothing', 'an asynchronous route', noAnswer],
  ['a refusal has no reply', 'a refusal of a synchronous route', noReplies],
  ['a refusal has no reply', 'a refusal of an asynchronous route', noReplies],
  ['CORS headers fail', 'a synchronous route', () => ({ corsHeaders: broken })],
  ['CORS headers fail', 'an asynchronous route', () => ({ corsHeaders: broken })],
  ['CORS headers fail', 'an unknown path', () => ({ corsHeaders: broken })],
  ['echoed headers fail', 'an asynchronous route', () => ({ echoedHeaders: broken })],
  ['preflights fail', 'a preflight', () => ({ preflightHeaders: broken })],
  ['CORS fails', 'a synchronous route', () => ({ answerCors: broken })],
  ['arrivals fail', 'a synchronous route', () => ({ answerArrival: broken })],
  ['unknown paths fail', 'an unknown path', () => ({ answerUnrouted: broken })],
];

const statusOf = (answer: string): string | undefined => answer.split(' ')[1];

it.each(answered)('%s on %s: the client gets a 500, and the log says why', async (_what, request, broke) => {
  const right = await answerTo(request);
  logged = [];
  fault = broke;
  expect(await answerTo(request)).toMatch(
    /^HTTP\/1\.1 500 Internal Server Error\r\n.*\r\n\r\nInternal Server Error$/s,
  );
  expect(logged).toEqual([expect.stringMatching(/^error: \w+ \/[\w/]+ 500: ./)]);
  fault = () => ({});
  expect(statusOf(await answerTo(request))).toBe(statusOf(right));
});

it.each(['a synchronous route', 'an asynchronous route'] as const)(
  'a body cannot be sent behind its head on %s: the connection is cut',
  async (request) => {
    fault = unsendable;
    expect(await answerTo(request)).not.toContain('\r\n\r\n');
    expect(logged).toEqual([expect.stringMatching(/^error: \w+ \/[\w/]+ cut off: ./)]);
    fault = () => ({});
    expect(await answerTo(request)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  },
);

it('an answer is cut off: the operator closes as ever', async () => {
  const other = await listen(await compose({}, { http: (honest) => ({ ...honest, ...unsendable(honest) }) }));
  await fetch(`${other.url}/ops/healthcheck`).catch(() => undefined);
  await other.close();
});

it('the log itself fails: requests are answered as ever', async () => {
  const deaf = await listen(
    await compose(
      { log: broken },
      {
        http: (honest) => ({
          ...honest,
          finish: (answer, route) => (route?.path === '/v1/identity/map' ? broken() : answer),
        }),
      },
    ),
  );
  expect((await fetch(`${deaf.url}/ops/healthcheck`)).status).toBe(200);
  const headers = { authorization: `Bearer ${companyOf(deaf).key}` };
  expect((await fetch(`${deaf.url}/v1/identity/map`, { method: 'POST', headers, body })).status).toBe(500);
  await deaf.close();
});
