/** Plain requests, and the answers to them. */
import { isContractError } from '../spec/contract-error.ts';
import type { HttpRequest, Reply } from '../target/client.ts';
import type { Caller } from '../target/credentials.ts';
import type { Answer } from '../check/answer.ts';
import { fail } from '../check/departure.ts';
import { clip } from '../check/sent.ts';
import type { ScenarioContext } from './context.ts';
import { BINARY, parseJson } from './opening.ts';

export interface AskOptions {
  /** Its key is sent as bearer key. */
  caller?: Caller | undefined;
  /** The request is the caller's, but its key is not sent. */
  withoutKey?: boolean;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** What the report shows in place of the body. */
  shown?: string;
  /** Content type of a success; default application/json. */
  successType?: string | null;
  /** Opens an answer with status 200. */
  open?: (reply: Reply, answer: Answer) => void;
}

export async function askPlain(
  ctx: ScenarioContext,
  method: string,
  path: string,
  options: AskOptions = {},
): Promise<Answer> {
  const query = options.query ? `?${new URLSearchParams(options.query).toString()}` : '';
  const headers: Record<string, string> = { ...options.headers };
  if (options.caller && options.withoutKey !== true)
    headers['authorization'] ??= `Bearer ${options.caller.key}`;
  const request: HttpRequest = { method, path: path + query, headers };
  if (options.body !== undefined) request.body = options.body;
  const sent = describeRequest(method, path + query, options);
  const reply = await exchange(ctx, request, sent);
  const answer = answerOf(ctx, reply, sent);
  if (options.successType !== undefined) answer.successType = options.successType;
  answer.origin = headers['origin'];
  answer.traceId = headers['x-amzn-trace-id'];
  answer.varies = allowedVary(ctx, method, path, reply.status);
  if (reply.status === 200 && options.open) options.open(reply, answer);
  return answer;
}

function describeRequest(
  method: string,
  target: string,
  { body, shown, caller, withoutKey }: AskOptions,
): string {
  const content = shown ?? (typeof body === 'string' ? body : '');
  const as = caller ? ` as ${caller.name}${withoutKey ? ', whose key is not sent' : ''}` : '';
  return clip(`${method} ${readable(target)} ${content}`.trim(), 500) + as;
}

/** The request target without percent escapes, unless one of them is malformed. */
function readable(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

async function exchange(
  { target, watch }: ScenarioContext,
  request: HttpRequest,
  sent: string,
): Promise<Reply> {
  const reply = await target.http.send(request).catch((error: unknown) => {
    if (isContractError(error, 'no_answer')) return error;
    throw error;
  });
  return watch.require('http/answered', () => {
    if (!(reply instanceof Error)) return reply;
    return fail({ sent, cause: 'the operator hangs or closes the connection' }, 'an answer', reply.message);
  });
}

/** Protocol §6.3: validate of current versions names the origin twice where it reads a POST. */
function allowedVary(ctx: ScenarioContext, method: string, path: string, status: number): readonly string[] {
  if (!path.startsWith('/v2/token/validate') || !ctx.target.served.v2) return ['origin'];
  if (method === 'POST' && status <= 401) return ctx.either('origin', 'origin,origin');
  return ctx.target.profileGiven && ctx.old ? ['origin'] : ['origin', 'origin,origin'];
}

/** The answer before it is opened. */
export function answerOf(ctx: ScenarioContext, reply: Reply, sent: string): Answer {
  const contentType = reply.headers.get('content-type')?.join(', ');
  const text = contentType === BINARY ? '' : reply.body.toString('utf8');
  return {
    reply,
    status: reply.status,
    contentType,
    sent,
    text,
    json: parseJson(text),
    sealed: false,
    asked: undefined,
    successType: 'application/json',
    wrapped: ctx.rules !== 'v0',
    origin: undefined,
    traceId: undefined,
    varies: ['origin'],
    watch: ctx.watch,
  };
}
