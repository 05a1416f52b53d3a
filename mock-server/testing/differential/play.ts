/**
 * Sends a case of the differential recordings to a running operator and reports where its answers differ: status,
 * reason phrase, every header, how the answer was sealed, and the body with tokens and times masked. Tokens are decoded
 * by the contract suite's own decoder: new ones must have the same fields of the user as the presented one.
 */
import {
  decodeBase64Strict,
  openResponse,
  openWithKey,
  type Keys,
} from '../../../contract-tests/wire/index.ts';
import { keysOf } from '../world.ts';
import { headerDifferences, show } from '../replay/compare.ts';
import { valueAt } from '../replay/paths.ts';
import type { ReplayTarget } from '../replay/replay.ts';
import type { Opener } from '../replay/request.ts';
import { clientNamed, makeBody } from './body.ts';
import { exchange, type SocketAnswer } from './connection.ts';
import { fill } from './fill.ts';
import {
  parseRequest,
  type DifferentialAnswer,
  type DifferentialCase,
  type DifferentialRequest,
  type DifferentialStep,
} from './format.ts';
import { encodeText } from './json-text.ts';
import { tokenProblems } from './issued-tokens.ts';

interface Context {
  readonly target: ReplayTarget;
  readonly keys: Keys;
  readonly now: number;
  readonly captures: Map<string, string>;
}

/** The request as bytes: request line, Host, Authorization, the headers as listed, framing, body. */
function requestBytes(request: DifferentialRequest, body: Buffer, { target }: Context): Buffer {
  const { method, path, query, http, host = new URL(target.url).host, auth, scheme, framing } = request;
  const lines = [`${method} ${path}${query === undefined ? '' : `?${query}`} HTTP/${http}`];
  if (host !== false) lines.push(`Host: ${host}`);
  if (auth !== undefined) lines.push(`Authorization: ${scheme}${clientNamed(target.world, auth).key}`);
  lines.push(...request.headers.map(([name, value]) => `${name}: ${value}`));
  const chunked = framing === 'chunked';
  if (chunked) lines.push('Transfer-Encoding: chunked');
  if (framing === 'length' && (body.length > 0 || method === 'POST')) {
    lines.push(`Content-Length: ${body.length}`);
  }
  const head = encodeText([...lines, '', ''].join('\r\n'));
  const chunk = body.length === 0 ? '' : `${body.length.toString(16)}\r\n`;
  return chunked
    ? Buffer.concat([head, Buffer.from(chunk), body, Buffer.from(`${chunk && '\r\n'}0\r\n\r\n`)])
    : Buffer.concat([head, body]);
}

interface Opened {
  /** how the answer was sealed, in the words of the recordings; empty if it was not */
  readonly sealed: string;
  readonly text: string;
}

function openedBytes(sealed: Buffer, opener: Opener, now: number): { how: string; plain: Buffer } {
  if (!opener.sealed) return { how: 'bare', plain: openWithKey(opener.key, sealed) };
  const { timestampMs, nonce, payload } = openResponse(opener.key, sealed);
  const same = nonce.equals(opener.nonce) ? 'nonce' : 'other-nonce';
  return { how: `${same} ${timestampMs === now ? 'ts' : 'other-ts'}`, plain: payload };
}

function open({ status, headers, body }: SocketAnswer, opener: Opener | undefined, now: number): Opened {
  const text = body.toString('utf8');
  const binary = headers.get('content-type')?.[0] === 'application/octet-stream';
  if (status !== 200 || opener === undefined) return { sealed: '', text };
  try {
    const { how, plain } = openedBytes(binary ? body : decodeBase64Strict(text), opener, now);
    return { sealed: `${binary ? 'binary' : 'base64'} ${how}`, text: plain.toString('utf8') };
  } catch {
    return { sealed: '', text };
  }
}

