/**
 * JSON as the recordings write it: `{"$obj": [[name, value], ...]}` is an object whose order and repeated names count,
 * `{"$raw": text}` is text as it stands. Everything else is compact JSON; a lone surrogate is written as an escape.
 */
import type { Alteration } from './format.ts';

function special(value: object): string | undefined {
  if ('$raw' in value && typeof value.$raw === 'string') return value.$raw;
  if (!('$obj' in value) || !Array.isArray(value.$obj)) return undefined;
  return objectText(value.$obj);
}

function objectText(members: readonly [string, unknown][]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join(',')}}`;
}

export function jsonText(value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value)) return String(BigInt(value));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  return special(value) ?? objectText(Object.entries(value));
}

/** Puts `inserted` behind every comma and colon that stands outside of a string. */
function between(json: string, inserted: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[,:]/gs, (found) => (found.length === 1 ? found + inserted : found));
}

const alterations = new Map<string, (json: string, ...given: (string | number)[]) => string>([
  ['prepend', (json, before) => `${before}${json}`],
  ['append', (json, behind) => `${json}${behind}`],
  ['wrap', (json, before, behind) => `${before}${json}${behind}`],
  ['between', (json, inserted) => between(json, String(inserted))],
  [
    'insert',
    (json, given, inserted) => {
      const at = Number(given) % (json.length + 1);
      return `${json.slice(0, at)}${inserted}${json.slice(at)}`;
    },
  ],
]);

/** The JSON text with each alteration made in turn. */
export function alterJson(json: string, changes: readonly Alteration[]): string {
  return changes.reduce((text, [name, ...given]) => {
    const alter = alterations.get(name);
    if (alter === undefined) throw new Error(`jmut: expected a known alteration, got ${name}`);
    return alter(text, ...given);
  }, json);
}

/**
 * The bytes of a text. In UTF-8 a lone surrogate from U+DC80 to U+DCFF stands for the byte of its last two digits, so
 * that bytes that are not UTF-8 can be written.
 */
export function encodeText(text: string, charset = 'utf-8'): Buffer {
  switch (charset) {
    case 'utf-8':
      return Buffer.concat(
        [...text].map((character) => {
          const code = character.codePointAt(0) ?? 0;
          return code >= 0xdc80 && code <= 0xdcff ? Buffer.of(code - 0xdc00) : Buffer.from(character);
        }),
      );
    case 'iso-8859-1':
    case 'latin-1':
      return Buffer.from(text, 'latin1');
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'utf-16':
      return Buffer.from(`\uFEFF${text}`, 'utf16le');
    default:
      throw new Error(`charset: expected a known one, got ${charset}`);
  }
}
