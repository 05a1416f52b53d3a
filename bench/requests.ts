/** The requests that are measured. Each is about other people, so that nothing that is remembered of a person helps. */

import { openResponse, sealClientGenerate, sealRequest } from '../contract-tests/wire/index.ts';
import { type Load, requestBytes } from './load.ts';

/** What an operator takes a caller for. */
export interface Access {
  readonly key: string;
  readonly secret: string;
  /** for client-side generation; undefined where it is not measured */
  readonly clientSide: { readonly subscriptionId: string; readonly publicKey: string } | undefined;
}

/** A request about some person. */
export type Make = (person: number) => Buffer;

const email = (person: number): string => `some.user.${person.toString(36)}@example.com`;

const emails = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => email(first * count + index));

/** The tokens that refresh and validate are asked with. */
interface Issued {
  readonly refreshToken: string;
  readonly advertisingToken: string;
}

class Caller {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  get(target: string): Buffer {
    return requestBytes('GET', target, this.#headers);
  }

  post(target: string, body: string | Buffer, isBinary = false): Buffer {
    const headers = { ...this.#headers, ...(isBinary && { 'content-type': 'application/octet-stream' }) };
    return requestBytes('POST', target, headers, Buffer.from(body));
  }

  sealed(target: string, payload: unknown, isBinary = false): Buffer {
    const body = sealRequest(this.secret, Buffer.from(JSON.stringify(payload)), { timestampMs: Date.now() });
    return isBinary ? this.post(target, body, true) : this.post(target, body.toString('base64'));
  }

  get secret(): Buffer {
    return Buffer.from(this.#access.secret, 'base64');
  }

  get #headers(): { authorization: string } {
    return { authorization: `Bearer ${this.#access.key}` };
  }
}

/** Tokens of the person whom validate knows, on v1 and in the envelope. */
async function issue(load: Load, caller: Caller): Promise<Issued> {
  const asked = caller.sealed('/v2/token/generate', { email: 'validate@example.com', optout_check: 1 });
  const sealed = Buffer.from((await load.ask(asked)).toString(), 'base64');
  const { body } = JSON.parse(openResponse(caller.secret, sealed).payload.toString());
  return { refreshToken: body.refresh_token, advertisingToken: body.advertising_token };
}

function clientGenerate(
  { subscriptionId, publicKey: serverPublicKey }: NonNullable<Access['clientSide']>,
  hashOf: (person: number) => string,
): Make {
  return (person) => {
    const { body } = sealClientGenerate({
      subscriptionId,
      serverPublicKey,
      payload: { email_hash: hashOf(person) },
      timestampMs: Date.now(),
    });
    const headers = { origin: 'http://localhost' };
    return requestBytes('POST', '/v2/token/client-generate', headers, Buffer.from(JSON.stringify(body)));
  };
}

/** 32 bytes as base64 that are another for each person. */
function someHash(person: number): string {
  const bytes = Buffer.alloc(32, 7);
  bytes.writeUInt32BE(person);
  return bytes.toString('base64');
}

export type RouteName =
  | 'v1 generate'
  | 'v2 generate'
  | 'v1 refresh'
  | 'v2 refresh'
  | 'v1 validate'
  | 'v2 validate'
  | 'v2 map of 1'
  | 'v3 map of 1'
  | 'v2 map of 100'
  | 'v3 map of 100'
  | 'v2 map of 5000'
  | 'v3 map of 5000'
  | 'key/sharing'
  | 'client-generate';

/** How each route is asked. */
export async function requestsOf(
  access: Access,
  load: Load,
): Promise<Readonly<Partial<Record<RouteName, Make>>>> {
  const caller = new Caller(access);
  const { refreshToken, advertisingToken } = await issue(load, caller);
  const v1 = JSON.parse((await load.ask(caller.get('/v1/token/generate?email=a%40example.com'))).toString());
  const validated = `email=validate%40example.com&token=${encodeURIComponent(advertisingToken)}`;
  const map = (version: 'v2' | 'v3', count: number): Make =>
    version === 'v2'
      ? (person) => caller.sealed('/v2/identity/map', { email: emails(person, count) })
      : (person) => caller.sealed('/v3/identity/map', { email: emails(person, count) }, true);
  return {
    'v1 generate': (person) => caller.get(`/v1/token/generate?email=${encodeURIComponent(email(person))}`),
    'v2 generate': (person) => caller.sealed('/v2/token/generate', { email: email(person), optout_check: 1 }),
    'v1 refresh': () =>
      caller.get(`/v1/token/refresh?refresh_token=${encodeURIComponent(v1.body.refresh_token)}`),
    'v2 refresh': () => caller.post('/v2/token/refresh', refreshToken),
    'v1 validate': () => caller.get(`/v1/token/validate?${validated}`),
    'v2 validate': () =>
      caller.sealed('/v2/token/validate', { email: 'validate@example.com', token: advertisingToken }),
    'v2 map of 1': map('v2', 1),
    'v3 map of 1': map('v3', 1),
    'v2 map of 100': map('v2', 100),
    'v3 map of 100': map('v3', 100),
    'v2 map of 5000': map('v2', 5000),
    'v3 map of 5000': map('v3', 5000),
    'key/sharing': () => caller.sealed('/v2/key/sharing', {}),
    ...(access.clientSide && { 'client-generate': clientGenerate(access.clientSide, someHash) }),
  };
}
