/** Paths, methods, limits and headers (Protocol §6.3-6.5). */
import { ContractError } from '../spec/contract-error.ts';
import type { Answer } from '../check/answer.ts';
import { expectAnswer, expectEqual, expectText, expectThat, watchHeaders } from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed, type SealOptions } from '../context/sealing.ts';
import { generateWith, header, NOT_FOUND, ORIGIN, routes } from '../steps/http-requests.ts';
import { askRoute, callerFor, goodParams } from '../steps/good-requests.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { authorizedRoutes, authorizedRoutesOf, type Route } from '../steps/routes.ts';
import { askRefresh, generate } from '../steps/tokens.ts';
import { ordinary } from '../steps/validate-requests.ts';
import { theme } from './theme.ts';

/** Version, IV, time, nonce and tag (Protocol §7.1). */
const ENVELOPE_BYTES = 45;

async function unknownPaths(ctx: ScenarioContext): Promise<void> {
  const paths = [
    `${ctx.prefix}/nothing-here`,
    `${ctx.prefix}/token/unknown`,
    `${ctx.prefix}/token/Generate`,
    `${ctx.prefix}/token/generate.json`,
    `${ctx.prefix}/token%2Fgenerate`,
    '/',
  ];
  if (ctx.prefix) paths.push(`${ctx.prefix.toUpperCase()}/token/generate`);
  const { served } = ctx.target;
  paths.push(...authorizedRoutes.filter((route) => !served[route.api]).map((route) => route.path));
  for (const path of paths) {
    for (const method of ['GET', 'POST']) expectAnswer(await askPlain(ctx, method, path), NOT_FOUND);
  }
}

async function wrongMethods(ctx: ScenarioContext): Promise<void> {
  const others = ['PUT', 'DELETE', 'PATCH'];
  for (const [index, [path, methods]] of [...routes(ctx)].entries()) {
    const wrong = [
      // each path with one of them, and the first with all: every request counts
      ...(index === 0 ? others : [others[index % others.length] ?? 'PUT']),
      ...['GET', 'POST'].filter((method) => !methods.includes(method)),
    ];
    for (const method of wrong) {
      const answer = await askPlain(ctx, method, path);
      expectAnswer(answer, { status: 405, type: null, text: '' });
      const allow = header(answer, 'allow')?.split(/, ?/).sort();
      expectEqual(
        { sent: answer.sent, cause: 'the header allow' },
        'header allow',
        allow,
        [...methods].sort(),
      );
    }
    const head = await askPlain(ctx, 'HEAD', path);
    expectAnswer(head, { status: 405, type: null });
    expectEqual(
      { sent: head.sent, cause: 'HEAD is served like GET' },
      'status and allow',
      [head.status, header(head, 'allow')],
      [405, undefined],
    );
  }
}

const limitOf = (ctx: ScenarioContext): number => ctx.target.world?.max_request_body_bytes ?? 1_048_576;

/** A good request with a body of exactly `length` bytes: its JSON is padded with spaces. */
async function askLong(
  ctx: ScenarioContext,
  route: Route,
  length: number,
  options: Partial<SealOptions> = {},
): Promise<Answer> {
  const json = JSON.stringify(await goodParams(ctx, route));
  const caller = callerFor(ctx, route);
  const shown = `${String(length)} bytes`;
  if (!ctx.sealed)
    return askPlain(ctx, route.method, route.path, { caller, ...options, body: json.padEnd(length), shown });
  const payload = json.padEnd(length - ENVELOPE_BYTES);
  return askSealed(ctx, route.path, payload, { caller, binary: true, ...options, shown });
}

async function bodyLimit(ctx: ScenarioContext): Promise<void> {
  const path = ctx.api === 'v2' ? '/v2/token/generate' : `${ctx.prefix}/identity/map`;
  const [route] = authorizedRoutesOf(ctx).filter((one) => one.path === path && one.method === 'POST');
  if (!route) throw new ContractError('not_applicable', 'this generation has no such route');
  const limit = limitOf(ctx);
  for (const withoutKey of [false, true])
    expectText(await askLong(ctx, route, limit + 1, { withoutKey }), 413, 'Request Too Long');
  const answer = await askLong(ctx, route, limit);
  const check = { sent: answer.sent, cause: 'the limit is below 1 MiB' };
  expectThat(
    check,
    answer.status === 200,
    'an answer to a body of 1 MiB',
    `${String(answer.status)} ${answer.text.slice(0, 100)}`,
  );
}

/** The size is checked before the key, so a request without a key is 413 too. */
async function bodyLimitWithoutKey(ctx: ScenarioContext): Promise<void> {
  const path = ctx.api === 'v2' ? '/v2/token/validate' : `${ctx.prefix}/identity/map`;
  const [route] = authorizedRoutesOf(ctx).filter((one) => one.path === path && one.method === 'POST');
  if (!route) throw new ContractError('not_applicable', 'this generation has no such route');
  const long = await askLong(ctx, route, limitOf(ctx) + 1, { withoutKey: true });
  expectText(long, 413, 'Request Too Long');
  if (ctx.api !== 'v2') return;
  const body = (await generate(ctx, ordinary)).refreshToken.padEnd(limitOf(ctx) + 1);
  const shown = `${String(body.length)} bytes`;
  expectText(await askPlain(ctx, 'POST', '/v2/token/refresh', { body, shown }), 413, 'Request Too Long');
}

