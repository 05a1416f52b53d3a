/**
 * Two proxies for the envelope of the encrypted API (Protocol §7). Tools that know only plain JSON reach an operator
 * through one, clients that know only envelopes reach such tools through the other.
 *
 *   sealing:  tool  -- plain JSON -->  proxy  -- envelope -->  operator
 *   opening:  client  -- envelope -->  proxy  -- plain JSON -->  tool
 *
 * Only `/v2` and `/v3` are changed. A refresh token, which is bare text in its request, is `{"refresh_token":…}` on the
 * plain side. client-generate, which is JSON on both sides, and all other paths pass unchanged. Only answers with
 * status 200 are sealed.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContractError } from '../spec/contract-error.ts';
import { decodeBase64Strict, openResponse, openWithKey, sealRequest, sealWithKey } from './index.ts';

export interface EnvelopeProxyOptions {
  /** Base URL of the operator (sealing) or of the tool (opening). */
  target: string;
  /** Client secret, base64 of 32 bytes, of each API key. */
  secrets: ReadonlyMap<string, string>;
  /** Response key (base64) of each refresh token; the proxy adds those that pass through it. */
  responseKeys?: Map<string, string>;
}

export interface EnvelopeProxy {
  url: string;
  responseKeys: Map<string, string>;
  close(): Promise<void>;
}

interface Request {
  method: string;
  path: string;
  headers: Headers;
  body: Buffer;
}

interface Reply {
  status: number;
  headers: Headers;
  body: Buffer;
}

type Handler = (request: Request, proxy: Proxied) => Promise<Reply>;

/** The parts that both directions share. */
interface Proxied {
  forward(request: Request): Promise<Reply>;
  secretOf(request: Request): Buffer;
  responseKeyOf(token: string): Buffer | undefined;
  learn(json: string): void;
}

const JSON_TYPE = 'application/json';
const STAMP = 16;
/** Headers that belong to one connection, or that the proxy sets itself. */
const HOP = [
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'accept-encoding',
];

const pathOf = ({ path }: Request): string => path.split('?')[0] ?? '';
const isRefresh = (request: Request): boolean => pathOf(request) === '/v2/token/refresh';
const isEnveloped = (request: Request): boolean =>
  /^\/v[23]\//.test(request.path) &&
  request.method === 'POST' &&
  pathOf(request) !== '/v2/token/client-generate';

function withBody<T extends Request | Reply>(message: T, body: Buffer | string, type: string): T {
  const headers = new Headers(message.headers);
  headers.set('content-type', type);
  return { ...message, headers, body: Buffer.from(body) };
}

/** A body as sealed bytes, from base64 text or as they are. */
const sealedBytes = ({ headers, body }: Request | Reply): Buffer =>
  headers.get('content-type') === 'application/octet-stream'
    ? body
    : decodeBase64Strict(body.toString('utf8'));

function memberOf(json: string, name: string): string {
  const parsed: unknown = JSON.parse(json);
  const member: unknown =
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined;
  if (typeof member !== 'string')
    throw new ContractError('malformed', `body: expected JSON with a text ${name}, got JSON without it`);
  return member;
}

const seal: Handler = async (request, proxy) => {
  if (!isEnveloped(request)) return proxy.forward(request);
  if (isRefresh(request)) return sealRefresh(request, proxy);
  const secret = proxy.secretOf(request);
  const nonce = randomBytes(8);
  const payload = request.body.length === 0 ? undefined : request.body;
  const sealed = sealRequest(secret, payload, { timestampMs: Date.now(), nonce });
  const reply = await proxy.forward(withBody(request, sealed.toString('base64'), 'text/plain'));
  if (reply.status !== 200) return reply;
  const opened = openResponse(secret, sealedBytes(reply));
  if (!opened.nonce.equals(nonce))
    throw new ContractError('malformed', 'envelope: expected the nonce of the request, got another');
  proxy.learn(opened.payload.toString('utf8'));
  return withBody(reply, opened.payload, JSON_TYPE);
};

async function sealRefresh(request: Request, proxy: Proxied): Promise<Reply> {
  const token = memberOf(request.body.toString('utf8'), 'refresh_token');
  const reply = await proxy.forward(withBody(request, token, 'text/plain'));
  const key = proxy.responseKeyOf(token);
  // The answer to a bare token, as v1 issues it, is not sealed.
  if (reply.status !== 200 || key === undefined || reply.headers.get('content-type') === JSON_TYPE)
    return reply;
  const payload = openWithKey(key, sealedBytes(reply));
  proxy.learn(payload.toString('utf8'));
  return withBody(reply, payload, JSON_TYPE);
}

