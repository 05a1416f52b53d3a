/** `uid2-mock start`: a mock operator until it is told to stop. */

import { Command } from 'commander';
import { type Composed, compose } from '../mock-server/compose.ts';
import type { MockOperator, MockOperatorOptions } from '../mock-server/index.ts';
import { listen } from '../mock-server/listen.ts';
import {
  type CommandLineOptions,
  type Log,
  type NameOf,
  checkOptions,
  optionRows,
} from '../mock-server/options.ts';
import { adminUrl, banner } from './banner.ts';
import type { Io } from './io.ts';
import { type Flags, addFlags, withOptions } from './settings.ts';

function jsonLine(operator: MockOperator, { admin = true }: MockOperatorOptions): string {
  const { url, credentials, clientSideKeypairs } = operator;
  const control = admin ? { admin_url: adminUrl(operator) } : {};
  return JSON.stringify({ url, ...control, credentials, client_side_keypairs: clientSideKeypairs });
}

async function listenAs(
  { mutant, json, quiet, logLevel = 'error', ...rest }: CommandLineOptions,
  nameOf: NameOf,
  io: Io,
): Promise<void> {
  const log: Log = (level, message) => {
    if (logLevel === 'info' || logLevel === level) io.error(`${message}\n`);
  };
  const options = { port: 8432, ...rest, log };
  const composed =
    mutant === undefined ? await compose(checkOptions(options)) : await composeMutant(mutant, options);
  const operator = await listen(composed, nameOf);
  const stopped = io.stopped();
  if (json === true) io.out(`${jsonLine(operator, options)}\n`);
  else if (quiet !== true) io.out(banner(operator, composed.deployment().profile, { ...options, mutant }));
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
