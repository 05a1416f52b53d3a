/** Why a body cannot be opened by any key, judged by what it looks like. Most of it is likely, not proved. */

import type { Facts } from '../reasons.ts';
import { isEnvelopeText, SHORTEST_ENVELOPE } from '../envelope-faults.ts';
import { decodeBase64 } from '../base64.ts';
import { isJsonObject } from '../json.ts';
import { parseJson } from '../json-reading.ts';
import { fromUtf8 } from '../text.ts';
import { type Cause, causeFrom } from './cause.ts';
import { type EnvelopeCauseId, envelopeCauses } from './causes/envelope.ts';
import type { EnvelopeCase } from './envelope-case.ts';
import type { Deviation } from './envelope-deviations.ts';
import { isMultipart } from './envelope-refusal.ts';
import type { Unwrapping } from './envelope-wrappings.ts';

/** The cause of a deviation, with the facts of its sentence. */
export const causeOf = ([id, facts]: Deviation, proved: boolean): Cause =>
  causeFrom(envelopeCauses, id, proved, facts);

interface Clue {
  readonly text: string;
  readonly bytes: Uint8Array | undefined;
  readonly contentType: string;
  readonly deviations: readonly Deviation[];
}

type Found = readonly [id: EnvelopeCauseId, proved: boolean, facts?: Facts];

const IDENTIFIER = /^\s*(?:[^\s@{}"'=]+@[^\s@{}"'=]+\.[^\s@{}"'=]+|\+\d{8,15})\s*$/;

function jsonClue({ text, deviations }: Clue): Found | undefined {
  const value = /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
  if (value === undefined) return undefined;
  const members = isJsonObject(value) ? Object.entries(value) : [];
  const holder = members.find(([, inner]) => typeof inner === 'string' && isEnvelopeText(inner));
  if (holder) return ['wrap_json_member', false, { member: holder[0].slice(0, 30) }];
  return [deviations.length === 0 ? 'plain_json' : 'plain_json_encoded', true];
}

/** Clues in order: the first that applies counts. */
const clues: readonly ((clue: Clue) => Found | undefined)[] = [
  jsonClue,
  ({ text }) =>
    IDENTIFIER.test(text) && /^[\x20-\x7e\s]*$/.test(text) ? ['plain_identifier', true] : undefined,
  ({ text }) =>
    text.trim().length === 388 && decodeBase64(text.trim()) ? ['refresh_token_here', false] : undefined,
  ({ text }) =>
    /^[A-Za-z_]\w{0,40}=[^=]{1,200}(?:&[A-Za-z_]\w*=|$)/.test(text) && !/=[\w+/%-]{40}/.test(text)
      ? [
          'plain_form',
          /^[\x20-\x7e]*$/.test(text) && /^(?:email|phone|token|refresh_token|policy|optout)\w*=/i.test(text),
        ]
      : undefined,
  ({ bytes, text }) =>
    (bytes?.[0] === 0x1f && bytes[1] === 0x8b) || text.startsWith('\x1f\ufffd')
      ? ['wrap_compressed', false]
      : undefined,
  ({ bytes }) =>
    bytes?.[0] === 0x78 && [0x01, 0x9c, 0xda].includes(bytes[1] ?? 0)
      ? ['wrap_compressed', false]
      : undefined,
  ({ text, contentType }) =>
    isMultipart(contentType) || /^--[\w'()+,./:=?-]+\r?\n/.test(text) ? ['wrap_multipart', true] : undefined,
  ({ text }) =>
    (text.match(/\ufffd/g) ?? []).length > text.length / 8 && text.length >= SHORTEST_ENVELOPE
      ? ['wrap_replaced', false]
      : undefined,
  ({ text }) => (/^\s*<[?A-Za-z]/.test(text) ? ['wrap_text_around', false] : undefined),
  ({ text }) =>
    /^[a-z0-9+/]{60,}=*$/.test(text) && !/^[0-9a-f]+$/.test(text)
      ? ['wrap_case', false, { case: 'lower' }]
      : undefined,
  ({ text }) =>
    /^[A-Z0-9+/]{60,}=*$/.test(text) && !/^[0-9A-F]+$/.test(text)
      ? ['wrap_case', false, { case: 'upper' }]
      : undefined,
  ({ text }) => (/^[0-9a-f]{90,}$/i.test(text) ? ['wrap_hex', false] : undefined),
  ({ text }) => (/^\s*["'].*["']\s*$/s.test(text) ? ['wrap_quotes', false] : undefined),
  ({ text }) => (text.includes('%') ? ['wrap_percent', false] : undefined),
  ({ text }) => (/^[\w-]+=*$/.test(text) && /[_-]/.test(text) ? ['wrap_url_alphabet', false] : undefined),
  ({ text }) =>
    /^[A-Za-z0-9+/=\s]+$/.test(text) && /\s/.test(text.trim()) ? ['wrap_lines', false] : undefined,
  ({ text }) => (/^\s|\s$/.test(text) ? ['wrap_newline', false] : undefined),
  ({ text }) =>
    /[^A-Za-z0-9+/=]/.test(text) && !text.includes('\ufffd') ? ['wrap_not_base64', false] : undefined,
  ({ bytes }) =>
    bytes && bytes.length < SHORTEST_ENVELOPE
      ? ['stamp_short', false, { bytes: Math.max(0, bytes.length - 29) }]
      : undefined,
  ({ bytes }) => (bytes && bytes[0] !== 1 ? ['version_other', false, { version: bytes[0] ?? 0 }] : undefined),
  () => ['key_wrong', false],
];

const INSIDE_JSON: ReadonlySet<string> = new Set([
  'wrap_json_member',
  'wrap_parts',
  'wrap_numbers',
  'wrap_text_around',
]);

/** Whether a body is JSON that holds nothing sealed, so that there is nothing to open. */
export const isPlain = ({ texts, candidates }: Unwrapping): boolean =>
  texts.some(
    ({ text, deviations }) =>
      deviations.length <= 1 && /^\s*[{[]/.test(text) && parseJson(text) !== undefined,
  ) && !candidates.some(({ deviations }) => deviations.some(([id]) => INSIDE_JSON.has(id)));

/** What the body looks like, where no key opens it. */
export function likelyCauses(
  { body, contentType = '' }: EnvelopeCase,
  { texts, candidates }: Unwrapping,
): Cause[] {
  if (body.length === 0) return [causeOf(['envelope_absent'], true)];
  for (const { text, deviations } of texts) {
    const found = jsonClue({ text, deviations, contentType, bytes: undefined });
    if (found) return [causeOf([found[0], found[2]], found[1])];
  }
  const text = typeof body === 'string' ? body : fromUtf8(body);
  const whole = candidates.find(({ deviations }) => deviations.length === 0)?.bytes;
  const clue: Clue = {
    text,
    bytes: whole ?? (typeof body === 'string' ? undefined : body),
    contentType,
    deviations: [],
  };
  for (const look of clues) {
    const found = look(clue);
    if (found) return [causeOf([found[0], found[2]], found[1])];
  }
  return [];
}
