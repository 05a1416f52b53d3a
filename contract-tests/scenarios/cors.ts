/** Cross-origin requests (Protocol §6.3). */
import { expectAnswer, expectEqual, expectOneOf, watchHeaders } from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askRoute } from '../steps/good-requests.ts';
import { generateWith, header, NOT_FOUND, ORIGIN, routes } from '../steps/http-requests.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { authorizedRoutesOf } from '../steps/routes.ts';
import { askRefresh, refresh } from '../steps/tokens.ts';
import { theme } from './theme.ts';

const ALLOWED =
  'X-UID2-Client-Version,Access-Control-Request-Method,Access-Control-Allow-Credentials,' +
  'Access-Control-Allow-Origin,Access-Control-Allow-Headers,Content-Type';

async function echoesOrigin(ctx: ScenarioContext): Promise<void> {
  const origins = [ORIGIN, 'null', 'nonsense'];
  for (const origin of origins) {
    await refresh(ctx, readTokens(ctx, await generateWith(ctx, { origin })));
    const missing = await askPlain(ctx, 'GET', `${ctx.prefix}/nothing-here`, { headers: { origin } });
    expectAnswer(missing, NOT_FOUND);
  }
  for (const [i, [path, [method = 'GET']]] of [...routes(ctx)].entries()) {
    const { status, contentType, text } = await askPlain(ctx, method, path);
    const origin = origins[i % origins.length] ?? ORIGIN;
    const answer = await askPlain(ctx, method, path, { headers: { origin } });
    expectAnswer(answer, { status, type: contentType ?? null, text });
  }
  await allowsOriginEverywhere(ctx);
  readTokens(ctx, await generateWith(ctx, {}));
}

/** Successes too, of every route that some given client may use. */
async function allowsOriginEverywhere(ctx: ScenarioContext): Promise<void> {
  const headers = { origin: ORIGIN };
  for (const route of authorizedRoutesOf(ctx)) {
    if (!route.path.endsWith('/logout')) watchHeaders(await askRoute(ctx, route, { headers }));
  }
  if (ctx.api === 'v3') return;
  const { refreshToken, responseKey } = readTokens(ctx, await generateWith(ctx, headers));
  readTokens(ctx, await askRefresh(ctx, refreshToken, { responseKey, headers }));
}

async function preflight(ctx: ScenarioContext): Promise<void> {
  const more = [`${ctx.prefix}/nothing-here`, '/ops/healthcheck', '/v2/token/client-generate'];
  for (const path of [...routes(ctx).keys(), ...more]) {
    await expectPreflight(ctx, path, 'POST', ORIGIN);
    await expectPreflight(ctx, path, 'DELETE', 'null');
  }
}

async function expectPreflight(
  ctx: ScenarioContext,
  path: string,
  method: string,
  origin: string,
): Promise<void> {
  const answer = await askPlain(ctx, 'OPTIONS', path, {
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'x-anything',
    },
  });
  const sent = `${answer.sent} (preflight from ${origin})`;
  const check = { sent, cause: 'the CORS handling of preflights' };
  expectEqual(check, 'status', answer.status, 204);
  expectEqual(check, 'body', answer.text, '');
  const names = [...answer.reply.headers.keys()].filter(
    (name) => name.startsWith('access-control-') || name === 'vary' || name === 'content-type',
  );
  const wanted = [
    'access-control-allow-headers',
    'access-control-allow-methods',
    'access-control-allow-origin',
  ];
  expectEqual(check, 'headers', names.sort(), wanted);
  const expectHeader = (name: string, ...allowed: string[]): void =>
    expectOneOf(check, `header ${name}`, header(answer, name), allowed);
  expectHeader('access-control-allow-origin', origin);
  expectHeader('access-control-allow-methods', 'GET,POST,OPTIONS');
  const both = ctx.either(ALLOWED, `${ALLOWED},Authorization`);
  expectHeader('access-control-allow-headers', ...(path === '/v2/token/validate' ? both : [ALLOWED]));
}

async function emptyOrigin(ctx: ScenarioContext): Promise<void> {
  for (const answer of [
    await generateWith(ctx, { origin: '' }),
    await askPlain(ctx, 'GET', '/ops/healthcheck', { headers: { origin: '' } }),
  ]) {
    const check = {
      sent: `${answer.sent} with an empty Origin`,
      cause: 'an empty Origin counts as a missing one',
    };
    expectEqual(
      check,
      'status, content type, body',
      [answer.status, answer.contentType, answer.text],
      [403, undefined, 'Forbidden'],
    );
    expectEqual(check, 'header vary', header(answer, 'vary'), undefined);
    const cors = [...answer.reply.headers.keys()].filter((name) => name.startsWith('access-control-'));
    expectEqual(check, 'CORS headers', cors, []);
  }
  const incomplete = [{}, { origin: ORIGIN }, { 'access-control-request-method': 'POST' }];
  for (const [index, [path, methods]] of [...routes(ctx)].entries()) {
    for (const headers of index === 0 ? incomplete : [incomplete[index % incomplete.length] ?? {}]) {
      const answer = await askPlain(ctx, 'OPTIONS', path, { headers });
      expectAnswer(answer, { status: 405, type: null, text: '' });
      const allow = header(answer, 'allow')?.split(/, ?/).sort();
      expectEqual(
        { sent: answer.sent, cause: 'the header allow' },
        'header allow',
        allow,
        [...methods].sort(),
      );
    }
  }
}

export const corsScenarios = [
  ...theme('cors', 'publisher', [
    ['origin', 'R5', 'v0 v1 v2', 'every answer varies by origin and echoes it, also an error', echoesOrigin],
    [
      'preflight',
      'R6',
      'v0 v1 v2',
      "a preflight is 204 on any path, with exactly the operator's headers",
      preflight,
    ],
    [
      'empty-origin',
      'R7',
      'v0 v1 v2',
      'an empty Origin is 403; OPTIONS without preflight headers is 405',
      emptyOrigin,
    ],
  ]),
  ...theme('cors', 'advertiser', [
    ['origin-map', 'R5', 'v3', 'v3 map varies by origin and echoes it', allowsOriginEverywhere],
    ['preflight-map', 'R6', 'v3', 'a preflight of v3 map is 204', preflight],
  ]),
];
