/** Sends requests to a mock over HTTP as a participant does, in the wire format of `contract-tests/wire`. */

import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import {
  decodeBase64Strict,
  openResponse,
  openWithKey,
  sealClientGenerate,
  sealRequest,
  unwrapRefreshToken,
} from '../../contract-tests/wire/index.ts';
import { keysOf } from './world.ts';
import type { Credential, MockOperator } from '../index.ts';
import { nativePrimitives } from '../native/primitives.ts';
import { defaultWorld } from '../operator/world/embedded.ts';

const worldOptions = {
  seed: 'uid2-mock',
  scope: 'uid2',
  now: Date.UTC(2026, 10, 23),
  v4Buckets: true,
} as const;

/** The embedded world as data, to be changed and given to a mock as `world`. */
export const embeddedWorld = (scope: 'uid2' | 'euid' = 'uid2') =>
  defaultWorld({ ...worldOptions, scope }, nativePrimitives);

/** All keys of the embedded world by id. */
export const embeddedKeys = keysOf(embeddedWorld());

const parsed = (text: string) =>
  text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined;

export type Parameters = Readonly<Record<string, string | number>>;

interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly credential?: Credential | undefined;
  readonly method?: string;
  readonly body?: string | Uint8Array;
}

export const bearer = ({ key }: Credential) => ({ authorization: `Bearer ${key}` });

/** The credential of a participant of the embedded world. */
export function credentialOf(mock: MockOperator, name: string): Credential {
  const credential = mock.credentials.find((candidate) => candidate.name === name);
  if (credential === undefined) throw new Error(`credential: expected one named ${name}, got none`);
  return credential;
}

/** The first credential, which has every role in the embedded world. */
export function companyOf({ credentials: [first] }: MockOperator): Credential {
  if (first === undefined) throw new Error('credentials: expected at least one, got none');
  return first;
}

export async function ask(mock: MockOperator, target: string, { headers, credential, ...rest }: Ask = {}) {
  const authorization = credential === undefined ? {} : bearer(credential);
  const response = await fetch(mock.url + target, { headers: { ...authorization, ...headers }, ...rest });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    text,
    json: parsed(text),
  };
}

/** A GET with parameters in the query. */
export const get = (mock: MockOperator, path: string, parameters: Parameters = {}, options: Ask = {}) => {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return ask(mock, query.size > 0 ? `${path}?${query.toString()}` : path, options);
};

interface Sealing {
  readonly credential?: Credential;
  /** raw bytes instead of base64 text */
  readonly binary?: boolean;
  readonly timestampMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** the exact payload, in place of a value that is written as JSON */
  readonly text?: string | Uint8Array;
}

/** A POST in the envelope; a 200 is opened, checked for the nonce and read as JSON. */
export async function post(mock: MockOperator, path: string, payload?: unknown, options: Sealing = {}) {
  const { credential = companyOf(mock), binary = false, timestampMs = mock.clock.now() } = options;
  const json = options.text ?? JSON.stringify(payload);
  const secret = Buffer.from(credential.secret, 'base64');
  const nonce = randomBytes(8);
  const plain = json === undefined ? undefined : Buffer.from(json);
  const body = sealRequest(secret, plain, { timestampMs, nonce });
  const response = await fetch(mock.url + path, {
    method: 'POST',
    headers: {
      ...bearer(credential),
      ...(binary && { 'content-type': 'application/octet-stream' }),
      ...options.headers,
    },
    body: binary ? new Uint8Array(body) : body.toString('base64'),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  const { status } = response;
  const type = response.headers.get('content-type');
  if (status !== 200) return { status, type, text: answer.toString(), json: parsed(answer.toString()) };
  const opened = openResponse(secret, binary ? answer : decodeBase64Strict(answer.toString()));
  expect(opened.nonce).toEqual(nonce);
  const text = opened.payload.toString();
  return { status, type, text, json: parsed(text) };
}

/** A v2 refresh with a wrapped token; the answer is opened with the response key that came with the token. */
export async function refreshV2(mock: MockOperator, wrapped: string, responseKey: string) {
  const answer = await ask(mock, '/v2/token/refresh', { method: 'POST', body: wrapped });
  if (answer.status !== 200) return answer;
  const plain = openWithKey(Buffer.from(responseKey, 'base64'), decodeBase64Strict(answer.text));
  return { ...answer, json: parsed(plain.toString()) };
}

/** The bare token in a wrapped one. */
export const bareToken = (wrapped: string): string => unwrapRefreshToken(wrapped, embeddedKeys).refreshToken;

/** A client-side generation from an origin that the embedded world allows; a 200 is opened. */
export async function clientGenerate(mock: MockOperator, payload: unknown) {
  const [keypair] = mock.clientSideKeypairs;
  const { body, sharedKey } = sealClientGenerate({
    subscriptionId: keypair?.subscription_id ?? '',
    serverPublicKey: keypair?.public_key ?? '',
    payload,
    timestampMs: mock.clock.now(),
  });
  const headers = { origin: 'https://shop.example.com' };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await ask(mock, '/v2/token/client-generate', request);
  if (answer.status !== 200) return answer;
  return { ...answer, json: parsed(openWithKey(sharedKey, decodeBase64Strict(answer.text)).toString()) };
}
