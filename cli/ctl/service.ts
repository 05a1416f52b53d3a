/** `uid2-mock ctl health`, `state` and `reset`. */

import { Command } from 'commander';
import { calls } from '../../mock-server/admin/calls/index.ts';
import type { Ask } from './connection.ts';

/** The members of an answer, a line each. */
function linesOf(answer: object): string {
  const rows = Object.entries(answer).map(([name, value]) => {
    return `${name.padEnd(10)}${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return rows.join('\n');
}

export function serviceCommands(ask: Ask): Command[] {
  const health = new Command('health')
    .description('show version, profile and store of the operator')
    .action((_flags: object, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.getHealth);
        print(answer, linesOf(answer));
      }),
    );
  const state = new Command('state')
    .description('show what was changed since the start')
    .action((_flags: object, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.getState);
        print(answer, linesOf(answer));
      }),
    );
  const reset = new Command('reset')
    .argument('[PART...]', 'clock, optouts, faults, requests, world')
    .description('bring everything, or some parts, back to the beginning')
    .action((only: string[], _flags: object, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.reset, only.length > 0 ? { body: { only } } : {});
        print(answer, `Reset: ${answer.reset.join(', ')}`);
      }),
    );
  return [health, state, reset];
}
