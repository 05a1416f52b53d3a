/** What a running scenario works with: callers by role, plain and sealed requests, keys, the clock. */
import { randomBytes } from 'node:crypto';
import type { Answer } from './answer.ts';
import { decodeBase64Strict, openResponse, openWithKey, sealRequest, type Keys } from './wire.ts';
import { expectNow, expectThat, fail, likelyCause, NotApplicable, type Check } from './expect.ts';
import { NoAnswer, type HttpRequest, type Reply } from './client.ts';
import { selectCaller, type Role } from './callers.ts';
import type { Api, Participant } from './api.ts';
import type { Caller, Target } from './target.ts';

export const PARTICIPANT_ROLE: Readonly<Record<Participant, Role>> = {
  publisher: 'GENERATOR',
  advertiser: 'MAPPER',
  dsp: 'ID_READER',
  sharer: 'SHARER',
};

export interface AskOptions {
  /** Sent as Bearer key. */
  caller?: Caller | undefined;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** For the report, in place of the body. */
  shown?: string;
  /** Opens a 200. */
  open?: (reply: Reply, answer: Answer) => void;
  binary?: boolean;
}

export interface SealOptions extends Omit<AskOptions, 'body'> {
  caller: Caller;
  timestampMs?: number;
  nonce?: Buffer;
  version?: number;
  /** In place of the caller's. */
  secret?: Buffer;
  /** Last chance to spoil the sealed bytes, and the way they are written as text. */
  spoil?: (sealed: Buffer) => string | Buffer;
}

/** What the scenarios of one run share. */
export interface RunMemory {
  memo: Map<string, Promise<unknown>>;
  seen: Set<string>;
  uids: Map<string, string>;
  spans: readonly number[] | undefined;
}

export const createMemory = (): RunMemory => ({
  memo: new Map(),
  seen: new Set(),
  uids: new Map(),
  spans: undefined,
});

const BINARY = 'application/octet-stream';

export class ScenarioContext {
  readonly target: Target;
  readonly api: Api;
  readonly participant: Participant;
  /** Shared by the scenarios of a run: what is asked once. */
  readonly memo: Map<string, Promise<unknown>>;
  /** Values which may not come twice in a run. */
  readonly seen: Set<string>;
  /** Raw UIDs by identity, as the run has met them. */
  readonly uids: Map<string, string>;
  private readonly run: RunMemory;

  constructor(target: Target, api: Api, participant: Participant, run: RunMemory) {
    this.target = target;
    this.api = api;
    this.participant = participant;
    this.run = run;
    this.memo = run.memo;
    this.seen = run.seen;
    this.uids = run.uids;
  }

  /** Lifetimes of the first tokens of the run, milliseconds. */
  get spans(): readonly number[] | undefined {
    return this.run.spans;
  }

  set spans(spans: readonly number[] | undefined) {
    this.run.spans = spans;
  }

  /** The generation whose rules hold: unversioned token routes of `local` are those of v1. */
  get rules(): Api {
    return this.api === 'v0' && !this.target.flat ? 'v1' : this.api;
  }

  get sealed(): boolean {
    return this.api === 'v2' || this.api === 'v3';
  }

  get prefix(): string {
    return this.api === 'v0' ? '' : `/${this.api}`;
  }

  /** The best suited enabled client with this role; NotApplicable when none was given. */
  caller(role: Role = PARTICIPANT_ROLE[this.participant]): Caller {
    return selectCaller(this.target, role, this.sealed);
  }

