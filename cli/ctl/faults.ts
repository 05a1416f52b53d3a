/** `uid2-mock ctl fault`: orders faults, and shows how often they were met. */

import { Command } from 'commander';
import { calls } from '../../mock-server/admin/calls/index.ts';
import { ConfigurationError } from '../../mock-server/options.ts';
import type { ControlAnswer } from './answers.ts';
import type { Ask } from './connection.ts';
import { numberOrText } from './values.ts';

type Report = ControlAnswer<'listFaults'>['faults'][number];

/** A fault as JSON, or the name of a preset. */
function faultOf(text: string): object {
  if (!text.trimStart().startsWith('{')) return { preset: text };
  try {
    const fault: unknown = JSON.parse(text);
    if (typeof fault === 'object' && fault !== null) return fault;
  } catch {
    // told below
  }
  throw new ConfigurationError(
    'FAULT: expected the name of a preset (uid2-mock faults), or JSON; got invalid JSON',
  );
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function lineOf({ id, preset, hits, applied, left, ...members }: Report): string {
  const rest = Object.keys(members).length === 0 ? [] : [JSON.stringify(members)];
  const met =
    hits === applied ? `applied ${times(applied)}` : `met ${times(hits)}, applied ${times(applied)}`;
  const more = left === null ? 'no end' : `${left} left`;
  return [id, ...(preset === undefined ? [] : [preset]), ...rest, `${met}, ${more}`].join('  ');
}

interface AddFlags {
  readonly times?: string;
  readonly after?: string;
  readonly route?: string;
  readonly client?: string;
}

export function faultCommand(ask: Ask): Command {
  const fault = new Command('fault').description('order faults: answers that fail as you say');
  fault
    .command('add <FAULT>')
    .description('order a fault by the name of a preset (uid2-mock faults lists them) or as JSON')
    .option('--times <N>', 'for so many requests')
    .option('--after <N>', 'only after so many requests')
    .option('--route <PATH>', 'only on this path; * stands for any characters')
    .option('--client <NAME>', 'only for this client')
    .action((text: string, { times: count, after, route, client }: AddFlags, command: Command) =>
      ask(command, async ({ send, print }) => {
        const body = {
          ...faultOf(text),
          ...(count !== undefined && { times: numberOrText(count) }),
          ...(after !== undefined && { after: numberOrText(after) }),
          ...(route !== undefined && { route }),
          ...(client !== undefined && { client }),
        };
        const answer = await send(calls.addFaults, { body });
        print(answer, answer.faults.map(lineOf).join('\n'));
      }),
    );
  fault
    .command('list')
    .description('show the ordered faults, and how often each was met')
    .action((_flags: object, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.listFaults);
        print(answer, answer.faults.map(lineOf).join('\n') || 'No faults');
      }),
    );
  fault
    .command('remove <ID>')
    .description('remove the fault with this id')
    .action((id: string, _flags: object, command: Command) =>
      ask(command, async ({ send, print }) => {
        print(await send(calls.removeFault, { params: { id } }), 'Removed');
      }),
    );
  fault
    .command('clear')
    .description('remove all ordered faults')
    .action((_flags: object, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.clearFaults);
        print(answer, `${answer.removed} removed`);
      }),
    );
  return fault;
}
