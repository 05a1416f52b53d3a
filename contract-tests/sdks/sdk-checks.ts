/**
 * Checks that run inside the SDK of another language: a program reads the banner of the mock and prints one JSON line
 * per check. Each check is a test here, and a missing one fails.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { run } from './command.ts';
import { startMockBinary, startProxyBinary, type MockBinary } from './mock-binary.ts';
import { prepare, readyOrSkip, type Prepared } from './runtime.ts';

const report = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
type Report = z.infer<typeof report>;

/** A program and its arguments. */
interface CheckProgram {
  program: string;
  args: string[];
  cwd: string;
}

/** Reads one report per line; anything else on standard output is an error. */
function parseReports(output: string): Report[] {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => report.parse(JSON.parse(line)));
}

/** Flags of the mock, one row for each kind of operator. */
const setups: readonly (readonly string[])[] = [
  [],
  ['--profile', 'current', '--scope', 'euid'],
  ['--profile', 'v5.56'],
];

const journal = z.object({
  requests: z.array(
    z.looseObject({
      path: z.string(),
      status: z.number().nullable(),
      reason: z.string(),
      departures: z.array(z.string()).optional(),
    }),
  ),
});

/** The requests in the journal of a mock or proxy. */
export async function requestsOf({ url }: MockBinary) {
  const answer = await fetch(`${url}/__admin/requests`);
  return journal.parse(await answer.json()).requests;
}

/** Runs the checks of a program against an operator. */
async function runChecks(
  { program, args, cwd }: CheckProgram,
  { line: input }: MockBinary,
): Promise<Report[]> {
  const env = { PYTHONDONTWRITEBYTECODE: '1' };
  return parseReports(await run(program, args, { cwd, env, input, timeoutMs: 120_000 }));
}

/** Declares that the checks pass through a proxy in front of a mock too, whose journal explains each refusal. */
export function describeThroughProxy(
  client: string,
  names: readonly string[],
  install: () => Promise<CheckProgram>,
): void {
  test(`${client}, through a proxy`, async (context) => {
    const installed = readyOrSkip(await prepare(client, install), context);
    const mock = await startMockBinary('--profile', 'current');
    const proxy = await startProxyBinary(mock, '--compare');
    const reports = await runChecks(installed, proxy);
    const requests = await requestsOf(proxy);
    await proxy.stop();
    await mock.stop();
    expect(reports.filter(({ ok }) => !ok)).toEqual([]);
    expect(reports.map(({ name }) => name)).toEqual(names);
    const refused = requests.filter(({ status }) => (status ?? 500) >= 400);
    expect(refused.length).toBeGreaterThan(5);
    // the causes that the checks bring about
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(
      new Set(['envelope_tag', 'key_with_more', 'role_absent']),
    );
    expect(requests.filter(({ departures = [] }) => departures.length > 0)).toEqual([]);
  });
}

/** Declares one test per check and setup, and one that compares the names of the checks with `names`. */
export function describeSdkChecks(
  client: string,
  names: readonly string[],
  install: () => Promise<CheckProgram>,
): void {
  describe.each(setups.map((flags) => [flags.join(' ') || 'the defaults', flags] as const))(
    `${client}, %s`,
    (_, flags) => {
      let mock: MockBinary | undefined;
      let reports: Prepared<Report[]> | undefined;

      beforeAll(async () => {
        const installed = await prepare(client, install);
        if ('missing' in installed) {
          reports = installed;
          return;
        }
        mock = await startMockBinary(...flags);
        reports = { ready: await runChecks(installed.ready, mock) };
      });

      afterAll(() => mock?.stop());

      test(`runs its ${names.length} checks`, (context) => {
        const ran = readyOrSkip(reports, context).map((each) => each.name);
        expect(ran).toEqual(names);
      });

      for (const name of names) {
        test(name, (context) => {
          const found = readyOrSkip(reports, context).find((each) => each.name === name);
          expect(found, 'the check did not run').toBeDefined();
          expect(found?.ok, found?.detail).toBe(true);
        });
      }
    },
  );
}
