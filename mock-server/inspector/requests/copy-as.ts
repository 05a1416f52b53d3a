/** A request of the journal as a curl command, and as a test. */

import type { RequestDetail } from '../../admin/calls/request-schema.ts';
import { operatorUrl } from '../api.ts';

/** Headers that the program which sends a request sets by itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'connection',
  'accept-encoding',
  'user-agent',
  'transfer-encoding',
  'sec-fetch-mode',
  'accept-language',
  'keep-alive',
]);

type Pair = readonly [name: string, value: string];

/** The headers that decide about the answer. */
function headersOf({ request }: RequestDetail): Pair[] {
  return Object.entries(request.headers)
    .filter(([name, value]) => !OWN_HEADERS.has(name) && !(name === 'accept' && value === '*/*'))
    .flatMap(([name, value]) => [value].flat().map((one): Pair => [name, one]));
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Whether the journal masked a part of a request: then it cannot be sent again as it was. */
const isMasked = ({ request }: RequestDetail): boolean =>
  `${request.target}${request.body ?? ''}`.includes('…');

const MASKED =
  'the journal masks what stands as … here; start the mock with --journal-plain to have it whole';

const withKey = ([name, value]: Pair, key: string | undefined): Pair =>
  name === 'authorization' && key !== undefined ? [name, `Bearer ${key}`] : [name, value];

/** @param key the API key of the client, which the journal masks */
export function asCurl(detail: RequestDetail, key: string | undefined): string {
  const { method, request } = detail;
  const isBinary = request.body_encoding === 'base64';
  const head = isBinary ? `printf %s ${quoted(request.body ?? '')} | base64 -d | curl` : 'curl';
  const parts = [
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...headersOf(detail).map((pair) => `-H ${quoted(withKey(pair, key).join(': '))}`),
    ...(request.body === null ? [] : [`--data-binary ${isBinary ? '@-' : quoted(request.body)}`]),
    quoted(`${operatorUrl}${request.target}`),
  ];
  return `${isMasked(detail) ? `# ${MASKED}\n` : ''}${head} ${parts.join(' \\\n  ')}\n`;
}

const literal = (value: unknown): string => JSON.stringify(value).replaceAll('\u2028', '\\u2028');

function fetchOptions(detail: RequestDetail): string[] {
  const { method, request, client } = detail;
  const lines = headersOf(detail).map(([name, value]) =>
    name === 'authorization' && client !== null
      ? '      authorization: `Bearer ${key}`,'
      : `      ${literal(name)}: ${literal(value)},`,
  );
  const body =
    request.body_encoding === 'base64'
      ? `Buffer.from(${literal(request.body)}, 'base64')`
      : literal(request.body);
  return [
    `    method: ${literal(method)},`,
    ...(lines.length === 0 ? [] : ['    headers: {', ...lines, '    },']),
    ...(request.body === null ? [] : [`    body: ${body},`]),
  ];
}

/** A test that sends the same bytes at the same time, and expects the same answer for the same reason. */
export function asTest(detail: RequestDetail, profile: string): string {
  const { method, path, client, status, reason, at, request } = detail;
  return [
    `import { expect } from 'vitest';`,
    `import { mockOperatorTest } from 'uid2-mock-operator/vitest';`,
    '',
    `const test = mockOperatorTest({ profile: ${literal(profile)} });`,
    '',
    ...(isMasked(detail) ? [`// ${MASKED}`] : []),
    `test(${literal(`${method} ${path} answers ${status ?? 'nothing'}: ${reason}`)}, async ({ operator }) => {`,
    '  // the time at which the request arrived: what is sealed has a time in it',
    `  await operator.clock.set(${literal(at)});`,
    ...(client === null
      ? []
      : [`  const key = operator.credentials.find(({ name }) => name === ${literal(client)})?.key;`]),
    `  const answer = await fetch(operator.url + ${literal(request.target)}, {`,
    ...fetchOptions(detail),
    '  });',
    `  expect(answer.status).toBe(${status ?? 'undefined'});`,
    '  const [exchange] = await operator.journal.list();',
    `  expect(exchange?.reason).toBe(${literal(reason)});`,
    '});',
    '',
  ].join('\n');
}
