/** The JSON of an ordered fault. */

import { z } from 'zod';
import { duration } from './times.ts';

const DAY_MS = 86_400_000;
/** More than any lifetime; the sum with the time of a clock still is one. */
const LONGEST_SKEW_MS = 36_525 * DAY_MS;

const whole = (ms: number): number => Math.round(ms);

const EXPECTED_LATENCY = 'a duration from 0 to 1d, such as 500ms';
const latency = duration
  .refine((ms) => ms >= 0 && ms <= DAY_MS, { error: EXPECTED_LATENCY })
  .transform(whole)
  .describe(EXPECTED_LATENCY);

const EXPECTED_SKEW = 'a duration of at most 36525d in either direction, such as -10m';
const skew = duration
  .refine((ms) => Math.abs(ms) <= LONGEST_SKEW_MS, { error: EXPECTED_SKEW })
  .transform(whole)
  .describe(EXPECTED_SKEW);

const MANY = 1_000_000_000;
const ofText = (expected: string, form: RegExp) =>
  z.string({ error: expected }).regex(form, { error: expected }).describe(expected);

const route = ofText('a path such as /v2/token/generate, or a glob such as /v2/*', /^[/*][!"$->@-~]{0,200}$/);
const shortText = (what: string) => z.string().min(1).max(1000).describe(what);

/** No line ends and no other control characters: a value cannot become another header. */
const HEADER_VALUE = /^[\t -~]{0,4096}$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** What says where the body ends, or what becomes of the connection. */
const FRAMING = /^(?:connection|content-length|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;

const headerValue = z
  .union([z.string(), z.number()], { error: 'a text or a number' })
  .refine((value) => HEADER_VALUE.test(String(value)), { error: 'one line of ASCII' });

const EXPECTED_HEADERS =
  'at most 100 headers whose names HTTP allows, without those that frame an answer, such as Content-Length';

const areHeaders = (headers: object): boolean => {
  const names = Object.keys(headers);
  return names.length <= 100 && names.every((name) => HEADER_NAME.test(name) && !FRAMING.test(name));
};

/** A schema before which a member that it would drop without a word is refused: no object made here can have it. */
const withoutProto = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value: z.input<S>, context) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
      context.addIssue({ code: 'custom', input: '__proto__', message: 'members other than __proto__' });
    }
    return value;
  }, schema);

const headers = withoutProto(
  z.record(z.string(), headerValue).refine(areHeaders, { error: EXPECTED_HEADERS }),
).describe('headers beside status');

const DEEPEST = 50;
const LONGEST_BODY = 1_048_576;

const elementsOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

/** Whether a value is JSON that every step on its way can write: not too deep, and not too long. */
function isWritable(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return false;
    level = level.flatMap(elementsOf);
  }
  try {
    return JSON.stringify(value).length <= LONGEST_BODY;
  } catch {
    // a BigInt of a caller in this process
    return false;
  }
}

const body = withoutProto(
  z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())], {
      error: 'a text, an object or a list',
    })
    .refine(isWritable, { error: `at most ${LONGEST_BODY} characters of JSON, ${DEEPEST} levels deep` }),
).describe('a text, or a value that is sent as JSON');

const only = <const V extends string | boolean>(value: V, what: string) => z.literal(value).describe(what);

/** @param times the schemas of durations, which are given as text and listed in ms */
const membersWith = <L extends z.ZodType<number>, S extends z.ZodType<number>>(times: {
  latency: L;
  skew: S;
}) => ({
  route,
  method: z.enum(['GET', 'POST', 'OPTIONS']).describe('only a fault for OPTIONS is met by preflights'),
  client: shortText('name of the client whose API key the request carries'),
  identity: shortText('an address, a phone number, or a hash of one, that the request names'),
  test_id: shortText('the test id of the request'),
  times: z.int().min(1).max(MANY).describe('to how many requests it is applied'),
  after: z.int().min(0).max(MANY).describe('how many matching requests are spared first'),
  probability: z.number().min(0).max(1).describe('to how many of the matching requests it is applied'),
  latency: z.union([times.latency, z.strictObject({ min: times.latency, max: times.latency })]),
  status: z.int().min(200).max(599).describe('HTTP status of the answer in place of that of the operator'),
  body,
  headers,
  reset: z.enum(['before', 'after']).describe('the connection is reset before or after the first bytes'),
  hang: only(true, 'no answer ever comes'),
  cut: z
    .union([z.int().min(0).max(MANY), z.literal(true)], { error: 'a number of bytes, or true' })
    .describe('how many bytes of the body are sent; half of them if true'),
  garbled: only(true, 'the base64 in the body cannot be decoded'),
  content_type: z.string().regex(/^[\t -~]{1,200}$/, { error: 'one line of ASCII' }),
  nonce: only('wrong', 'the sealed answer carries another nonce than the request'),
  tag: only('bad', 'the sealed answer cannot be opened'),
  skew: times.skew.describe('what is added to the time in the envelope of the answer'),
  token: z
    .enum(['expired', 'foreign'])
    .describe('expired tokens, or tokens sealed with the keys of another operator'),
  optout: only(true, 'the identity counts as opted out'),
});

const members = z.strictObject(membersWith({ latency, skew })).partial();
const preset = z.string().describe('name of a preset, whose members count where no others are given');

/** A fault as it is ordered. */
export const faultRequest = members.extend({ preset: preset.optional() });

/** The members of a fault, and the name of a preset. */
export type FaultRequest = z.input<typeof faultRequest>;

/** A fault as it is listed: its members, with those of its preset, and how it was met so far. */
export const listedFault = z.object({
  id: z.string(),
  ...z.object(membersWith({ latency: z.number(), skew: z.number() })).partial().shape,
  preset: preset.optional(),
  hits: z.int().describe('how many requests it matched while it was not used up'),
  applied: z.int().describe('to how many of them it was applied'),
  left: z.int().nullable().describe('to how many more it will be applied; null for any number'),
});

export type FaultReport = z.output<typeof listedFault>;
