/**
 * The OpenAPI 3.1 document of `/__admin`, made from the schemas that check the calls. zod writes the JSON Schema itself:
 * Fastify's validators would check a second time, in other words than the calls do for callers in this process.
 */

import { z } from 'zod';
import { ID } from '../http/isolation.ts';
import { version } from '../version.ts';
import type { Call, StreamCall } from './calls/call.ts';
import { type ControlCode, statuses } from './calls/control-error.ts';

type Json = Readonly<Record<string, unknown>>;

/** In place of values that only a function can check. */
const OBJECT = { type: 'object', additionalProperties: true } as const;

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json }: Json = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, OBJECT);
      // the bounds of JavaScript's integers mean nothing to a reader
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  });
  return json;
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, member]) => {
    const { description, ...json } = jsonSchemaOf(member as z.ZodType, 'input');
    return {
      name,
      in: place,
      required: place === 'path' || !(member as z.ZodType).safeParse(undefined).success,
      ...(description !== undefined && { description }),
      schema: json,
    };
  });
}

const testId = {
  name: 'X-UID2-Test-Id',
  in: 'header',
  required: false,
  description: 'whose state the call addresses; the common one if absent',
  schema: { type: 'string', pattern: ID.source },
} as const;

const waitForAll = {
  name: 'wait',
  in: 'query',
  required: false,
  description: 'all: answer when every instance of a shared store obeys',
  schema: { type: 'string', enum: ['all'] },
} as const;

const refusals: Readonly<Record<ControlCode, string>> = {
  invalid: 'a member, parameter or header is invalid',
  unauthorized: 'the admin token is missing or wrong',
  forbidden: 'the call comes from another site, or names another host',
  missing: 'there is no such element',
  method: 'the path has other methods',
  conflict: 'the operator, as it was started or addressed, cannot do this',
  large: 'the body is too long',
  failed: 'an internal error',
  unreachable: 'no operator answered',
  store: 'the store cannot be reached; nothing has changed',
};

function errorsOf(one: Call | StreamCall): Json {
  const codes = new Set<ControlCode>(['invalid', 'unauthorized', 'forbidden', ...(one.refuses ?? [])]);
  if (one.path.includes(':')) codes.add('missing');
  if (one.method !== 'GET') for (const code of ['large', 'store'] as const) codes.add(code);
  const answers = [...codes].map((code) => [
    String(statuses[code]),
    {
      description: refusals[code],
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    },
  ]);
  return Object.fromEntries(answers) as Json;
}

const inBraces = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

function operationOf(name: string, one: Call): Json {
  const { params, query, body, answer } = one.schemas;
  return {
    operationId: name,
    summary: one.summary,
    parameters: [
      ...parametersOf(params, 'path'),
      ...parametersOf(query, 'query'),
      ...(one.method === 'GET' ? [] : [waitForAll]),
      testId,
    ],
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content:
          one.takesLines === true
            ? { 'application/x-ndjson': { schema: { type: 'string', description: body.description ?? '' } } }
            : { 'application/json': { schema: jsonSchemaOf(body, 'input') } },
      },
    }),
    responses: {
      200: {
        description: 'done',
        content: { 'application/json': { schema: jsonSchemaOf(answer, 'output') } },
      },
      ...errorsOf(one),
    },
  };
}

function streamOperationOf(name: string, one: StreamCall): Json {
  const lastEventId = { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } };
  return {
    operationId: name,
    summary: one.summary,
    parameters: [...parametersOf(one.schemas.query, 'query'), lastEventId, testId],
    responses: {
      200: {
        description: `server-sent events named ${one.event}, whose data are JSON`,
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
      ...errorsOf(one),
    },
  };
}

const error = z.object({
  error: z.object({
    field: z.string().describe('the member, parameter or header at fault'),
    expected: z.string(),
    got: z.string(),
    message: z.string().describe('a sentence; a line per mistake where there are several'),
    problems: z.array(z.string()).optional().describe('the lines of the message'),
  }),
});

/** The document of calls by name. */
export function openApi(
  prefix: string,
  calls: Readonly<Record<string, Call>>,
  streams: Readonly<Record<string, StreamCall>>,
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const add = (one: Call | StreamCall, operation: Json): void => {
    const path = (paths[inBraces(prefix + one.path)] ??= {});
    path[one.method.toLowerCase()] = operation;
  };
  for (const [name, one] of Object.entries(calls)) add(one, operationOf(name, one));
  for (const [name, one] of Object.entries(streams)) add(one, streamOperationOf(name, one));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Control of a mock UID2 operator',
      version,
      description: 'Clock, opt-outs, faults, journal and world of a running mock.',
    },
    // the token is asked for where the operator has one
    security: [{}, { token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: jsonSchemaOf(error, 'output') },
    },
  };
}