async function percent(ctx: ScenarioContext): Promise<void> {
  const caller = ctx.caller();
  for (const query of ['email=%zz', 'email=a%']) {
    const answer = await askPlain(ctx, 'GET', `${ctx.prefix}/token/generate?${query}`, { caller });
    const check = { sent: answer.sent, cause: 'a malformed percent escape is read as text' };
    expectEqual(
      check,
      'status, content type, body',
      [answer.status, answer.contentType, answer.text],
      [400, undefined, 'Bad Request'],
    );
    expectEqual(check, 'header vary', header(answer, 'vary'), undefined);
  }
}

async function traceId(ctx: ScenarioContext): Promise<void> {
  const id = 'Root=1-5759e988-bd862e3fe1be46a994272793';
  const headers = { 'x-amzn-trace-id': id };
  for (const answer of [
    await generateWith(ctx, headers),
    await askPlain(ctx, 'POST', `${ctx.prefix}/identity/map`, { headers }),
    await generateWith(ctx, {}),
  ]) {
    watchHeaders(answer);
  }
  for (const route of authorizedRoutesOf(ctx)) {
    if (!route.path.endsWith('/logout')) watchHeaders(await askRoute(ctx, route, { headers }));
  }
  const open = await askPlain(ctx, 'GET', '/ops/healthcheck', { headers });
  const check = { sent: open.sent, cause: 'the trace id is echoed on a route without key' };
  expectEqual(check, 'header x-amzn-trace-id', header(open, 'x-amzn-trace-id'), undefined);
}

async function slashes(ctx: ScenarioContext): Promise<void> {
  for (const path of [
    `${ctx.prefix}/token/generate/`,
    `/${ctx.prefix}/token/generate`.replace(/^\/+/, '//'),
    `${ctx.prefix}//token/generate`,
  ]) {
    readTokens(ctx, await generateWith(ctx, {}, path));
  }
}

async function clientVersion(ctx: ScenarioContext): Promise<void> {
  readTokens(
    ctx,
    await generateWith(ctx, { 'x-uid2-client-version': 'uid2-sdk-2.0.0', accept: 'text/html' }),
  );
  const answer = await askRefresh(ctx, 'abc');
  const again = await askPlain(
    ctx,
    ctx.sealed ? 'POST' : 'GET',
    ctx.sealed ? '/v2/token/refresh?client=uid2-sdk-2.0.0' : `${ctx.prefix}/token/refresh?refresh_token=abc`,
    {
      headers: { 'x-uid2-client-version': 'uid2-sdk-2.0.0' },
      ...(ctx.sealed ? { body: 'abc' } : {}),
    },
  );
  expectEqual(
    { sent: again.sent, cause: "the client's version changes the answer" },
    'answer',
    [again.status, again.json],
    [answer.status, answer.json],
  );
}

async function health(ctx: ScenarioContext): Promise<void> {
  expectText(await askPlain(ctx, 'GET', '/ops/healthcheck'), 200, 'OK');
  expectText(await askPlain(ctx, 'GET', '/ops/healthcheck/', { headers: { origin: ORIGIN } }), 200, 'OK');
  const wrong = await askPlain(ctx, 'POST', '/ops/healthcheck');
  expectAnswer(wrong, { status: 405, type: null, text: '' });
  expectEqual({ sent: wrong.sent }, 'header allow', header(wrong, 'allow'), 'GET');
}

async function mapBodyLimit(ctx: ScenarioContext): Promise<void> {
  if (ctx.api === 'v2') throw new ContractError('not_applicable', 'v2 is checked by http/body-limit');
  await bodyLimit(ctx);
}

export const httpScenarios = [
  ...theme('http', 'publisher', [
    [
      'unknown-path',
      'R8',
      'v0 v1 v2',
      'an unknown path is 404 with the HTML body, and letter case counts',
      unknownPaths,
    ],
    [
      'wrong-method',
      'R9',
      'v0 v1 v2',
      'a wrong method is 405 with the header allow, HEAD is 405 without it',
      wrongMethods,
    ],
    [
      'body-limit',
      'R10',
      'v2',
      'a body over 1 MiB is 413 with any key, and one of exactly 1 MiB is read',
      bodyLimit,
    ],
    [
      'body-limit-without-key',
      'R10',
      'v0 v1 v2 v3',
      'a body over 1 MiB is 413 without a key too',
      bodyLimitWithoutKey,
    ],
    ['percent-escape', 'R11', 'v0 v1', 'a malformed percent escape in the query is 400', percent],
    ['healthcheck', 'R12', 'v0 v1 v2', 'the health check is 200 with the plain text OK', health],
    ['trace-id', 'R14', 'v0 v1 v2', 'the trace id is echoed on routes that need a key', traceId],
    [
      'slashes',
      'R15',
      'v0 v1 v2',
      'a path with a trailing slash or double slashes reaches the route',
      slashes,
    ],
    [
      'client-version',
      'S22',
      'v0 v1 v2',
      "the client's version and other headers do not change the answer",
      clientVersion,
    ],
  ]),
  ...theme('http', 'advertiser', [
    [
      'body-limit-map',
      'R10',
      'v0 v1 v3',
      'identity map refuses a body over 1 MiB and reads one of exactly 1 MiB',
      mapBodyLimit,
    ],
    ['wrong-method-map', 'R9', 'v3', 'a wrong method is 405 with the header allow', wrongMethods],
  ]),
];
