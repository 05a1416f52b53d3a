#!/usr/bin/env node
/** The binary: its commands, loaded when they are called, and how it fails. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '../mock-server/options.ts';
import { startCommand } from './start.ts';

const USAGE = 2;

function version(): string {
  // the package's root is two folders up from dist, one from the sources
  for (const up of ['../package.json', '../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
        return String(manifest.version);
    } catch {
      continue;
    }
  }
  return 'unknown';
}

/** Commands but `start` load only when they are asked for: the mock has to be up quickly. */
const lazyCommands: Readonly<Record<string, () => Promise<Command>>> = {
  verify: async () => (await import('./verify.ts')).verifyCommand(),
  selftest: async () => (await import('./selftest.ts')).selftestCommand(),
  healthcheck: async () => (await import('./healthcheck.ts')).healthcheckCommand(),
};

/** One sentence for what commander found wrong. */
function sentence(error: CommanderError): string {
  return error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?');
}

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('uid2-mock')
    .description('A local UID2 operator, and a contract suite for any operator')
    .version(version(), '-V, --version')
    .showSuggestionAfterError()
    .enablePositionalOptions();
  program.addCommand(startCommand());
  const wanted = argv[0] ?? '';
  // help lists every command
  const isKnown = wanted === 'start' || wanted in lazyCommands;
  for (const [name, load] of Object.entries(lazyCommands)) {
    if (name === wanted || !isKnown) program.addCommand(await load());
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => undefined });
  }
  if (argv.length === 0) {
    process.stderr.write(program.helpInformation());
    process.exitCode = USAGE;
    return;
  }
  await program.parseAsync([...argv], { from: 'user' });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) process.stderr.write(`uid2-mock: ${sentence(error)}\n`);
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message.replace(/^/gm, 'uid2-mock: ')}\n`);
    process.exitCode = USAGE;
  } else {
    process.stderr.write(`uid2-mock: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
