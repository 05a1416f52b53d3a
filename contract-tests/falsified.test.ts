/** The suite notices an answer that differs from a right one in one place. */
import { Agent, createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockOperator, type MockOperator } from '../mock-server/index.ts';
import { decodeBase64Strict, openResponse, openWithKey, sealWithKey } from './wire/index.ts';
import { runContract } from './index.ts';

interface Exchange {
  path: string;
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Bearer key of the request. */
  key: string;
}
type Falsify = (exchange: Exchange) => void;

let mock: MockOperator;
let proxy: Server;
const agent = new Agent({ keepAlive: true });
let falsify: Falsify = () => undefined;

beforeAll(async () => {
  mock = await startMockOperator({ profile: 'v5.56' });
  const { hostname, port } = new URL(mock.url);
  proxy = createServer((incoming, response) => {
    const { url: path = '', method = 'GET', headers } = incoming;
    const outgoing = request({ hostname, port, path, method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const key = (headers.authorization ?? '').slice('Bearer '.length);
        const exchange: Exchange = {
          path,
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks),
          key,
        };
        falsify(exchange);
        delete exchange.headers['content-length'];
        response
          .writeHead(exchange.status, exchange.headers)
          .end(method === 'HEAD' ? undefined : exchange.body);
      });
    });
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  agent.destroy();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await mock.close();
});

async function failing(filter: string): Promise<string[]> {
  const { port } = proxy.address() as AddressInfo;
  const report = await runContract({
    targets: [
      {
        url: `http://127.0.0.1:${String(port)}`,
        credentials: mock.credentials,
        clientSideKeypairs: mock.clientSideKeypairs,
        profile: 'v5.56',
      },
    ],
    as: 'all',
    filter: [filter],
  });
  const failed = report.targets.flatMap(({ results }) =>
    results.filter((result) => result.outcome === 'failed'),
  );
  expect(report.exitCode).toBe(failed.length > 0 ? 1 : 0);
  return failed.map((result) => result.scenario);
}

type Json = Record<string, unknown>;

/** Changes the JSON of successes: plain or sealed, as text or as bytes. */
const inJson =
  (path: RegExp, change: (json: Json, body: Json) => void, type = 'text/plain'): Falsify =>
  (exchange) => {
    if (!path.test(exchange.path) || exchange.status !== 200) return;
    const edit = (text: string): string => {
      const json = JSON.parse(text) as Json;
      change(json, (json['body'] ?? {}) as Json);
      return JSON.stringify(json);
    };
    const secret = Buffer.from(
      mock.credentials.find((one) => one.key === exchange.key)?.secret ?? '',
      'base64',
    );
    const sealed =
      exchange.headers['content-type'] === type && exchange.path.startsWith('/v2') && secret.length === 32;
    if (!sealed) {
      if (exchange.headers['content-type'] === 'application/json')
        exchange.body = Buffer.from(edit(exchange.body.toString()));
      return;
    }
    const asText = type === 'text/plain';
    const bytes = asText ? decodeBase64Strict(exchange.body.toString()) : exchange.body;
    const head = openWithKey(secret, bytes).subarray(0, 16);
    const { payload } = openResponse(secret, bytes);
    const resealed = sealWithKey(secret, Buffer.concat([head, Buffer.from(edit(payload.toString()))]));
    exchange.body = asText ? Buffer.from(resealed.toString('base64')) : resealed;
  };

/** Changes the other parts of an envelope. */
const inEnvelope =
  (change: (plain: Buffer) => void, iv?: () => Buffer): Falsify =>
  (exchange) => {
    const secret = Buffer.from(
      mock.credentials.find((one) => one.key === exchange.key)?.secret ?? '',
      'base64',
    );
    if (exchange.status !== 200 || exchange.headers['content-type'] !== 'text/plain' || secret.length !== 32)
      return;
    const plain = openWithKey(secret, decodeBase64Strict(exchange.body.toString()));
    change(plain);
    exchange.body = Buffer.from(sealWithKey(secret, plain, iv?.()).toString('base64'));
  };

let counted = 0;
/** An IV that never repeats and is predictable. */
const countedIv = (): Buffer => {
  const iv = Buffer.alloc(12, 1);
  iv.writeUInt32BE(counted++, 8);
  return iv;
};

const first = new Map<string, unknown>();
/** Returns the first value every time. */
const stale = (body: Json, name: string): void => {
  body[name] = first.get(name) ?? body[name];
  first.set(name, body[name]);
};

/** A refresh token with the right form that no key opens. */
const goodForNothing = inJson(/v1.*refresh/, (_, body) => {
  body['refresh_token'] = String(body['refresh_token']).replace(/.{8}$/, 'AAAAAAAA');
});

