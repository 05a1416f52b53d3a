/** Alters tokens and other base64 text: the characters, or the decoded bytes. */
import type { Alteration } from './format.ts';

type Given = readonly (string | number)[];

/** Changes the decoded bytes of a base64 text and encodes them in the same alphabet. */
function ofBytes(change: (bytes: Buffer, given: Given) => Buffer): (text: string, given: Given) => string {
  return (text, given) => {
    const changed = change(Buffer.from(text, 'base64'), given);
    return /[-_]/.test(text) ? changed.toString('base64url') : changed.toString('base64');
  };
}

function flipped(bytes: Buffer, [at, mask]: Given): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) {
    const index = Number(at) % copy.length;
    copy.writeUInt8(copy.readUInt8(index) ^ Number(mask), index);
  }
  return copy;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Sets the bits of the last digit that no byte uses; a text without padding has none. */
function withUnusedBits(text: string, [given]: Given): string {
  const padding = text.length - text.replace(/=+$/, '').length;
  if (padding === 0) return text;
  const last = text.length - padding - 1;
  const spare = padding === 1 ? 0b11 : 0b1111;
  const digit = digits.indexOf(text.charAt(last)) | (Number(given) & spare);
  return `${text.slice(0, last)}${digits.charAt(digit)}${text.slice(last + 1)}`;
}

const alterations = new Map<string, (text: string, given: Given) => string>([
  ['flip', ofBytes(flipped)],
  ['cutb', ofBytes((bytes, [count]) => bytes.subarray(0, Math.max(0, bytes.length - Number(count))))],
  ['cut', (text, [count]) => text.slice(0, Math.max(0, text.length - Number(count)))],
  ['ins', (text, [at, inserted]) => `${text.slice(0, Number(at))}${inserted}${text.slice(Number(at))}`],
  ['lower', (text) => text.toLowerCase()],
  ['std', (text) => Buffer.from(text, 'base64').toString('base64')],
  ['url', (text) => Buffer.from(text, 'base64').toString('base64url')],
  ['hex', (text) => Buffer.from(text, 'base64').toString('hex')],
  ['b64', (text) => Buffer.from(text).toString('base64')],
  ['bits', withUnusedBits],
]);

/** The text with each alteration made in turn. */
export function alterText(text: string, changes: readonly Alteration[]): string {
  return changes.reduce((before, [name, ...given]) => {
    const alter = alterations.get(name);
    if (alter === undefined) throw new Error(`alteration: expected a known one, got ${name}`);
    return alter(before, given);
  }, text);
}

/** The bytes with one of them XORed with a mask. */
export const flipByte = (bytes: Buffer, given: readonly [number, number]): Buffer => flipped(bytes, given);
