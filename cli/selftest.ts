/** `uid2-mock selftest`: does the contract suite notice a mock with one fault? */

import { Command } from 'commander';
import { type Mutant, mutants } from '../mutants/index.ts';
import { ConfigurationError } from '../mock-server/options.ts';
import type { Io } from './io.ts';
import { alarmText, matrix, matrixJson, mutantList } from './selftest-report.ts';
import { type Verdict, falseAlarms, judgeMutants } from './selftest-run.ts';

const MOST_EQUIVALENT = 3;

interface Flags {
  readonly list?: boolean;
  readonly mutant?: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
}

function chosen(ids: readonly string[] | undefined): readonly Mutant[] {
  const unknown = ids?.find((id) => !mutants.some((mutant) => mutant.id === id));
  if (unknown !== undefined) {
    throw new ConfigurationError(`--mutant: expected an id that --list names; got ${unknown}`);
  }
  return ids === undefined ? mutants : mutants.filter(({ id }) => ids.includes(id));
}

/** Shows on a terminal how many mutants are judged. */
function progress(total: number, io: Io): (verdict: Verdict) => void {
  let done = 0;
  return () => {
    done++;
    if (io.progressColumns !== undefined)
      io.error(`\r${done} of ${total} mutants${done === total ? '\n' : ''}`);
  };
}

const isSound = (verdicts: readonly Verdict[]): boolean =>
  verdicts.every(({ fate }) => fate === 'killed' || fate === 'equivalent') &&
  verdicts.filter(({ fate }) => fate === 'equivalent').length <= MOST_EQUIVALENT;

async function selftest({ list, mutant, all = false, json }: Flags, io: Io): Promise<void> {
  const under = chosen(mutant);
  if (list) {
    io.out(mutantList(under));
    return;
  }
  const started = performance.now();
  const alarms = await falseAlarms(under);
  if (alarms.length > 0) {
    io.error(alarmText(alarms));
    io.exitCode = 1;
    return;
  }
  const verdicts = await judgeMutants(under, all, progress(under.length, io));
  const seconds = (performance.now() - started) / 1000;
  io.out(json ? matrixJson(verdicts, seconds) : matrix(verdicts, seconds));
  io.exitCode = isSound(verdicts) ? 0 : 1;
}

export function selftestCommand(io: Io): Command {
  return new Command('selftest')
    .description('run the contract suite against mocks with one fault each: does it notice?')
    .option('--list', 'name the mutants')
    .option('--mutant <ID...>', 'only these mutants')
    .option('--all', 'run every scenario against every mutant, to fill the matrix (takes minutes)')
    .option('--json', 'print the verdicts as JSON')
    .allowExcessArguments(false)
    .action((flags: Flags) => selftest(flags, io));
}
