/** `uid2-mock ctl keys rotate` and `ctl salts rotate`. */

import { Command } from 'commander';
import { calls } from '../../mock-server/admin/calls/index.ts';
import { addTo } from '../settings.ts';
import type { Ask } from './connection.ts';
import { counted, numberOrText } from './values.ts';

const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

function keysCommand(ask: Ask): Command {
  const keys = new Command('keys').description('rotate keys');
  keys
    .command('rotate')
    .description('make a new key for every keyset; former keys stay, so that old tokens can be read')
    .option('--keyset <ID>', 'for this keyset only')
    .option('--activates <ISO>', 'when the new keys become active; now if absent')
    .action(({ keyset, activates }: { keyset?: string; activates?: string }, command: Command) =>
      ask(command, async ({ send, print }) => {
        const body = {
          ...(keyset !== undefined && { keyset: numberOrText(keyset) }),
          ...(activates !== undefined && { activates: numberOrText(activates) }),
        };
        const answer = await send(calls.rotateKeys, { body });
        const lines = answer.keys.map(
          (one) => `key ${one.id} of keyset ${one.keyset_id}, active from ${isoOf(one.activates)}`,
        );
        print(answer, lines.join('\n'));
      }),
    );
  return keys;
}

function saltsCommand(ask: Ask): Command {
  const salts = new Command('salts').description('rotate salts');
  salts
    .command('rotate')
    .description('make new salts for all buckets; the former give the previous raw UID for 90 days')
    .option('--bucket <ID>', 'for this bucket only; repeatable', addTo)
    .option('--share <SHARE>', 'for this share of the buckets, those that changed longest ago: 0.1')
    .action(({ bucket, share }: { bucket?: string[]; share?: string }, command: Command) =>
      ask(command, async ({ send, print }) => {
        const body = {
          ...(bucket !== undefined && { buckets: bucket }),
          ...(share !== undefined && { share: numberOrText(share) }),
        };
        const answer = await send(calls.rotateSalts, { body });
        print(answer, `New salts for ${counted(answer.buckets.length, 'bucket')}`);
      }),
    );
  return salts;
}

export const rotationCommands = (ask: Ask): Command[] => [keysCommand(ask), saltsCommand(ask)];
