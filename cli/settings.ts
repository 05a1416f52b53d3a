/** Options of the mock on the command line: a flag of a command, before the environment, before the default. */

import { type Command, Option } from 'commander';
import {
  type CommandLineOptions,
  ConfigurationError,
  type NameOf,
  type OptionRow,
  didYouMean,
  environmentNamesOf,
  flagOf,
  optionRows,
  readOption,
  sentenceOf,
} from '../mock-server/options.ts';

/** Flags as commander hands them over. */
export type Flags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

interface Setting {
  readonly value: unknown;
  /** the flag or variable that gave it */
  readonly source: string;
}

/** The value a row has: flag before environment before default. */
function settingOf(row: OptionRow, flags: Flags, environment: NodeJS.ProcessEnv): Setting | undefined {
  const given = flags[row.name];
  // commander sets a switch that is on by default
  const flag = row.isOnByDefault === true && given === true ? undefined : given;
  const source = flagOf(row);
  if (typeof flag === 'object')
    return { value: flag.map((one) => readOption(row.name, one, source)), source };
  if (flag !== undefined) return { value: readOption(row.name, String(flag), source), source };
  const name = environmentNamesOf(row).find((variable) => environment[variable]);
  return name === undefined
    ? undefined
    : { value: readOption(row.name, environment[name] ?? '', name), source: name };
}

const PREFIX = 'UID2_MOCK_';
/** Variables of the project's own tests. */
const FOR_TESTS = 'UID2_MOCK_TEST_';

function checkEnvironment(environment: NodeJS.ProcessEnv): void {
  const known = optionRows.flatMap(environmentNamesOf).filter((name) => name.startsWith(PREFIX));
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith(PREFIX) && !name.startsWith(FOR_TESTS) && !known.includes(name),
  );
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `environment: expected ${known.join(', ')}; got ${unknown}${didYouMean(unknown, known)}`,
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

/** Collects the values of a flag that may be repeated. */
export const addTo = (value: string, former: readonly string[] = []): string[] => [...former, value];

/** A command with a flag for every row. */
export function addFlags(command: Command, rows: readonly OptionRow[]): Command {
  for (const row of rows) {
    const option = new Option(row.value ? `${flagOf(row)} <${row.value}>` : flagOf(row), describe(row));
    command.addOption(row.isList === true ? option.argParser(addTo) : option);
  }
  return command;
}

/**
 * Does something with the options that flags and environment give. An error names an option as the user gave it.
 *
 * @throws ConfigurationError
 */
export async function withOptions(
  rows: readonly OptionRow[],
  flags: Flags,
  environment: NodeJS.ProcessEnv,
  action: (options: CommandLineOptions, nameOf: NameOf) => Promise<void>,
): Promise<void> {
  checkEnvironment(environment);
  const settings = new Map<string, Setting>();
  for (const row of rows) {
    const setting = settingOf(row, flags, environment);
    if (setting !== undefined) settings.set(row.name, setting);
  }
  // an option that was not given is named by its flag
  const nameOf: NameOf = (name) => {
    const row = optionRows.find((candidate) => candidate.name === name);
    return settings.get(name)?.source ?? (row ? flagOf(row) : name);
  };
  const values = [...settings].map(([name, { value }]) => [name, value]);
  try {
    await action(Object.fromEntries(values) as CommandLineOptions, nameOf);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(sentenceOf(error, nameOf));
  }
}
