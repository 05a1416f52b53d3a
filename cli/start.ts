/** `uid2-mock start`: a mock operator until it is told to stop. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../mock-server/index.ts';
import { type OptionRow, environmentNamesOf, flagOf, optionRows } from '../mock-server/options.ts';
import { banner } from './banner.ts';
import type { Io } from './io.ts';

/** Grace period for open connections at shutdown, in ms. */
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

async function start(flags: Settings, io: Io): Promise<void> {
  const settings = settingsOf(flags, io.environment);
  const { json, quiet, logLevel = 'error', port = 8432, ...rest } = settings;
  const log: MockOperatorOptions['log'] = (level, message) => {
    if (logLevel === 'info' || logLevel === level) io.error(`${message}\n`);
  };
  const options = { ...rest, port, log } as MockOperatorOptions;
  const operator = await startMockOperator(options);
  const stopped = io.stopped();
  if (json === true) io.out(`${jsonLine(operator)}\n`);
  else if (quiet !== true) io.out(banner(operator, options));
  await stopped;
  await Promise.race([operator.close(), sleep(GRACE_MS, undefined, { ref: false })]);
}

/** The command with a flag for every option row. */
export function startCommand(io: Io): Command {
  const command = new Command('start').description('start a mock operator').allowExcessArguments(false);
  for (const row of optionRows) {
    command.addOption(new Option(row.value ? `${flagOf(row)} <${row.value}>` : flagOf(row), describe(row)));
  }
  return command.action((flags: Settings) => start(flags, io));
}
