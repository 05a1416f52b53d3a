/** Recognises by its form what came in place of a token (Protocol §5). */

import { decodeBase64, fromUrlAlphabet, standardAlphabet } from './base64.ts';
import type { Fault } from './reasons.ts';
import { VERSION_2, VERSION_3, VERSION_4 } from './token-format.ts';

/** Forms of tokens: their lengths and version byte. */
const forms = [
  { kind: 'advertising', lengths: [163, 164], versionAt: 1, version: VERSION_4 },
  { kind: 'advertising', lengths: [163, 164], versionAt: 1, version: VERSION_3 },
  { kind: 'advertising', lengths: [133], versionAt: 0, version: VERSION_2 },
  { kind: 'refresh', lengths: [124], versionAt: 1, version: VERSION_3 },
  { kind: 'refresh', lengths: [125], versionAt: 0, version: VERSION_2 },
  // in place of a version stands the first byte of the key id, which is 0 for small ids
  { kind: 'wrapped', lengths: [291], versionAt: 1, version: 0 },
] as const;

type Wanted = 'advertising' | 'refresh';

const WHAT: Readonly<Record<Wanted, string>> = {
  advertising: 'the advertising token',
  refresh: 'the refresh token',
};

const RAW_UID_LENGTHS: readonly number[] = [32, 33];

/** No token has fewer characters. */
const SHORTEST_TOKEN = 160;

/** Bytes of a text in either alphabet. */
const bytesOf = (text: string): Uint8Array | undefined => decodeBase64(standardAlphabet(text));

type Form = (typeof forms)[number];

const hasLength = ({ lengths }: Form, bytes: Uint8Array): boolean =>
  lengths.some((length) => length === bytes.length);

/** The scope in front of a wrapped token is 0 or 1. */
const hasVersion = ({ kind, versionAt, version }: Form, bytes: Uint8Array): boolean =>
  bytes[versionAt] === version && (kind !== 'wrapped' || bytes[0] === 0x00 || bytes[0] === 0x10);

function otherKind({ kind }: Form, wanted: Wanted): Fault | undefined {
  if (kind === wanted) return undefined;
  if (wanted === 'advertising') return ['token_is_refresh'];
  return [kind === 'wrapped' ? 'token_is_wrapped' : 'token_is_advertising'];
}

/** The fault of a token whose length does not fit its version. */
function lengthFault(bytes: Uint8Array, wanted: Wanted): Fault | undefined {
  const isWanted = ({ kind }: Form): boolean =>
    kind === wanted || (wanted === 'refresh' && kind === 'wrapped');
  const form = forms.find((one) => isWanted(one) && hasVersion(one, bytes));
  if (form === undefined || hasLength(form, bytes)) return undefined;
  const facts = { what: WHAT[wanted], length: bytes.length, expected: form.lengths.join(' or ') };
  return ['token_length', facts];
}

const TOKEN_TEXT = /^[A-Za-z0-9+/_-]{160,390}={0,2}$/;

/** The kind of token that a text is by its form: its length and version byte. */
export function tokenKindOf(text: string): (typeof forms)[number]['kind'] | undefined {
  const bytes = TOKEN_TEXT.test(text) ? bytesOf(text) : undefined;
  return bytes && forms.find((form) => hasVersion(form, bytes) && hasLength(form, bytes))?.kind;
}

interface TokenForm {
  readonly kind: (typeof forms)[number]['kind'];
  /** 2, 3 or 4; undefined for a wrapper, which has none */
  readonly version: number | undefined;
}

const VERSIONS: Readonly<Record<number, number>> = { [VERSION_2]: 2, [VERSION_3]: 3, [VERSION_4]: 4 };

/** The form of a token in the alphabet that its version has; undefined for any other text. */
export function tokenFormOf(text: string): TokenForm | undefined {
  if (!TOKEN_TEXT.test(text)) return undefined;
  const standard = decodeBase64(text);
  const url = decodeBase64(fromUrlAlphabet(text) ?? '');
  const form = forms.find((one) => {
    const bytes = one.version === VERSION_4 ? url : standard;
    return bytes !== undefined && hasVersion(one, bytes) && hasLength(one, bytes);
  });
  return form && { kind: form.kind, version: VERSIONS[form.version] };
}

/** The fault in the form of a refused token; undefined when its form is right. */
export function tokenFault(text: string, wanted: Wanted): Fault | undefined {
  const what = WHAT[wanted];
  if (text === '') return ['base64_empty', { what }];
  const bytes = bytesOf(text);
  if (bytes === undefined) return undefined;
  const whole = forms.find((form) => hasVersion(form, bytes) && hasLength(form, bytes));
  if (whole !== undefined) return otherKind(whole, wanted);
  if (text.length >= SHORTEST_TOKEN && text === text.toLowerCase()) return ['token_lower_case', { what }];
  return (
    lengthFault(bytes, wanted) ?? (RAW_UID_LENGTHS.includes(bytes.length) ? ['token_is_raw_uid'] : undefined)
  );
}
