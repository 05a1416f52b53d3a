/** The shape of `fixtures/recordings/differential.json` (fixtures/README.md). Strict: an unknown member is an error. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fixturePath } from '../../../fixtures/path.ts';

const alteration = z.tuple([z.string()], z.union([z.string(), z.number()]));
/** A name and its arguments: `["flip", 103, 64]`. */
export type Alteration = z.infer<typeof alteration>;

const members = z.array(z.tuple([z.string(), z.unknown()]));
const text = {
  jmut: z.array(alteration).default([]),
  bom: z.boolean().default(false),
  charset: z.string().default('utf-8'),
};

const envelope = z.strictObject({
  kind: z.literal('env'),
  json: z.unknown().optional(),
  text: z.string().optional(),
  ...text,
  secret_of: z.string().optional(),
  off: z.int().default(0),
  ts: z.number().optional(),
  nonce: z.int().default(8),
  version: z.int().default(1),
  plain_cut: z.int().optional(),
  cut: z.int().optional(),
  flip: z.tuple([z.int(), z.int()]).optional(),
  tail: z.string().default(''),
  binary: z.boolean().default(false),
  mut: z.array(alteration).default([]),
});
export type EnvelopeBody = z.infer<typeof envelope>;

const clientGenerate = z.strictObject({
  kind: z.literal('cstg'),
  encrypt_to: z.string(),
  json: z.unknown().optional(),
  text: z.string().optional(),
  ...text,
  app_name: z.string().optional(),
  off: z.int().default(0),
  ts: z.number().optional(),
  iv: z.int().default(12),
  iv_mut: z.array(alteration).default([]),
  pub_mut: z.array(alteration).default([]),
  override: members.default([]),
  more: members.default([]),
});
export type ClientGenerateBody = z.infer<typeof clientGenerate>;

const body = z.discriminatedUnion('kind', [
  envelope,
  clientGenerate,
  z.strictObject({ kind: z.literal('json'), json: z.unknown(), ...text }),
  z.strictObject({ kind: z.literal('text'), text: z.string(), charset: z.string().default('utf-8') }),
  z.strictObject({ kind: z.literal('bytes'), b64: z.string() }),
  z.strictObject({ kind: z.literal('fill'), text: z.string(), n: z.int() }),
]);
export type DifferentialBody = z.infer<typeof body>;

const request = z.strictObject({
  method: z.string(),
  path: z.string(),
  query: z.string().optional(),
  http: z.string().default('1.1'),
  host: z.union([z.string(), z.literal(false)]).optional(),
  headers: z.array(z.tuple([z.string(), z.string()])).default([]),
  auth: z.string().optional(),
  scheme: z.string().default('Bearer '),
  framing: z.enum(['length', 'chunked', 'none']).default('length'),
  pipeline: z.int().min(1).default(1),
  response_key: z.string().optional(),
  from: z.enum(['swap', 'real', 'mock']).optional(),
  save: z.record(z.string(), z.string()).default({}),
  body: body.optional(),
});
export type DifferentialRequest = z.infer<typeof request>;

const answer = z.strictObject({
  status: z.int(),
  reason: z.string(),
  headers: z.record(z.string(), z.array(z.string())),
  sealed: z.string(),
  body: z.string(),
});
export type DifferentialAnswer = z.infer<typeof answer>;

const step = z.strictObject({ request, answers: z.array(answer).min(1) });
export type DifferentialStep = z.infer<typeof step>;

const profile = z.enum(['current', 'v5.56']);
const differentialCase = z.strictObject({
  world: z.string(),
  profile,
  /** numbers of the differences that the case shows, joined by ", " */
  finding: z.string(),
  /** a label for where the mock departed when this was recorded */
  departs_in: z.string(),
  mock_says: z.string(),
  steps: z.array(step).min(1),
});
export type DifferentialCase = z.infer<typeof differentialCase>;

/** Checks the shape of a request whose placeholders have been filled in. */
export function parseRequest(data: unknown): DifferentialRequest {
  return request.parse(data);
}

/** All cases in the order of the file. */
export function loadDifferentialCases(): DifferentialCase[] {
  const file = readFileSync(fixturePath('recordings/differential.json'), 'utf8');
  return z.array(differentialCase).parse(JSON.parse(file));
}
