/** `uid2-mock ctl world`: the data that the operator runs with. */

import { Command } from 'commander';
import { calls } from '../../mock-server/admin/calls/index.ts';
import type { Ask } from './connection.ts';

export function worldCommand(ask: Ask): Command {
  return new Command('world')
    .description('print the world as JSON, in the format of a world file')
    .option('--secrets', 'with its secrets')
    .action(({ secrets = false }: { secrets?: boolean }, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.getWorld, { query: { secrets: secrets ? '1' : '0' } });
        print(answer, JSON.stringify(answer, null, 2));
      }),
    );
}
