/** Routes and requests for the scenarios about HTTP (Protocol §6). */
import { ORDINARY_EMAIL } from '../target/identities.ts';
import type { Answer } from '../check/answer.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { authorizedRoutesOf } from './routes.ts';

export const NOT_FOUND = {
  status: 404,
  type: 'text/html; charset=utf-8',
  text: '<html><body><h1>Resource not found</h1></body></html>',
};

export const ORIGIN = 'https://www.example.com';

const open: Record<string, readonly (readonly [method: 'GET' | 'POST', path: string])[]> = {
  v0: [
    ['GET', '/token/refresh'],
    ['GET', '/token/validate'],
  ],
  v1: [
    ['GET', '/v1/token/refresh'],
    ['GET', '/v1/token/validate'],
  ],
  v2: [['POST', '/v2/token/refresh']],
  v3: [],
};

/** Every route of the generation, with its methods. */
export function routes(ctx: ScenarioContext): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const all = [
    ...authorizedRoutesOf(ctx).map(({ method, path }) => [method, path] as const),
    ...(open[ctx.api] ?? []),
  ];
  for (const [method, path] of all) found.set(path, [...(found.get(path) ?? []), method]);
  return found;
}

export const header = (answer: Answer, name: string): string | undefined =>
  answer.reply.headers.get(name)?.join(',');

/** A valid generate request of the generation, with headers. */
export async function generateWith(
  ctx: ScenarioContext,
  headers: Record<string, string>,
  path = `${ctx.prefix}/token/generate`,
): Promise<Answer> {
  const caller = ctx.caller();
  if (!ctx.sealed) return askPlain(ctx, 'GET', path, { caller, headers, query: { email: ORDINARY_EMAIL } });
  return askSealed(
    ctx,
    path,
    { email: ORDINARY_EMAIL, ...(ctx.old ? { optout_check: 1 } : {}) },
    { caller, headers },
  );
}
