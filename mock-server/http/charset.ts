/**
 * Decodes a text body by the charset of its `Content-Type`, as the operator does: base64 in UTF-8 that is declared as
 * UTF-16 is unreadable. The name of the parameter has to be in lower case. An unknown charset is an internal error of
 * the operator.
 */

import { OperatorError } from '../core/operator-error.ts';
import { utf8 } from '../core/primitives.ts';

/** A semicolon in quotes does not end a parameter. */
const PARAMETER = /(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g;

/** The charset that a content type names, in lower case; undefined when it names none. */
export function charsetOf(contentType: string): string | undefined {
  if (!contentType.includes('charset=')) return undefined;
  const [, ...parameters] = contentType.match(PARAMETER) ?? [];
  const given = parameters
    .map((parameter) => parameter.trim())
    .findLast((parameter) => parameter.startsWith('charset='));
  return given?.slice('charset='.length).replace(/^"|"$/g, '').replaceAll('\\', '').toLowerCase();
}

/** Names of UTF-8, which is also the default. */
const UTF_8: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8']);

/**
 * Big-endian unless a byte order mark says otherwise. UTF-32 is read as UTF-16: text of one byte per character is
 * unreadable in both.
 */
const WIDE = /^(?:utf[-_]?16|unicode|unicodebig|utf[-_]?32(?:[bl]e)?)$/;

/** Charsets of one byte per character. Base64 reads the same in all of them. */
const LATIN = /^(?:iso[-_]?8859[-_]?1|8859_1|latin1|l1|us-ascii|ascii|646|windows-1252|cp1252)$/;

function decoderOf(charset: string, body: Uint8Array): InstanceType<typeof TextDecoder> {
  if (WIDE.test(charset))
    return new TextDecoder(body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : 'utf-16be');
  return new TextDecoder(charset, { ignoreBOM: true });
}

/** Whether the operator has a decoder for a charset. */
export function isKnownCharset(charset: string): boolean {
  if (LATIN.test(charset)) return true;
  try {
    return decoderOf(charset, new Uint8Array(0)).encoding !== '';
  } catch {
    return false;
  }
}

/**
 * The text of a body, as UTF-8.
 *
 * @throws OperatorError `charset_unknown`
 */
export function readAsText(body: Uint8Array, contentType: string | undefined): Uint8Array {
  const charset = contentType === undefined ? undefined : charsetOf(contentType);
  if (charset === undefined || UTF_8.has(charset)) return body;
  if (!isKnownCharset(charset)) throw new OperatorError('charset_unknown', 'charset_unknown');
  if (LATIN.test(charset)) return utf8(Buffer.from(body).toString('latin1'));
  return utf8(decoderOf(charset, body).decode(body));
}