const open: Handler = async (request, proxy) => {
  if (!isEnveloped(request)) return proxy.forward(request);
  if (isRefresh(request)) return openRefresh(request, proxy);
  const secret = proxy.secretOf(request);
  const plain = openWithKey(secret, sealedBytes(request).subarray(1));
  const payload = plain.subarray(STAMP);
  const reply = await proxy.forward(
    payload.length === 0 ? { ...request, body: Buffer.alloc(0) } : withBody(request, payload, JSON_TYPE),
  );
  if (reply.status !== 200) return reply;
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(Date.now()));
  proxy.learn(reply.body.toString('utf8'));
  const sealed = sealWithKey(secret, Buffer.concat([time, plain.subarray(8, STAMP), reply.body]));
  return withBody(reply, sealed.toString('base64'), 'text/plain');
};

async function openRefresh(request: Request, proxy: Proxied): Promise<Reply> {
  const token = request.body.toString('utf8');
  const reply = await proxy.forward(withBody(request, JSON.stringify({ refresh_token: token }), JSON_TYPE));
  const key = proxy.responseKeyOf(token);
  if (reply.status !== 200 || key === undefined) return reply;
  proxy.learn(reply.body.toString('utf8'));
  return withBody(reply, sealWithKey(key, reply.body).toString('base64'), 'text/plain');
}

function proxied({ target, secrets }: EnvelopeProxyOptions, responseKeys: Map<string, string>): Proxied {
  const base = target.replace(/\/+$/, '');
  return {
    async forward({ method, path, headers, body }) {
      const answer = await fetch(base + path, {
        method,
        headers,
        redirect: 'manual',
        ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
      });
      const received = new Headers(answer.headers);
      for (const name of HOP) received.delete(name);
      return { status: answer.status, headers: received, body: Buffer.from(await answer.arrayBuffer()) };
    },
    secretOf({ headers }) {
      const key = headers.get('authorization')?.replace(/^bearer /i, '') ?? '';
      // An operator refuses a key without secret before it opens the envelope.
      return Buffer.from(secrets.get(key) ?? '', 'base64').length === 32
        ? Buffer.from(secrets.get(key) ?? '', 'base64')
        : randomBytes(32);
    },
    responseKeyOf(token) {
      const key = responseKeys.get(token);
      return key === undefined ? undefined : Buffer.from(key, 'base64');
    },
    learn(json) {
      const token = /"refresh_token":\s*"([^"]+)"/.exec(json)?.[1];
      const key = /"refresh_response_key":\s*"([^"]+)"/.exec(json)?.[1];
      if (token !== undefined && key !== undefined) responseKeys.set(token, key);
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    if (!HOP.includes(name)) for (const value of values ?? []) headers.append(name, value);
  }
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers,
    body: Buffer.concat(chunks),
  };
}

function writeReply(outgoing: ServerResponse, { status, headers, body }: Reply): void {
  outgoing.writeHead(status, Object.fromEntries(headers));
  outgoing.end(body);
}

async function start(handler: Handler, options: EnvelopeProxyOptions): Promise<EnvelopeProxy> {
  const responseKeys = options.responseKeys ?? new Map<string, string>();
  const proxy = proxied(options, responseKeys);
  const server = createServer((incoming, outgoing) => {
    readRequest(incoming)
      .then((request) => handler(request, proxy))
      .then((reply) => {
        writeReply(outgoing, reply);
      })
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : 'unknown error';
        outgoing.writeHead(502, { 'content-type': 'text/plain' }).end(`envelope proxy: ${message}`);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    responseKeys,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Takes plain JSON and sends envelopes: to verify a pact, or to use an encrypted operator with curl. */
export const startSealingProxy = (options: EnvelopeProxyOptions): Promise<EnvelopeProxy> =>
  start(seal, options);

/** Takes envelopes and sends plain JSON: to write a pact with a client that seals, against a plain mock server. */
export const startOpeningProxy = (options: EnvelopeProxyOptions): Promise<EnvelopeProxy> =>
  start(open, options);
