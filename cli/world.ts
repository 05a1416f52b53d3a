/** `uid2-mock world`: prints the embedded world in the format of a world file. */

import { Command } from 'commander';
import { compose } from '../mock-server/compose.ts';
import { type OptionName, optionRows } from '../mock-server/options.ts';
import type { Io } from './io.ts';
import { type Flags, addFlags, withOptions } from './settings.ts';

/** The options that the embedded world follows from. */
const NAMES: readonly OptionName[] = ['seed', 'scope', 'profile', 'now'];
const rows = optionRows.filter(({ name }) => NAMES.includes(name));

export function worldCommand(io: Io): Command {
  const command = new Command('world')
    .description('print the embedded world as JSON, to start a world of your own from')
    .allowExcessArguments(false);
  return addFlags(command, rows).action((flags: Flags) =>
    withOptions(rows, flags, io.environment, async (options) => {
      const { deployment } = await compose(options);
      io.out(`${JSON.stringify(deployment().world, null, 2)}\n`);
    }),
  );
}