describe('a falsified answer is noticed:', () => {
  it('nothing, when nothing is falsified', async () => {
    falsify = () => undefined;
    expect(await failing('*')).toEqual([]);
  }, 60_000);

  it.each<[string, string, Falsify]>([
    [
      'another status',
      'generate/missing-identifier',
      (e) => void (e.status = e.status === 400 ? 422 : e.status),
    ],
    [
      'another message',
      'generate/invalid-email',
      (e) =>
        void (e.body = Buffer.from(e.body.toString().replace('Invalid Identifier', 'Invalid identifier'))),
    ],
    ['a charset', 'generate/wrapped', (e) => void (e.headers['content-type'] += '; charset=utf-8')],
    ['no vary', 'cors/origin', (e) => void delete e.headers.vary],
    ['any origin allowed', 'cors/origin', (e) => void (e.headers['access-control-allow-origin'] = '*')],
    [
      'a missing header in preflights',
      'cors/preflight',
      (e) => void delete e.headers['access-control-allow-methods'],
    ],
    ['no allow', 'http/wrong-method', (e) => void delete e.headers.allow],
    [
      'times in seconds',
      'tokens/lifetimes',
      inJson(/generate/, (_, body) => void (body['refresh_from'] = Number(body['refresh_from']) / 1000)),
    ],
    [
      'an identity that expires before refresh_from',
      'tokens/lifetimes',
      inJson(/generate/, (_, body) => void (body['identity_expires'] = body['refresh_from'])),
    ],
    [
      'an expiry that is not the one inside the token',
      'tokens/random-iv',
      inJson(/v2.*generate/, (_, body) => {
        for (const name of ['identity_expires', 'refresh_expires', 'refresh_from'])
          body[name] = Number(body[name]) + 3_600_000;
      }),
    ],
    [
      'a stale advertising token',
      'tokens/random-iv',
      inJson(/generate/, (_, body) => stale(body, 'advertising_token')),
    ],
    ['a stale refresh token', 'refresh/chain', inJson(/refresh/, (_, body) => stale(body, 'refresh_token'))],
    [
      'a missing member',
      'generate/members',
      inJson(/generate/, (_, body) => void delete body['refresh_expires']),
    ],
    ['a member more', 'generate/members', inJson(/generate/, (_, body) => void (body['more'] = 1))],
    [
      'padding in a V4 token',
      'tokens/text-form',
      inJson(
        /generate/,
        (_, body) => void (body['advertising_token'] = `${String(body['advertising_token'])}=`),
      ),
    ],
    [
      'another nonce',
      'envelope/nonce-and-replay',
      inEnvelope((plain) => plain.writeUInt8(plain.readUInt8(8) ^ 1, 8)),
    ],
    [
      'a time in seconds',
      'envelope/layout',
      inEnvelope((plain) => plain.writeBigInt64BE(plain.readBigInt64BE() / 1000n)),
    ],
    [
      'a constant IV',
      'envelope/fresh-iv',
      inEnvelope(
        () => undefined,
        () => Buffer.alloc(12, 9),
      ),
    ],
    ['a counted IV', 'envelope/fresh-iv', inEnvelope(() => undefined, countedIv)],
    [
      'a time two minutes off in one place',
      'validate/own-token',
      (e) => {
        const late = inEnvelope((plain) => plain.writeBigInt64BE(plain.readBigInt64BE() - 120_000n));
        if (e.path === '/v2/token/validate') late(e);
      },
    ],
    [
      'base64 without its padding',
      'map/batch',
      (e) => void (e.body = Buffer.from(e.body.toString('latin1').replace(/=+$/, ''), 'latin1')),
    ],
    [
      'an additional CORS header',
      'generate/missing-identifier',
      (e) => void (e.headers['access-control-max-age'] = '600'),
    ],
    [
      'an empty bucket id',
      'normalisation/email-map',
      inJson(/identity.map/, (json, body) => {
        const mapped = (body['mapped'] ?? json['mapped'] ?? []) as Json[];
        const [item] = mapped.slice(-1);
        if (item) item['bucket_id'] = '';
      }),
    ],
    [
      'validation that is always true',
      'validate/does-not-fit',
      inJson(/v1.*validate/, (json) => void (json['body'] = true)),
    ],
    [
      'an opt-out with a body',
      'refresh/opt-out-answer',
      inJson(/v1.*refresh/, (json) => void (json['body'] = {})),
    ],
    [
      'a swapped identity',
      'map/batch',
      inJson(/v2.*map/, (_, body) => (body['mapped'] as unknown[] | undefined)?.reverse()),
    ],
    [
      'a dropped identity',
      'map/batch',
      inJson(/v2.*map/, (_, body) => (body['mapped'] as unknown[] | undefined)?.pop()),
    ],
    [
      'keys out of order',
      'keys/objects',
      inJson(/key.latest/, (json) => (json['body'] as unknown[] | undefined)?.reverse()),
    ],
    [
      'one key fewer in bytes than in text',
      'envelope/every-route',
      inJson(
        /key.sharing/,
        (_, body) => (body['keys'] as unknown[] | undefined)?.pop(),
        'application/octet-stream',
      ),
    ],
    [
      'an additional header for clients with the role',
      'auth/role-alternatives',
      (e) => {
        if (e.status === 500) e.headers['access-control-allow-credentials'] = 'true';
      },
    ],
    [
      'another refusal of client-side requests',
      'client-generate/body',
      (e) =>
        void (e.body = Buffer.from(e.body.toString().replace('bad subscription_id', 'bad subscription'))),
    ],
    [
      'a useless refresh token, for known keys',
      'refresh/early',
      (e) => {
        if (mock.credentials.some(({ key }) => key === e.key)) goodForNothing(e);
      },
    ],
    [
      'a useless refresh token, for unknown keys',
      'refresh/unknown-key',
      (e) => {
        if (e.key.includes('unknown')) goodForNothing(e);
      },
    ],
    [
      'a lifetime as text',
      'keys/bidstream',
      inJson(/bidstream/, (_, body) => void (body['max_bidstream_lifetime_seconds'] = '3610')),
    ],
    [
      'a refused key that is not refused',
      'auth/missing-or-unknown-key',
      (e) => void (e.status = e.status === 401 ? 403 : e.status),
    ],
  ])('%s', async (_, scenario, lie) => {
    first.clear();
    falsify = lie;
    expect(await failing(scenario)).toContain(scenario);
  });
});
