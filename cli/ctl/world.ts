/** `uid2-mock ctl world`: the data that the operator runs with. */

import { Command } from 'commander';
import { calls } from '../../mock-server/admin/calls/index.ts';
import type { Ask } from './connection.ts';

export function worldCommands(ask: Ask): Command[] {
  const world = new Command('world')
    .description('print the world as JSON')
    .action((_flags: object, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.getWorld);
        print(answer, JSON.stringify(answer, null, 2));
      }),
    );
  return [world];
}
