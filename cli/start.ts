/** `uid2-mock start`: a mock operator until it is told to stop. */

import { Command, Option } from 'commander';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../mock-server/index.ts';
import { listen } from '../mock-server/listen.ts';
import {
  type CommandLineOptions,
  ConfigurationError,
  type Log,
  type OptionRow,
  environmentNamesOf,
  flagOf,
  optionRows,
  readOption,
} from '../mock-server/options.ts';
import { banner } from './banner.ts';
import type { Io } from './io.ts';

/** Options as commander hands them over. */
type Settings = Readonly<Record<string, string | boolean | undefined>>;

interface Setting {
  readonly value: unknown;
  /** the flag or variable that gave it */
  readonly source: string;
}

/** The value a row has: flag before environment before default. */
function settingOf(row: OptionRow, flags: Settings, environment: NodeJS.ProcessEnv): Setting | undefined {
  const flag = flags[row.name];
  const source = flagOf(row);
  if (flag !== undefined) return { value: readOption(row, String(flag), source), source };
  const name = environmentNamesOf(row).find((variable) => environment[variable]);
  return name === undefined
    ? undefined
    : { value: readOption(row, environment[name] ?? '', name), source: name };
}

const PREFIX = 'UID2_MOCK_';
/** Variables of the project's own tests. */
const FOR_TESTS = 'UID2_MOCK_TEST_';

function checkEnvironment(environment: NodeJS.ProcessEnv): void {
  const known = optionRows.flatMap(environmentNamesOf);
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith(PREFIX) && !name.startsWith(FOR_TESTS) && !known.includes(name),
  );
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${unknown}: expected ${known.filter((name) => name.startsWith(PREFIX)).join(', ')}; got a name that no option has`,
    );
  }
}

function describe(row: OptionRow): string {
  const parts = [
    row.help,
    `env ${environmentNamesOf(row).join(', ')}`,
    ...(row.default ? [`default ${row.default}`] : []),
  ];
  return parts.join('; ');
}

function jsonLine(operator: MockOperator): string {
  const { url, credentials, clientSideKeypairs } = operator;
  return JSON.stringify({ url, credentials, client_side_keypairs: clientSideKeypairs });
}

async function listenAs({ mutant, json, quiet, logLevel = 'error', ...rest }: CommandLineOptions, io: Io) {
  const log: Log = (level, message) => {
    if (logLevel === 'info' || logLevel === level) io.error(`${message}\n`);
  };
  const options = { port: 8432, ...rest, log };
  const operator =
    mutant === undefined ? await startMockOperator(options) : await startMutant(mutant, options);
  const stopped = io.stopped();
  if (json === true) io.out(`${jsonLine(operator)}\n`);
  else if (quiet !== true) io.out(banner(operator, { ...options, mutant }));
  await stopped;
  await operator.close();
}

async function startMutant(id: string, options: MockOperatorOptions): Promise<MockOperator> {
  const { composeMutant } = await import('../mutants/index.ts');
  return listen(await composeMutant(id, options));
}

async function start(flags: Settings, io: Io): Promise<void> {
  checkEnvironment(io.environment);
  const settings = new Map<string, Setting>();
  for (const row of optionRows) {
    const setting = settingOf(row, flags, io.environment);
    if (setting !== undefined) settings.set(row.name, setting);
  }
  const values = [...settings].map(([name, { value }]) => [name, value]);
  try {
    await listenAs(Object.fromEntries(values) as CommandLineOptions, io);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const nameOf = (name: string): string => {
      const row = optionRows.find((candidate) => candidate.name === name);
      return settings.get(name)?.source ?? (row ? flagOf(row) : name);
    };
    throw new ConfigurationError(error.named(nameOf));
  }
}

/** The command with a flag for every option row. */
export function startCommand(io: Io): Command {
  const command = new Command('start').description('start a mock operator').allowExcessArguments(false);
  for (const row of optionRows) {
    command.addOption(new Option(row.value ? `${flagOf(row)} <${row.value}>` : flagOf(row), describe(row)));
  }
  return command.action((flags: Settings) => start(flags, io));
}
