/** `uid2-mock start`: a mock operator until it is told to stop. */

import { Command } from 'commander';
import { type Composed, compose } from '../mock-server/compose.ts';
import {
  type CommandLineOptions,
  ConfigurationError,
  type Log,
  type MockOperatorOptions,
  type NameOf,
  checkOptions,
  optionRows,
} from '../mock-server/options.ts';
import { type ServedOperator, serve } from '../mock-server/serve.ts';
import { adminUrl, banner, pageUrl } from './banner.ts';
import type { Io } from './io.ts';
import { type Flags, addFlags, withOptions } from './settings.ts';

function jsonLine(operator: ServedOperator, { admin = true }: MockOperatorOptions): string {
  const { url, credentials, clientSideKeypairs } = operator;
  const control = admin ? { admin_url: adminUrl(operator), ui_url: pageUrl(operator) } : {};
  return JSON.stringify({ url, ...control, credentials, client_side_keypairs: clientSideKeypairs });
}

/** A silent mock has no log, so that no line is made that nobody reads. */
function logOf(wanted: NonNullable<CommandLineOptions['logLevel']>, io: Io): { log?: Log } {
  if (wanted === 'silent') return {};
  const log: Log = (level, message) => {
    if (wanted === 'info' || wanted === level) io.error(`${message}\n`);
  };
  return { log };
}

async function listenAs(given: CommandLineOptions, nameOf: NameOf, io: Io): Promise<void> {
  const { mutant, workers, json, quiet, logLevel = 'error', ...rest } = given;
  const options = { port: 8432, ...rest, ...logOf(logLevel, io) };
  const logsErrorsOnly = logLevel === 'error';
  // npx and npm start put no command on the path of the reader
  const command = io.environment['npm_command'] === undefined ? 'uid2-mock' : 'npx uid2-mock-operator';
  const textOf = (operator: ServedOperator, { deployment }: Composed): string => {
    if (json === true) return `${jsonLine(operator, options)}\n`;
    return quiet === true ? '' : banner(operator, deployment().profile, { ...options, mutant, command });
  };
  if (workers !== undefined) {
    if (mutant !== undefined) throw new ConfigurationError('{workers}: expected no {mutant}; got both');
    const { serveByWorkers } = await import('./workers.ts');
    return serveByWorkers(workers, { options: checkOptions(options), logsErrorsOnly, nameOf, textOf, io });
  }
  const composed =
    mutant === undefined
      ? await compose(checkOptions(options), { logsErrorsOnly })
      : await composeMutant(mutant, options);
  const operator = await serve(composed, nameOf);
  const stopped = io.stopped();
  io.out(textOf(operator, composed));
  await stopped;
  await operator.close();
}

async function composeMutant(id: string, options: MockOperatorOptions): Promise<Composed> {
  const mutants = await import('../mutants/index.ts');
  return mutants.composeMutant(id, options);
}

/** The command with a flag for every option. */
export function startCommand(io: Io): Command {
  const command = new Command('start').description('start a mock operator').allowExcessArguments(false);
  return addFlags(command, optionRows).action((flags: Flags) =>
    withOptions(optionRows, flags, io.environment, (options, nameOf) => listenAs(options, nameOf, io)),
  );
}
