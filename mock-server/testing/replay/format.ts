/**
 * The shape of the recordings (fixtures/README.md). It is strict, because the replayer would silently ignore an unknown
 * member.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fixturePath } from '../../../fixtures/path.ts';

const envelopeSchema = z.strictObject({
  kind: z.string().optional(),
  encoding: z
    .enum(['base64', 'binary', 'base64url', 'base64_newline', 'base64_mime', 'hex', 'json_quoted'])
    .default('base64'),
  timestamp_offset_ms: z.int().default(0),
  timestamp_ms: z.int().optional(),
  secret_of: z.string().optional(),
  version: z.int().default(1),
  truncate_bytes: z.int().optional(),
  flip_byte: z.int().optional(),
  omit_payload: z.boolean().default(false),
  payload_text: z.string().optional(),
  payload_base64: z.string().optional(),
});
export type EnvelopeRecipe = z.infer<typeof envelopeSchema>;

const clientGenerateSchema = z.strictObject({
  payload: z.unknown().optional(),
  payload_text: z.string().optional(),
  payload_encoding: z.enum(['base64', 'base64url']).optional(),
  flip_payload_byte: z.int().optional(),
  app_name: z.string().optional(),
  encrypt_to: z.string().optional(),
  subscription_id: z.string().optional(),
  override: z.record(z.string(), z.unknown()).default({}),
  aad_text: z.string().optional(),
  aad_app_name: z.string().optional(),
  aad_timestamp_shift: z.int().optional(),
  iv_bytes: z.int().optional(),
  curve: z.string().optional(),
  timestamp_offset_ms: z.int().default(0),
  timestamp_as_string: z.boolean().optional(),
});
export type ClientGenerateRecipe = z.infer<typeof clientGenerateSchema>;

const requestSchema = z.strictObject({
  method: z.string(),
  path: z.string(),
  query: z.string().optional(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  client: z.string().nullish(),
  raw_body: z.string().optional(),
  raw_body_base64: z.string().optional(),
  body_repeat: z.strictObject({ text: z.string(), count: z.int() }).optional(),
  json: z.unknown().optional(),
  envelope: envelopeSchema.optional(),
  cstg: clientGenerateSchema.optional(),
  response_key: z.string().optional(),
});
export type RecordedRequest = z.infer<typeof requestSchema>;

const responseSchema = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
  encrypted: z.boolean(),
  body_encoding: z.enum(['base64', 'binary', 'plain']),
});
export type RecordedResponse = z.infer<typeof responseSchema>;

const established = z.union([z.literal('now'), z.int()]);
const fields = z.record(z.string(), z.union([z.string(), z.number()]));
const token = { length: z.int(), lifetime_ms: z.int(), established, fields };
const checkSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now_plus'), ms: z.int() }),
  z.strictObject({ kind: z.literal('advertising_token'), ...token }),
  z.strictObject({ kind: z.literal('refresh_token'), ...token }),
  z.strictObject({ kind: z.literal('refresh_token_v2'), scope_byte: z.int(), key_id: z.int(), ...token }),
  z.strictObject({ kind: z.literal('refresh_response_key') }),
  z.strictObject({ kind: z.literal('next_utc_midnight_seconds') }),
  z.strictObject({ kind: z.literal('equals'), value: z.string() }),
  z.strictObject({ kind: z.literal('matches'), regex: z.string() }),
]);
export type Check = z.infer<typeof checkSchema>;

const step = {
  request: requestSchema,
  response: responseSchema,
  volatile: z.array(z.string()),
  checks: z.record(z.string(), checkSchema),
  capture: z.record(z.string(), z.string()).default({}),
};
const stepSchema = z.strictObject(step);
export type Step = z.infer<typeof stepSchema>;

const head = { id: z.string(), group: z.string(), title: z.string(), recorded_at_ms: z.int() };
const entrySchema = z.union([
  z.strictObject({ ...head, steps: z.array(stepSchema).min(1) }),
  z.strictObject({ ...head, ...step }).transform(({ id, group, title, recorded_at_ms, ...only }) => ({
    id,
    group,
    title,
    recorded_at_ms,
    steps: [only],
  })),
]);
/** One case: an exchange, or a scenario of several; both are `steps` here. */
export type Entry = z.infer<typeof entrySchema>;

/** Checks the shape of a request whose templates have been filled in. */
export function parseRequest(data: unknown): RecordedRequest {
  return requestSchema.parse(data);
}

/** Checks the shape of the entries of a recording. */
export function parseEntries(data: unknown): Entry[] {
  return z.array(entrySchema).parse(data);
}

/** The entries of `fixtures/recordings/exchanges-*.json`. */
export function loadEntries(file: string): Entry[] {
  return parseEntries(JSON.parse(readFileSync(fixturePath(`recordings/${file}`), 'utf8')));
}
