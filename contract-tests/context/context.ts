/** What a running scenario works with: callers by role, plain and sealed requests, keys, the clock. */
import { randomBytes } from 'node:crypto';
import type { Api, Participant } from '../spec/api.ts';
import { ContractError, isContractError } from '../spec/contract-error.ts';
import { sealRequest, type Keys } from '../wire/index.ts';
import { selectCaller, type Role } from '../target/callers.ts';
import type { HttpRequest, Reply } from '../target/client.ts';
import type { Caller, Target } from '../target/target.ts';
import type { Answer } from '../check/answer.ts';
import { expectThat, fail, type Check } from '../check/expect.ts';
import { BINARY, openSealed, parseJson } from './opening.ts';

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
  /** Milliseconds by which the operator's clock was ahead of ours when it first told the time. */
  ahead: number | undefined;
  /** What the key endpoints have shown. */
  keys: Map<number, Buffer>;
}

export const createMemory = (): RunMemory => ({
  memo: new Map(),
  seen: new Set(),
  uids: new Map(),
  spans: undefined,
  ahead: undefined,
  keys: new Map(),
});

/** Milliseconds by which an operator's clock may differ from ours: it takes our envelopes up to two minutes off. */
export const CLOCK_TOLERANCE = 130_000;
/** Milliseconds between two readings of the operator's own clock, apart from the time that answers take. */
const OWN_CLOCK_TOLERANCE = 10_000;
/** Milliseconds by which requests are sent late, so that their time handed back is not taken for the operator's. */
const LATE = 20_000;

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
    answer.varies = this.varies(method, path, reply.status);
    if (reply.status === 200 && options.open) options.open(reply, answer);
    return answer;
  }

  /** A sealed request of v2 and v3 (Protocol §7); an undefined payload is left out. Opens a 200 and checks the nonce. */
  async seal(path: string, payload: unknown, options: SealOptions): Promise<Answer> {
    const secret = options.secret ?? options.caller.secret;
    if (!secret) throw new ContractError('not_applicable', 'no client secret was given');
    const nonce = options.nonce ?? randomBytes(8);
    const text =
      payload === undefined ? undefined : typeof payload === 'string' ? payload : JSON.stringify(payload);
    const sealed = sealRequest(secret, text === undefined ? undefined : Buffer.from(text), {
      timestampMs: options.timestampMs ?? Date.now() - (this.run.ahead === undefined ? 0 : LATE),
      nonce,
      ...(options.version === undefined ? {} : { version: options.version }),
    });
    const body = options.spoil?.(sealed) ?? (options.binary ? sealed : sealed.toString('base64'));
    const headers = { 'content-type': options.binary ? BINARY : 'text/plain', ...options.headers };
    this.seen.add(sealed.subarray(1, 13).toString('hex'));
    const open = (reply: Reply, answer: Answer): void => {
      const { timestampMs } = openSealed(reply, answer, options.caller.secret ?? secret, nonce);
      this.expectNow({ sent: answer.sent }, answer, timestampMs);
      this.fresh({ sent: answer.sent }, 'IV', answer.envelope?.iv.toString('hex') ?? '');
    };
    const shown = options.shown ?? `${text ?? 'no payload'} (sealed)`;
    const answer = await this.ask('POST', path, { ...options, headers, body, shown, open });
    answer.successType = options.binary ? BINARY : 'text/plain';
    answer.asked = payload;
    return answer;
  }

  /** Nothing random comes twice in a run, or is one byte over and over: IVs, tokens, response keys. */
  fresh(check: Check, what: string, value: string): void {
    const why = { ...check, cause: 'something that has to be random is repeated' };
    expectThat(why, !/^(..)\1+$/.test(value), `a random ${what}`, 'the same byte over and over');
    expectThat(why, !this.seen.has(value), `a fresh ${what}`, 'one that was given out before');
    this.seen.add(value);
  }

  /** What the operator's clock shows now, milliseconds, as far as it has told. */
  get operatorTime(): number {
    return Math.round(Date.now() + (this.run.ahead ?? 0));
  }

  /** The operator's time in milliseconds: near ours, and going on from where its clock was before. */
  expectNow(check: Check, { reply }: Answer, time: number): void {
    const { sentAt, receivedAt } = reply;
    const ahead = time - (sentAt + receivedAt) / 2;
    this.run.ahead ??= ahead;
    const apart = Math.abs(ahead - this.run.ahead) - (receivedAt - sentAt);
    const near = time > sentAt - CLOCK_TOLERANCE && time < receivedAt + CLOCK_TOLERANCE;
    const why = { ...check, cause: "the clock, or the unit, of the operator's time" };
    expectThat(why, near && apart < OWN_CLOCK_TOLERANCE, 'the time of the operator in milliseconds', time);
  }

  private async exchange(request: HttpRequest, sent: string): Promise<Reply> {
    try {
      return await this.target.http.send(request);
    } catch (error) {
      if (!isContractError(error, 'no_answer')) throw error;
      return fail({ sent, cause: 'the operator hangs or breaks off' }, 'an answer', error.message);
    }
  }

  /** Protocol §6.3: validate of current versions says it twice, certainly where a POST is read. */
  private varies(method: string, path: string, status: number): readonly string[] {
    if (!path.startsWith('/v2/token/validate') || !this.target.served.v2) return ['origin'];
    if (method === 'POST' && status <= 401) return this.either('origin', 'origin,origin');
    return this.target.profileGiven && this.old ? ['origin'] : ['origin', 'origin,origin'];
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

  /** Keys that any client given was shown so far. */
  get shownKeys(): Map<number, Buffer> {
    return this.run.keys;
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
