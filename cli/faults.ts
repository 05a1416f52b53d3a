/** `uid2-mock faults`: lists the faults that can be ordered by name. */

import { Command } from 'commander';
import { faultPresets } from '../mock-server/index.ts';
import type { Io } from './io.ts';

function presetLines(): string {
  const width = Math.max(...faultPresets.map(({ name }) => name.length));
  return faultPresets.map(({ name, says }) => `${name.padEnd(width)}  ${says}\n`).join('');
}

export const faultsCommand = (io: Io): Command =>
  new Command('faults')
    .description('list the faults that can be ordered by name, in POST /__admin/faults')
    .option('--json', 'print one line of JSON, with the members of each fault')
    .allowExcessArguments(false)
    .action(({ json = false }: { json?: boolean }) => {
      io.out(json ? `${JSON.stringify(faultPresets)}\n` : presetLines());
    });
