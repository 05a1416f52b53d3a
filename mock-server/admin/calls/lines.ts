/** Reads newline-delimited JSON. */

import { invalid } from './control-error.ts';

/** A line with its number, from 1 on. */
export interface Line {
  readonly number: number;
  readonly value: unknown;
}

/** How errors name a line. */
export const lineName = (number: number): string => `line ${number}`;

const LONGEST = 65_536;

function checkLength(length: number, number: number): void {
  if (length <= LONGEST) return;
  throw invalid(lineName(number), `at most ${LONGEST} characters`, `at least ${length}`);
}

function parsed(text: string, number: number): unknown {
  checkLength(text.length, number);
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(lineName(number), 'an object in JSON', 'a text that is not');
  }
}

function* linesIn(text: string, first: number): Generator<Line, void> {
  let from = 0;
  for (let number = first; from < text.length; number++) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end);
    if (line.trim() !== '') yield { number, value: parsed(line, number) };
    from = end < 0 ? text.length : end + 1;
  }
}

const linesEndedIn = (text: string): number => text.split('\n').length - 1;

/**
 * The lines of a text that comes in pieces, without blank ones.
 *
 * @throws ControlError `invalid` for a line that is not JSON, when it is reached
 */
export async function* readLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Iterable<Line>, void> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 1;
  for await (const piece of pieces) {
    const text = rest + decoder.decode(piece, { stream: true });
    const end = text.lastIndexOf('\n') + 1;
    const whole = text.slice(0, end);
    yield linesIn(whole, number);
    number += linesEndedIn(whole);
    rest = text.slice(end);
    checkLength(rest.length, number);
  }
  yield linesIn(rest + decoder.decode(), number);
}

/** Values as lines. */
export async function* linesOf<T>(
  values: AsyncIterable<T> | Iterable<T>,
  plain: (value: T) => unknown,
): AsyncGenerator<Iterable<Line>, void> {
  if (Symbol.iterator in values) {
    yield numbered(values, plain);
    return;
  }
  let number = 0;
  for await (const value of values) yield [{ number: (number += 1), value: plain(value) }];
}

function* numbered<T>(values: Iterable<T>, plain: (value: T) => unknown): Generator<Line, void> {
  let number = 0;
  for (const value of values) yield { number: (number += 1), value: plain(value) };
}

const LINES_PER_PIECE = 500;

/** Lines as text, in pieces. */
export async function* writtenLines(lines: AsyncIterable<Iterable<Line>>): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let texts: string[] = [];
  let next = 1;
  const piece = (): Uint8Array => {
    const joined = encoder.encode(texts.join(''));
    texts = [];
    return joined;
  };
  for await (const some of lines) {
    for (const { number, value } of some) {
      // blank lines were left out, and an error has to name the line that the caller knows
      texts.push(`${'\n'.repeat(number - next)}${JSON.stringify(value) ?? 'null'}\n`);
      next = number + 1;
      if (texts.length >= LINES_PER_PIECE) yield piece();
    }
  }
  yield piece();
}
