/** `uid2-mock ctl clock`: shows and moves the clock. */

import { Command } from 'commander';
import { calls } from '../../mock-server/admin/calls/index.ts';
import { ConfigurationError, didYouMean } from '../../mock-server/options.ts';
import type { ControlAnswer } from './answers.ts';
import type { Ask } from './connection.ts';
import { numberOrText } from './values.ts';

type Reading = ControlAnswer<'getClock'>;

function sentenceOf({ now, frozen, rate, envelopes }: Reading): string {
  const speed = rate === 1 ? 'running' : `running ${rate} times as fast as the machine`;
  const by = envelopes === 'real' ? "; envelopes are checked by the machine's clock" : '';
  return `${now}, ${frozen ? 'frozen' : speed}${by}`;
}

const ENVELOPES_FOLLOW_THE_MACHINE =
  "Envelopes are now checked by the machine's clock, so that clients on true time are not refused.\n" +
  'uid2-mock ctl clock envelopes clock has them checked by the clock of the mock.';

/** @throws ConfigurationError when an unknown subcommand was meant */
function checkNoSubcommand({ args: [name], commands }: Command): void {
  if (name === undefined) return;
  const known = commands.map((one) => one.name());
  throw new ConfigurationError(`unknown command '${name}'${didYouMean(name, known)}`);
}

/** The command with a subcommand for each change of the clock. */
export function clockCommand(ask: Ask): Command {
  const clock = new Command('clock').description('show or move the clock');
  const change = (command: Command, body: object, then?: string): Promise<void> =>
    ask(command, async ({ send, print }) => {
      const reading = await send(calls.changeClock, { body });
      print(reading, [sentenceOf(reading), ...(then === undefined ? [] : [then])].join('\n'));
    });
  clock.action((_flags: object, command: Command) =>
    ask(command, async ({ send, print }) => {
      checkNoSubcommand(command);
      const reading = await send(calls.getClock);
      print(reading, sentenceOf(reading));
    }),
  );
  clock
    .command('set <ISO>')
    .description('freeze the clock at a time: ISO 8601, or ms since 1970')
    .action((time: string, _flags: object, command: Command) => change(command, { set: numberOrText(time) }));
  clock
    .command('advance <DURATION>')
    .description('move the clock by 500ms, 30s, 15m, 12h, 90d, 2w or ms; it goes on running or stays frozen')
    // a duration may begin with a minus sign
    .allowUnknownOption()
    .action((duration: string, _flags: object, command: Command) =>
      change(command, { advance: numberOrText(duration), envelopes: 'real' }, ENVELOPES_FOLLOW_THE_MACHINE),
    );
  clock
    .command('freeze')
    .description('freeze the clock where it stands')
    .action((_flags: object, command: Command) => change(command, { freeze: true }));
  clock
    .command('resume')
    .description('let the clock run on')
    .action((_flags: object, command: Command) => change(command, { resume: true }));
  clock
    .command('rate <N>')
    .description('let the clock run N times as fast as the machine')
    .action((rate: string, _flags: object, command: Command) =>
      change(command, { rate: numberOrText(rate) }),
    );
  clock
    .command('envelopes <CLOCK>')
    .description('check the times in envelopes by this clock (clock) or by that of the machine (real)')
    .action((by: string, _flags: object, command: Command) => change(command, { envelopes: by }));
  return clock;
}
