/** `uid2-mock start`: a mock operator until it is told to stop. */

import { Command, Option } from 'commander';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../mock-server/index.ts';
import { type OptionRow, environmentNamesOf, flagOf, optionRows } from '../mock-server/options.ts';
import { banner } from './banner.ts';

/** How long a connection that will not end may hold up the end, in ms. */
const GRACE_MS = 5000;

type Settings = Record<string, unknown>;

/** The value a row has: flag before environment before default. */
function settingOf(row: OptionRow, flags: Settings, environment: NodeJS.ProcessEnv): unknown {
  const flag = flags[row.name];
  if (typeof flag === 'string') return row.read(flag, flagOf(row));
  if (flag === true) return true;
  for (const name of environmentNamesOf(row)) {
    const text = environment[name];
    if (text !== undefined && text !== '') return asSwitch(row, row.read(text, name));
  }
  return undefined;
}

const asSwitch = (row: OptionRow, value: unknown): unknown =>
  row.value === undefined ? value === 'true' || value === '1' : value;

function settingsOf(flags: Settings, environment: NodeJS.ProcessEnv): Settings {
  return Object.fromEntries(optionRows.map((row) => [row.name, settingOf(row, flags, environment)]));
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

function stopOnSignals(operator: MockOperator): void {
  const stop = (): void => {
    // a client that keeps its connection open must not keep the process
    setTimeout(() => process.exit(0), GRACE_MS).unref();
    void operator.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function start(flags: Settings): Promise<void> {
  const settings = settingsOf(flags, process.env);
  const { json, quiet, logLevel = 'error', port = 8432, ...rest } = settings;
  const log: MockOperatorOptions['log'] = (level, message) => {
    if (logLevel === 'info' || logLevel === level) process.stderr.write(`${message}\n`);
  };
  const options = { ...rest, port, log } as MockOperatorOptions;
  const operator = await startMockOperator(options);
  stopOnSignals(operator);
  if (json === true) process.stdout.write(`${jsonLine(operator)}\n`);
  else if (quiet !== true) process.stdout.write(banner(operator, options));
}

/** The command with a flag for every option row. */
export function startCommand(): Command {
  const command = new Command('start').description('start a mock operator').allowExcessArguments(false);
  for (const row of optionRows) {
    command.addOption(new Option(row.value ? `${flagOf(row)} <${row.value}>` : flagOf(row), describe(row)));
  }
  return command.action((flags: Settings) => start(flags));
}
