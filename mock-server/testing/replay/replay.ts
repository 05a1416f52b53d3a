/**
 * Sends the requests of a recording to a running operator, at the time of the recording, and reports where the answers
 * differ: status, every header, the body with its encryption, and the checks of values that change with every call. It
 * knows only the world of the recording. Tokens are decoded by the contract suite's own decoder, never by the code
 * under test.
 */
import { keysOf } from '../world.ts';
import type { World } from '../../operator/world/schema.ts';
import {
  decodeBase64Strict,
  openResponse,
  openWithKey,
  type Keys,
} from '../../../contract-tests/wire/index.ts';
import { ask, type RawAnswer } from './ask.ts';
import { checkProblems } from './checks.ts';
import { bodyDifferences, headerDifferences, show } from './compare.ts';
import { parseRequest, type Entry, type RecordedResponse, type Step } from './format.ts';
import { concretePaths, valueAt } from './paths.ts';
import { wireRequest, type Opener } from './request.ts';
import { fill } from './template.ts';

export interface ReplayTarget {
  /** Origin, `http://127.0.0.1:1234`. */
  url: string;
  world: World;
  /** Freezes the operator's clock at a time, Unix milliseconds. */
  setClock(ms: number): Promise<void>;
}

interface StepContext {
  target: ReplayTarget;
  keys: Keys;
  now: number;
  captures: Map<string, string>;
}

function sealedBytes(answer: RawAnswer, encoding: RecordedResponse['body_encoding']): Buffer {
  if (encoding === 'binary') {
    return answer.body;
  }
  const text = answer.body.toString('utf8');
  const bytes = decodeBase64Strict(text);
  if (bytes.toString('base64') !== text) {
    throw new Error('expected padded base64, got another spelling of it');
  }
  return bytes;
}

function openAnswer(sealed: Buffer, opener: Opener | undefined, now: number): string {
  if (opener === undefined) {
    throw new Error('expected a secret or response_key in the recording to open the answer, got none');
  }
  if (!opener.sealed) {
    return openWithKey(opener.key, sealed).toString('utf8');
  }
  const { timestampMs, nonce, payload } = openResponse(opener.key, sealed);
  if (!nonce.equals(opener.nonce)) {
    throw new Error('expected the nonce of the request in the answer, got another');
  }
  if (timestampMs !== now) {
    throw new Error(`expected the timestamp ${now} in the answer, got ${timestampMs}`);
  }
  return payload.toString('utf8');
}

/** The body as the recording writes it: JSON where it was encrypted or is of a JSON type, text otherwise. */
function readBody(
  answer: RawAnswer,
  recorded: RecordedResponse,
  opener: Opener | undefined,
  now: number,
): unknown {
  if (recorded.encrypted && answer.status === recorded.status) {
    return JSON.parse(openAnswer(sealedBytes(answer, recorded.body_encoding), opener, now));
  }
  const text = answer.body.toString('utf8');
  return answer.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text;
}

function checkAll(step: Step, body: unknown, context: StepContext): string[] {
  const { keys, now, captures } = context;
  const unchecked = step.volatile.filter((path) => step.checks[path] === undefined);
  const unused = Object.keys(step.checks).filter((path) => !step.volatile.includes(path));
  const skip = new Set<string>();
  const problems = Object.entries(step.checks).flatMap(([pattern, check]) =>
    concretePaths(step.response.body, pattern).flatMap((path) => {
      skip.add(path);
      return checkProblems(check, { now, keys, captures, body, path });
    }),
  );
  return [
    ...unchecked.map((path) => `${path}: is volatile and has no check`),
    ...unused.map((path) => `${path}: has a check and is not volatile`),
    ...bodyDifferences(step.response.body, body, skip),
    ...problems,
  ];
}

function capture(step: Step, body: unknown, captures: Map<string, string>): void {
  for (const [name, path] of Object.entries(step.capture)) {
    const value = valueAt(body, path);
    if (typeof value !== 'string') {
      throw new Error(`capture ${name}: expected text at ${path}, got ${show(value)}`);
    }
    captures.set(name, value);
  }
}

async function replayStep(step: Step, context: StepContext): Promise<string[]> {
  const { target, keys, now, captures } = context;
  const request = wireRequest(parseRequest(fill(step.request, captures, keys)), target.world, now);
  const answer = await ask(target.url, request);
  const { status, headers } = step.response;
  const problems = [
    ...(answer.status === status ? [] : [`status: expected ${status}, got ${answer.status}`]),
    ...headerDifferences(headers, answer.headers),
  ];
  try {
    const body = readBody(answer, step.response, request.opener, now);
    problems.push(...checkAll(step, body, context));
    capture(step, body, captures);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(`body: ${reason}; got ${show(answer.body.toString('utf8'))}`);
  }
  return problems;
}

/**
 * Replays an entry with the clock frozen at its time.
 * @returns one line for each difference; none when the operator answered as recorded.
 */
export async function replayEntry(entry: Entry, target: ReplayTarget): Promise<string[]> {
  const captures = new Map<string, string>();
  const context = { target, keys: keysOf(target.world), now: entry.recorded_at_ms, captures };
  const problems: string[] = [];
  await target.setClock(entry.recorded_at_ms);
  for (const [index, step] of entry.steps.entries()) {
    const at = entry.steps.length === 1 ? '' : `step ${index + 1}: `;
    try {
      problems.push(...(await replayStep(step, context)).map((problem) => at + problem));
    } catch (error) {
      // Later steps need what this one would have captured.
      return [...problems, `${at}${error instanceof Error ? error.message : String(error)}`];
    }
  }
  return problems;
}
