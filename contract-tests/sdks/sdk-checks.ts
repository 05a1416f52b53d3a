/**
 * Checks that run inside the SDK of another language: a program reads the banner of the mock and prints one JSON line
 * per check. Each check is a test here, and a missing one fails.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { run } from './command.ts';
import { startMockBinary, type MockBinary } from './mock-binary.ts';
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
        const { program, args, cwd } = installed.ready;
        const env = { PYTHONDONTWRITEBYTECODE: '1' };
        const output = await run(program, args, { cwd, env, input: mock.line, timeoutMs: 120_000 });
        reports = { ready: parseReports(output) };
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
