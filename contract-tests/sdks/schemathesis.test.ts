/** Requests to `/__admin` that schemathesis, from PyPI, makes of its OpenAPI document: no 500, no undocumented answer. */
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './command.ts';
import { startMockBinary } from './mock-binary.ts';
import { pythonWith } from './python-environment.ts';
import { type Prepared, prepare, readyOrSkip } from './runtime.ts';

const requirements = path.join(import.meta.dirname, 'schemathesis/requirements.txt');

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
];

/** A stream has no end, schemathesis cannot write NDJSON, and a call that waits takes up to two minutes. */
const options = [
  ...['--checks', checks.join(',')],
  ...['--exclude-path', '/__admin/requests/stream'],
  ...['--exclude-path', '/__admin/optouts/import'],
  ...['--max-examples', '15'],
  ...['--seed', '1'],
  ...['--request-timeout', '150'],
  ...['--generation-database', 'none'],
  ...['--suppress-health-check', 'all'],
  '--no-color',
];

let python: Prepared<string> | undefined;
let mock: Awaited<ReturnType<typeof startMockBinary>>;
beforeAll(async () => {
  python = await prepare('schemathesis', () => pythonWith('schemathesis', requirements));
  mock = await startMockBinary();
});
afterAll(() => mock.stop());

it('schemathesis finds no 500 and no undocumented answer', async (context) => {
  const program = readyOrSkip(python, context);
  const schemathesis = path.join(path.dirname(program), 'schemathesis');
  const report = await run(schemathesis, ['run', `${mock.url}/__admin/openapi.json`, ...options]);
  expect(Number(/(\d+) generated/.exec(report)?.[1])).toBeGreaterThan(300);
});
