/** `uid2-mock ctl`: controls a mock operator that runs already. */

import { Command } from 'commander';
import type { Io } from '../io.ts';
import { clockCommand } from './clock.ts';
import { addConnectionFlags, askWith } from './connection.ts';
import { faultCommand } from './faults.ts';
import { optOutCommand } from './opt-outs.ts';
import { requestsCommand } from './requests.ts';
import { rotationCommands } from './rotation.ts';
import { serviceCommands } from './service.ts';
import { worldCommand } from './world.ts';

const EXAMPLES = `
Examples:
  uid2-mock ctl clock advance 90d
  uid2-mock ctl optout add user@example.com
  uid2-mock ctl fault add rate-limited --times 3
  uid2-mock ctl requests --follow --status 4xx
  uid2-mock ctl reset`;

/** Lets help name the flags of `ctl` beside those of a command, and refuses arguments that a command does not take. */
function complete(command: Command): void {
  // a command with subcommands says itself which ones it knows
  const hasCommands = command.commands.length > 0;
  command.configureHelp({ showGlobalOptions: true }).allowExcessArguments(hasCommands);
  for (const inner of command.commands) complete(inner);
}

/** The command with all subcommands, each with the flags of the connection. */
export function ctlCommand(io: Io): Command {
  const ask = askWith(io);
  const command = new Command('ctl')
    .description('control a running mock: its clock, opt-outs, faults, journal and world')
    .addHelpText('after', EXAMPLES);
  addConnectionFlags(command, io);
  const commands = [
    clockCommand(ask),
    optOutCommand(ask),
    faultCommand(ask),
    requestsCommand(ask),
    worldCommand(ask),
    ...rotationCommands(ask),
    ...serviceCommands(ask),
  ];
  for (const inner of commands) command.addCommand(inner);
  complete(command);
  return command;
}
