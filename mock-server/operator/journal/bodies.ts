/** A body as the journal shows it: as text where it is one, else as base64. */

import { isJsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/json-reading.ts';
import { fromJsonBytes, fromUtf8 } from '../../core/text.ts';
import { type Masker, plainJson } from './masking.ts';
import { shownQuery } from './queries.ts';

interface ShownBody {
  readonly encoding: 'text' | 'base64';
  readonly text: string;
}

/** A body with its JSON value, if it is JSON. */
export interface ReadBody {
  readonly bytes: Uint8Array;
  /** undefined when it is not text */
  readonly text: string | undefined;
  /** the JSON object or list; undefined for anything else */
  readonly json: unknown;
}

const MALFORMED = '\uFFFD';
const BINARY = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

const bytesOf = (body: Uint8Array | string, isLatin1: boolean): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body, isLatin1 ? 'latin1' : 'utf8') : body;

/** @param isLatin1 whether a text has a character for each byte */
export function readBody(body: Uint8Array | string, isLatin1: boolean): ReadBody {
  const bytes = bytesOf(body, isLatin1);
  const utf8 = fromUtf8(bytes);
  const jsonText = fromJsonBytes(bytes);
  const value = jsonText === undefined ? undefined : parseJson(jsonText);
  const json = isJsonObject(value) || Array.isArray(value) ? value : undefined;
  if (json !== undefined) return { bytes, text: jsonText, json };
  const isText = !utf8.includes(MALFORMED) && !BINARY.test(utf8);
  return { bytes, text: isText ? utf8 : undefined, json };
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const FORM = /^[\w.%[\]-]{1,100}=\S*$/;

/** Whether bytes that are no text may hold what must not be shown, in whatever encoding. */
function holdsSecrets(bytes: Uint8Array, masker: Masker): boolean {
  const words = Buffer.from(bytes)
    .toString('latin1')
    .replaceAll('\u0000', '')
    // a word of sealed bytes that happens to have an at sign is shorter
    .match(/[\x20-\x7e]{8,}/g);
  return words?.some((word) => masker.text(word) !== word) ?? false;
}

function shownText(text: string, masker: Masker): string {
  const isForm = FORM.test(text) && !BASE64.test(text);
  return masker.text(isForm ? shownQuery(text, masker) : text);
}

/** @param isSealed whether it is known to be sealed, so that nothing in it can be read */
export function shownBody(
  { bytes, text, json }: ReadBody,
  of: 'request' | 'answer',
  isSealed: boolean,
  masker: Masker,
): ShownBody {
  if (json !== undefined) {
    const shown = JSON.stringify(masker.json(json, of));
    const isWhole = shown === JSON.stringify(plainJson(json));
    // a member that is given twice is in the text only
    const isShown = isWhole && text !== undefined && masker.text(text) === text;
    return { encoding: 'text', text: isShown ? text : shown };
  }
  const isRun = text !== undefined && BASE64.test(text);
  if (text !== undefined) {
    return { encoding: 'text', text: isSealed && isRun ? text : shownText(text, masker) };
  }
  if (!isSealed && holdsSecrets(bytes, masker)) return { encoding: 'text', text: '…' };
  return { encoding: 'base64', text: Buffer.from(bytes).toString('base64') };
}
