/** One request and its answer on their way through the proxy, opened where they are sealed. */
import { decodeBase64Strict, openWithKey, sealWithKey, unwrapRefreshToken } from '../wire/index.ts';
import { secretOf, type Client, type Deployment } from './deployment.ts';
import type { Answer, Request } from './reverse-proxy.ts';

export type Json = Record<string, unknown>;

/** The parts of a sealed answer; `head` is time and nonce, or empty (Protocol §7.2, §7.4). */
export interface SealedParts {
  key: Buffer;
  iv: Buffer;
  head: Buffer;
  text: string;
}

/** Time and nonce. */
export const HEAD = 16;
const IV = 12;
const BINARY = 'application/octet-stream';

const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch {
    return undefined;
  }
};

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseJson = (text: string): Json | undefined => {
  const json: unknown = /^\s*[{[]/.test(text) ? attempt(() => JSON.parse(text) as unknown) : undefined;
  return typeof json === 'object' && json !== null ? (json as Json) : undefined;
};

export class Exchange {
  readonly operator: Deployment;
  /** What a falsification remembers from one exchange to the next of its run. */
  readonly memory: Map<string, unknown>;
  /** The request as it came. */
  readonly sent: Request;
  /** The request as it is sent on. */
  readonly request: Request;
  /** Undefined until it is there. */
  answer: Answer | undefined;
  /** The client whose secret seals the request that is sent on. */
  as: Client | undefined;
  changed = false;
  /** Identifiers that were sent, by those that were sent on in their place. */
  identifiers: ReadonlyMap<unknown, unknown> | undefined;

  constructor(operator: Deployment, memory: Map<string, unknown>, request: Request) {
    this.operator = operator;
    this.memory = memory;
    this.sent = request;
    this.request = { ...request, headers: { ...request.headers } };
    this.as = this.client;
  }

  /** The route without slashes at its end, doubled slashes and query. */
  get route(): string {
    const path = (this.sent.path.split('?')[0] ?? '').replace(/\/{2,}/g, '/');
    return path.replace(/(.)\/$/, '$1');
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.request.path.split('?')[1] ?? '');
  }

  set query(query: URLSearchParams) {
    this.request.path = `${this.request.path.split('?')[0] ?? ''}?${query.toString()}`;
  }

  /** The bearer key, as strictly as the operator reads it. */
  get bearer(): string | undefined {
    return /^bearer (\S+)$/i.exec((this.sent.headers.authorization ?? '').trim())?.[1];
  }

  get client(): Client | undefined {
    return this.bearer === undefined ? undefined : this.operator.clientOf(this.bearer);
  }

  get isClientSide(): boolean {
    return this.route === '/v2/token/client-generate';
  }

  get isRefresh(): boolean {
    return this.route === '/v2/token/refresh';
  }

  /** Sealed by the client's secret. */
  get isEnveloped(): boolean {
    return /^\/v[23]\//.test(this.route) && !this.isClientSide && !this.isRefresh;
  }

  get isBinary(): boolean {
    return this.sent.headers['content-type']?.toLowerCase() === BINARY;
  }

  /** The sealed request: bytes, or what its base64 says. */
  get envelope(): Buffer | undefined {
    return this.isBinary
      ? this.sent.body
      : attempt(() => decodeBase64Strict(this.sent.body.toString('latin1')));
  }

  /** Time, nonce and payload of the request, with the secret of `client`; undefined when it does not open. */
  openRequest(client = this.client): { head: Buffer; text: string } | undefined {
    const { envelope } = this;
    if (!client || !envelope || envelope[0] !== 1) return undefined;
    const plain = attempt(() => openWithKey(secretOf(client), envelope.subarray(1)));
    if (!plain || plain.length < HEAD) return undefined;
    return { head: plain.subarray(0, HEAD), text: plain.subarray(HEAD).toString() };
  }

  /** Seals the request that is sent on, for `client`. */
  sealRequest(head: Buffer, text: string, client = this.as): void {
    if (!client) return;
    const sealed = sealWithKey(secretOf(client), Buffer.concat([head, Buffer.from(text)]));
    const bytes = Buffer.concat([Buffer.of(1), sealed]);
    this.request.body = this.isBinary ? bytes : Buffer.from(bytes.toString('base64'));
    this.request.headers.authorization = `Bearer ${client.key}`;
    this.as = client;
    this.changed = true;
  }

  /** The JSON object of the request: payload, plain body or query. */
  get asked(): Json | undefined {
    if (this.isEnveloped) return parseJson(this.openRequest()?.text ?? '');
    if (this.sent.method === 'GET')
      return Object.fromEntries([...this.query].map(([name, value]) => [name.toLowerCase(), value]));
    return parseJson(this.sent.body.toString());
  }

  /** Sends other parameters on. */
  ask(json: Json): void {
    const opened = this.openRequest();
    if (this.isEnveloped && opened) this.sealRequest(opened.head, JSON.stringify(json));
    else if (this.sent.method === 'GET')
      this.query = new URLSearchParams(
        Object.entries(json).map(([name, value]): [string, string] => [name, String(value)]),
      );
    else this.request.body = Buffer.from(JSON.stringify(json));
    this.changed = true;
  }

  /** Answers without asking the operator. */
  reply(status: number, json: unknown, type: string | null = 'application/json'): void {
    const { origin } = this.sent.headers;
    const trace = this.sent.headers['x-amzn-trace-id'];
    this.answer = {
      status,
      headers: {
        ...(type === null ? {} : { 'content-type': type }),
        vary: this.route === '/v2/token/validate' ? 'origin,origin' : 'origin',
        ...(origin === undefined ? {} : { 'access-control-allow-origin': origin }),
        ...(trace === undefined || this.isClientSide ? {} : { 'x-amzn-trace-id': trace }),
      },
      body: Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)),
    };
    this.changed = true;
  }

  /** Answers 200 with `json`, sealed as the request asks for. */
  replySealed(json: unknown): void {
    const head = this.openRequest()?.head;
    if (!head || !this.client) return;
    head.writeBigInt64BE(BigInt(Date.now()));
    this.reply(200, '', this.isBinary ? BINARY : 'text/plain');
    this.seal({ key: secretOf(this.client), iv: Buffer.alloc(0), head, text: JSON.stringify(json) });
  }

  /** The key that seals the answer, and the length of what stands before its JSON. */
  #sealing(): { key: Buffer; head: number } | undefined {
    const { route, as } = this;
    if (this.answer?.status !== 200) return undefined;
    if (this.isClientSide) {
      const body = parseJson(this.request.body.toString());
      const key = this.operator.sharedKey(body?.['subscription_id'], body?.['public_key']);
      return key && { key, head: 0 };
    }
    if (this.isRefresh) {
      const token = this.request.body.toString();
      const key = attempt(() => unwrapRefreshToken(token, this.operator.keys).refreshResponseKey);
      return key && { key, head: 0 };
    }
    return /^\/v[23]\//.test(route) && as ? { key: secretOf(as), head: HEAD } : undefined;
  }

  /** The sealed answer, opened; undefined for a plain one. */
  open(): SealedParts | undefined {
    const { answer } = this;
    const sealing = this.#sealing();
    if (!answer || !sealing) return undefined;
    const bytes =
      answer.headers['content-type'] === BINARY
        ? answer.body
        : attempt(() => decodeBase64Strict(answer.body.toString()));
    const plain = bytes && attempt(() => openWithKey(sealing.key, bytes));
    if (!bytes || !plain) return undefined;
    return {
      key: sealing.key,
      iv: bytes.subarray(0, IV),
      head: plain.subarray(0, sealing.head),
      text: plain.subarray(sealing.head).toString(),
    };
  }

  seal({ key, iv, head, text }: SealedParts): void {
    const { answer } = this;
    if (!answer) return;
    const plain = Buffer.concat([head, Buffer.from(text)]);
    const sealed = iv.length === IV ? sealWithKey(key, plain, iv) : sealWithKey(key, plain);
    answer.body = answer.headers['content-type'] === BINARY ? sealed : Buffer.from(sealed.toString('base64'));
    this.changed = true;
  }

  /** The JSON of the answer, plain or sealed. */
  get json(): Json | undefined {
    return parseJson(this.open()?.text ?? this.answer?.body.toString() ?? '');
  }

  /** Puts `json` in the place of the answer's JSON. */
  tell(json: Json): void {
    const opened = this.open();
    const text = JSON.stringify(json);
    if (opened) this.seal({ ...opened, text });
    else if (this.answer) this.answer.body = Buffer.from(text);
    this.changed = true;
  }

  /** Seals an answer to another client for the one that asked. */
  sealForAsker(): void {
    const { as, client } = this;
    if (!as || !client || as === client || !this.isEnveloped) return;
    const opened = this.open();
    if (opened) this.seal({ ...opened, key: secretOf(client) });
  }
}
