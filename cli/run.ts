/** The commands of `uid2-mock`, and how a command fails. */

import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '../mock-server/options.ts';
import { version } from '../mock-server/version.ts';
import type { Io } from './io.ts';
import { startCommand } from './start.ts';

const USAGE = 2;

/**
 * Every command but `start` is loaded when it is asked for: the mock has to be up quickly. The help lists them in this
 * order: what a running mock is asked, what explains, what tests, what prints data.
 */
const lazyCommands: Readonly<Record<string, (io: Io) => Promise<Command>>> = {
  ctl: async (io) => (await import('./ctl/command.ts')).ctlCommand(io),
  inspect: async (io) => (await import('./inspect.ts')).inspectCommand(io),
  hash: async (io) => (await import('./hash/command.ts')).hashCommand(io),
  proxy: async (io) => (await import('./proxy.ts')).proxyCommand(io),
  verify: async (io) => (await import('./verify.ts')).verifyCommand(io),
  selftest: async (io) => (await import('./selftest.ts')).selftestCommand(io),
  world: async (io) => (await import('./world.ts')).worldCommand(io),
  faults: async (io) => (await import('./faults.ts')).faultsCommand(io),
  healthcheck: async (io) => (await import('./healthcheck.ts')).healthcheckCommand(io),
};

/** Lets a command and those below it print through `io`, and end in an error in place of the process's end. */
function attach(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      io.out(text);
    },
    writeErr: (text) => {
      io.error(text);
    },
    outputError: () => undefined,
  });
  for (const inner of command.commands) attach(inner, io);
}

async function programFor(wanted: string, io: Io): Promise<Command> {
  const program = new Command('uid2-mock')
    .description('A local UID2 operator, and a contract suite for any operator')
    .version(version, '-V, --version')
    .showSuggestionAfterError()
    .enablePositionalOptions();
  program.addCommand(startCommand(io));
  // The help lists every command.
  const isKnown = wanted === 'start' || Object.hasOwn(lazyCommands, wanted);
  for (const [name, load] of Object.entries(lazyCommands)) {
    if (name === wanted || !isKnown) program.addCommand(await load(io));
  }
  attach(program, io);
  return program;
}

const listed: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'commands',
  'commander.unknownOption': 'options',
};

/** One sentence for what commander found wrong. */
function sentence({ code, message }: CommanderError): string {
  const [, found = '', similar] = /^(?:error: )?(.*?)(?:\n\(Did you mean (.*)\?\))?$/s.exec(message) ?? [];
  if (similar !== undefined) return `${found}; did you mean ${similar}?`;
  const list = listed[code];
  return list === undefined ? found : `${found}; --help lists the ${list}`;
}

function fail(error: unknown, io: Io): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  if (error instanceof CommanderError && error.code === 'commander.help') {
    // a command without the subcommand that it needs has printed its help
    io.exitCode = USAGE;
    return;
  }
  const isUsage = error instanceof CommanderError || error instanceof ConfigurationError;
  const commanders = error instanceof CommanderError ? sentence(error) : undefined;
  const message = commanders ?? (error instanceof Error ? error.message : String(error));
  io.error(`${message.replace(/^/gm, 'uid2-mock: ')}\n`);
  io.exitCode = isUsage ? USAGE : 1;
}

/**
 * Runs a command line to its end. A failure is a sentence a line on `io.error`: exit code 2 for wrong usage, else 1.
 *
 * @param argv what stands after the program's name
 */
export async function run(argv: readonly string[], io: Io): Promise<void> {
  try {
    const program = await programFor(argv[0] ?? '', io);
    if (argv.length === 0) {
      io.error(program.helpInformation());
      io.exitCode = USAGE;
      return;
    }
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    fail(error, io);
  }
}