  /** Asks once per run, whoever asks first. */
  once<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const found = this.memo.get(name) ?? ask();
    this.memo.set(name, found);
    return found as Promise<T>;
  }

  /** A plain request. */
  async ask(method: string, path: string, options: AskOptions = {}): Promise<Answer> {
    const query = options.query ? `?${new URLSearchParams(options.query).toString()}` : '';
    const headers: Record<string, string> = { ...options.headers };
    if (options.caller) headers['authorization'] ??= `Bearer ${options.caller.key}`;
    const request: HttpRequest = { method, path: path + query, headers };
    if (options.body !== undefined) request.body = options.body;
    const shown = options.shown ?? (typeof options.body === 'string' ? options.body : '');
    const as = options.caller ? ` as ${options.caller.name}` : '';
    const sent =
      `${method} ${decodeURIComponent(safeQuery(path + query))} ${shown}`.trim().slice(0, 500) + as;
    const reply = await this.exchange(request, sent);
    const answer = readAnswer(reply, sent, this);
    answer.origin = headers['origin'];
    answer.varies = this.varies(path);
    if (reply.status === 200 && options.open) options.open(reply, answer);
    return answer;
  }

  /** A sealed request of v2 and v3 (Protocol §7); an undefined payload is left out. Opens a 200 and checks the nonce. */
  async seal(path: string, payload: unknown, options: SealOptions): Promise<Answer> {
    const secret = options.secret ?? options.caller.secret;
    if (!secret) throw new NotApplicable('no client secret was given');
    const nonce = options.nonce ?? randomBytes(8);
    const text =
      payload === undefined ? undefined : typeof payload === 'string' ? payload : JSON.stringify(payload);
    const sealed = sealRequest(secret, text === undefined ? undefined : Buffer.from(text), {
      timestampMs: options.timestampMs ?? Date.now(),
      nonce,
      ...(options.version === undefined ? {} : { version: options.version }),
    });
    const body = options.spoil?.(sealed) ?? (options.binary ? sealed : sealed.toString('base64'));
    const headers = { 'content-type': options.binary ? BINARY : 'text/plain', ...options.headers };
    const open = (reply: Reply, answer: Answer): void => {
      openSealed(reply, answer, options.caller.secret ?? secret, nonce);
      expectNow({ sent: answer.sent }, answer, answer.envelope?.timestampMs ?? 0);
      this.fresh({ sent: answer.sent }, 'IV', answer.envelope?.iv.toString('hex') ?? '');
    };
    const shown = options.shown ?? `${text ?? 'no payload'} (sealed)`;
    const answer = await this.ask('POST', path, { ...options, headers, body, shown, open });
    answer.successType = options.binary ? BINARY : 'text/plain';
    answer.asked = payload;
    return answer;
  }

  /** Nothing random comes twice in a run: IVs, tokens, response keys. */
  fresh(check: Check, what: string, value: string): void {
    const why = { ...check, cause: 'something that has to be random is repeated' };
    expectThat(why, !this.seen.has(value), `a fresh ${what}`, 'one that was given out before');
    this.seen.add(value);
  }

  private async exchange(request: HttpRequest, sent: string): Promise<Reply> {
    try {
      return await this.target.http.send(request);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return fail({ sent, cause: 'the operator hangs or breaks off' }, 'an answer', error.message);
    }
  }

  /** Protocol §6.3: validate of current versions says it twice. */
  private varies(path: string): readonly string[] {
    const { served, profile, profileGiven } = this.target;
    const twice =
      path.startsWith('/v2/token/validate') && served.v2 && !(profileGiven && profile === 'v5.56');
    return twice ? ['origin', 'origin,origin'] : ['origin'];
  }

  /** What the versions differ in: exactly the given profile's way, or either when the profile is only presumed. */
  either<Old, Current = Old>(old: Old, current: Current): (Old | Current)[] {
    if (!this.target.profileGiven || this.target.profile === 'local') return [current, old];
    return this.target.profile === 'v5.56' ? [old] : [current];
  }

  /** True for versions that behave as v5.56 does where the two recorded ones differ. */
  get old(): boolean {
    return this.target.profile === 'v5.56';
  }

  /** Keys of the world, if it has them. */
  get worldKeys(): Keys | undefined {
    const keys = this.target.world?.keyset_keys;
    return keys && new Map(keys.map((key) => [key.id, Buffer.from(key.secret, 'base64')]));
  }
}

const safeQuery = (path: string): string => {
  try {
    decodeURIComponent(path);
    return path;
  } catch {
    return path.replaceAll('%', '%25');
  }
};

function readAnswer(reply: Reply, sent: string, context: ScenarioContext): Answer {
  const contentType = reply.headers.get('content-type')?.join(', ');
  const text = contentType === BINARY ? '' : reply.body.toString('utf8');
  return {
    reply,
    status: reply.status,
    contentType,
    sent,
    text,
    json: parseJson(text),
    sealed: false,
    asked: undefined,
    successType: 'application/json',
    wrapped: context.rules !== 'v0',
    origin: undefined,
    varies: ['origin'],
  };
}

export function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** IV, ciphertext and tag of an answer, from either way of writing it. */
function sealedBytes(reply: Reply, answer: Answer): Buffer {
  if (answer.contentType === BINARY) return reply.body;
  try {
    return decodeBase64Strict(answer.text);
  } catch {
    const cause = 'the answer is not sealed, or carries white space';
    return fail({ sent: answer.sent, cause }, 'an envelope in strict base64', answer.text.slice(0, 100));
  }
}

function openSealed(reply: Reply, answer: Answer, secret: Buffer, nonce: Buffer): void {
  const bytes = sealedBytes(reply, answer);
  const check = { sent: answer.sent, cause: 'the answer is sealed with another key or in another layout' };
  let opened;
  try {
    opened = openResponse(secret, bytes);
  } catch {
    return fail(
      check,
      'an envelope which the client secret opens',
      `${String(bytes.length)} bytes which it does not`,
    );
  }
  answer.sealed = true;
  answer.envelope = { timestampMs: opened.timestampMs, nonce: opened.nonce, iv: bytes.subarray(0, 12) };
  answer.json = parseJson(opened.payload.toString('utf8'));
  if (answer.json === undefined) fail(check, 'JSON inside the envelope', likelyCause(answer));
  if (!opened.nonce.equals(nonce)) {
    fail(
      { sent: answer.sent, cause: 'the nonce is not echoed' },
      `nonce ${nonce.toString('hex')}`,
      opened.nonce.toString('hex'),
    );
  }
}

/** Opens an answer to refresh or client-generate: no timestamp, no nonce (Protocol §7.4). */
export function openBare(ctx: ScenarioContext, reply: Reply, answer: Answer, key: Buffer): void {
  const bytes = sealedBytes(reply, answer);
  try {
    answer.json = parseJson(openWithKey(key, bytes).toString('utf8'));
  } catch {
    const check = { sent: answer.sent, cause: 'the answer is sealed with another key' };
    fail(check, 'an answer which the response key opens', `${String(bytes.length)} bytes which it does not`);
  }
  answer.sealed = true;
  answer.envelope = { timestampMs: Number.NaN, nonce: Buffer.alloc(0), iv: bytes.subarray(0, 12) };
  ctx.fresh({ sent: answer.sent }, 'IV', answer.envelope.iv.toString('hex'));
}
