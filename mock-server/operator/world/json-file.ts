/** Reads a JSON file. For invalid JSON it names the line and column of the first mistake. */

import { readFile } from 'node:fs/promises';

const WHITE_SPACE = /[ \t\r\n]*/y;
/** A token of RFC 8259: a structural character, a string, or a number or literal. */
const TOKEN =
  /([{}[\]:,])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y;

type State = 'value' | 'first element' | 'first name' | 'name' | 'colon' | 'after value';

interface Fault {
  /** index into the text */
  readonly at: number;
  readonly expected: string;
}

const expectations: Readonly<Record<Exclude<State, 'after value'>, string>> = {
  value: 'a value',
  'first element': 'a value or ]',
  'first name': 'a name in double quotes or }',
  name: 'a name in double quotes',
  colon: 'a colon',
};

/** The state after a token; undefined when the token may not come. `open` holds the brackets around it. */
function step(state: State, token: string, open: string[]): State | undefined {
  const [inner] = open.slice(-1);
  const takesValue = state === 'value' || state === 'first element';
  if (token === '{' || token === '[') {
    if (!takesValue) return undefined;
    open.push(token);
    return token === '{' ? 'first name' : 'first element';
  }
  if (token === '}' || token === ']') {
    const mayClose = state === 'after value' || state === (token === '}' ? 'first name' : 'first element');
    if (!mayClose || inner !== (token === '}' ? '{' : '[')) return undefined;
    open.pop();
    return 'after value';
  }
  if (token === ',') {
    if (state !== 'after value' || inner === undefined) return undefined;
    return inner === '{' ? 'name' : 'value';
  }
  if (token === ':') return state === 'colon' ? 'value' : undefined;
  if (takesValue) return 'after value';
  return token.startsWith('"') && (state === 'name' || state === 'first name') ? 'colon' : undefined;
}

/** The first mistake of an invalid JSON text. */
function faultOf(text: string): Fault {
  const open: string[] = [];
  let state: State = 'value';
  for (let at = 0; ; at = TOKEN.lastIndex) {
    WHITE_SPACE.lastIndex = at;
    WHITE_SPACE.test(text);
    at = TOKEN.lastIndex = WHITE_SPACE.lastIndex;
    const [token] = TOKEN.exec(text) ?? [];
    const next: State | undefined = token === undefined ? undefined : step(state, token, open);
    if (next === undefined) {
      const closing =
        open.length === 0 ? 'the end of the file' : `a comma or ${open.at(-1) === '{' ? '}' : ']'}`;
      return { at, expected: state === 'after value' ? closing : expectations[state] };
    }
    state = next;
  }
}

function sentence(text: string, { at, expected }: Fault, path: string): string {
  const before = text.slice(0, at).split('\n');
  const place = `at line ${before.length}, column ${(before.at(-1) ?? '').length + 1} of ${path}`;
  const character = text[at];
  // no part of a string is shown: it may be a secret
  if (character === '"')
    return `expected JSON; got a string out of place, without end or with an invalid escape, ${place}`;
  return `expected JSON; got ${character ?? 'the end of the file'} in place of ${expected}, ${place}`;
}

/** The content of a JSON file, or the problem with the file. */
export async function readJsonFile(path: string): Promise<{ json: unknown } | { problem: string }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { problem: `expected a readable file; got ${path} (${reason})` };
  }
  let text: string;
  try {
    // a byte order mark is dropped
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { problem: `expected UTF-8; got another encoding in ${path}` };
  }
  try {
    const json: unknown = JSON.parse(text);
    return { json };
  } catch {
    return { problem: sentence(text, faultOf(text), path) };
  }
}