/** Tokens, keys and times of issued tokens in a JSON text, replaced by what the recordings write for them. */
const masked = (text: string): string =>
  text
    .replace(/("(?:advertising|advertisement)_token":)"[^"]+"/g, '$1"<adv>"')
    .replace(/("refresh_token":)"[^"]+"/g, '$1"<ref>"')
    .replace(/("refresh_response_key":)"[^"]+"/g, '$1"<key>"')
    .replace(/("(?:identity_expires|refresh_expires|refresh_from)":)\d+/g, '$1<time>');

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const AROUND = 60;

/** The problem of two texts that differ, with parts that begin shortly before the difference. */
function bodyProblems(expected: string, got: string): string[] {
  if (expected === got) return [];
  let from = 0;
  while (from < expected.length && expected[from] === got[from]) from += 1;
  const start = Math.max(0, from - AROUND);
  const part = (text: string) => show(text.slice(start, start + 2 * AROUND));
  return [`body from character ${start}: expected ${part(expected)}, got ${part(got)}`];
}

function differences(expected: DifferentialAnswer, answer: SocketAnswer, { sealed, text }: Opened): string[] {
  const same = (what: string, wanted: unknown, got: unknown): string[] =>
    wanted === got ? [] : [`${what}: expected ${show(wanted)}, got ${show(got)}`];
  const joined = (lists: Iterable<readonly [string, readonly string[]]>) =>
    [...lists].map(([name, values]): [string, string] => [name, values.join(' | ')]);
  return [
    ...same('status', expected.status, answer.status),
    ...same('reason', expected.reason, answer.reason),
    ...headerDifferences(
      Object.fromEntries(joined(Object.entries(expected.headers))),
      new Map(joined(answer.headers)),
    ),
    ...same('sealed', expected.sealed, sealed),
    ...bodyProblems(expected.body, masked(text)),
  ];
}

function capture(save: Record<string, string>, json: unknown, captures: Map<string, string>): void {
  for (const [name, path] of Object.entries(save)) {
    const value = valueAt(json, path);
    if (typeof value === 'string') captures.set(name, value);
  }
}

const interimProblems = ({ interim }: SocketAnswer): string[] =>
  interim.map((status) => `interim answer: expected none, got ${status}`);

/** The answer of the form decoder to a body that it refuses. */
const isFormRefusal = ({ status, headers, body }: DifferentialAnswer): boolean =>
  status === 400 && body === 'Bad Request' && headers['content-type'] === undefined;

/**
 * @param withoutInterim whether there must be no interim answer
 */
async function playStep(
  step: DifferentialStep,
  context: Context,
  withoutInterim: boolean,
): Promise<string[]> {
  const { target, keys, now, captures } = context;
  const request = parseRequest(fill(step.request, captures, keys));
  const { bytes, opener } = makeBody(request, target.world, now, step.answers.every(isFormRefusal));
  const once = requestBytes(request, bytes, context);
  const sent = Buffer.concat(Array.from({ length: request.pipeline }, () => once));
  const answers = await exchange(target.url, sent, request.method, request.pipeline);
  return step.answers.flatMap((expected, index) => {
    const answer = answers[index];
    if (answer === undefined) return [`answer ${index + 1}: expected one, got none`];
    const opened = open(answer, opener, now);
    const json = parsed(opened.text);
    capture(request.save, json, captures);
    return [
      ...differences(expected, answer, opened),
      ...tokenProblems(json, request, keys),
      ...(withoutInterim ? interimProblems(answer) : []),
    ];
  });
}

/**
 * Plays a case with the clock frozen at `now`.
 * @returns one line for each difference
 */
export async function playCase(
  { steps, departs_in }: DifferentialCase,
  target: ReplayTarget,
  now: number,
): Promise<string[]> {
  const context: Context = { target, keys: keysOf(target.world), now, captures: new Map() };
  const problems: string[] = [];
  await target.setClock(now);
  for (const [index, step] of steps.entries()) {
    const at = steps.length === 1 ? '' : `step ${index + 1}: `;
    try {
      const withoutInterim = departs_in === 'interim' && index === steps.length - 1;
      problems.push(...(await playStep(step, context, withoutInterim)).map((problem) => at + problem));
    } catch (error) {
      return [...problems, `${at}${error instanceof Error ? error.message : String(error)}`];
    }
  }
  return problems;
}
