/** `uid2-mock ctl optout`: opts people out, and shows who has. */

import { createReadStream } from 'node:fs';
import { Command, Option } from 'commander';
import { calls } from '../../mock-server/admin/calls/index.ts';
import { readLines } from '../../mock-server/admin/calls/lines.ts';
import { ConfigurationError } from '../../mock-server/options.ts';
import type { ControlAnswer } from './answers.ts';
import type { Ask } from './connection.ts';
import { counted, numberOrText } from './values.ts';

const KINDS = Object.keys(calls.removeOptOuts.schemas.query.shape);

const HASH = /^(?:[A-Za-z0-9+/]{43}=|[0-9a-fA-F]{64})$/;

/** The kind of identifier that a text is. A hash may be of an email address, unless a kind is given. */
function kindOf(text: string): string {
  if (text.startsWith('+')) return 'phone';
  if (HASH.test(text)) return 'email_hash';
  if (text.includes('@')) return 'email';
  throw new ConfigurationError(
    'WHO: expected an email address, a phone number that begins with +, or a SHA-256 in base64 or hex; for anything ' +
      'else --as KIND',
  );
}

const identifierOf = (text: string, as: string | undefined): object => ({ [as ?? kindOf(text)]: text });

const asOption = (): Option =>
  new Option('--as <KIND>', 'what WHO is; a hash is that of an email address unless it is said').choices(
    KINDS,
  );

const rowOf = ({ at, raw_uid, first_level_hash }: ControlAnswer<'listOptOuts'>['optouts'][number]): string =>
  `${new Date(at).toISOString()}  ${raw_uid.padEnd(44)}  ${first_level_hash ?? ''}`.trimEnd();

/** @throws ConfigurationError when the file cannot be read */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of createReadStream(file)) yield piece as Uint8Array;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigurationError(
      `FILE: expected a readable file, or - for standard input; got ${file} (${code})`,
    );
  }
}

function addImport(optOut: Command, ask: Ask): void {
  optOut
    .command('import <FILE>')
    .description(
      'opt out many: a JSON object a line, such as {"email": "user@example.com"}; - reads standard input',
    )
    .action((file: string, _flags: object, command: Command) =>
      ask(command, async ({ send, print, input }) => {
        const pieces = file === '-' ? input() : piecesOf(file);
        const answer = await send(calls.importOptOuts, { body: readLines(pieces) });
        print(answer, `${counted(answer.added, 'opt-out')} added`);
      }),
    );
}

export function optOutCommand(ask: Ask): Command {
  const optOut = new Command('optout').description('opt users out, or see who has opted out');
  optOut
    .command('add <WHO...>')
    .description('opt out email addresses, phone numbers (+1…) or hashes: all or none')
    .addOption(asOption())
    .option('--at <ISO>', 'when they opted out; now if absent')
    .action((who: string[], { as, at }: { as?: string; at?: string }, command: Command) =>
      ask(command, async ({ send, print }) => {
        const body = who.map((text) => ({
          ...identifierOf(text, as),
          ...(at !== undefined && { at: numberOrText(at) }),
        }));
        const answer = await send(calls.addOptOuts, { body: body.length === 1 ? body[0] : body });
        print(answer, `${counted(answer.added, 'opt-out')} added`);
      }),
    );
  addImport(optOut, ask);
  optOut
    .command('remove <WHO>')
    .description('opt a user in again')
    .addOption(asOption())
    .action((who: string, { as }: { as?: string }, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.removeOptOuts, { query: identifierOf(who, as) });
        print(answer, `${counted(answer.removed, 'opt-out')} removed`);
      }),
    );
  optOut
    .command('list')
    .description('show since when, raw UID and first-level hash of the opt-outs in force')
    .option('--limit <N>', 'at most so many', '1000')
    .action(({ limit }: { limit: string }, command: Command) =>
      ask(command, async ({ send, print }) => {
        const answer = await send(calls.listOptOuts, { query: { limit: numberOrText(limit) } });
        print(
          answer,
          [`${counted(answer.count, 'opt-out')} in force`, ...answer.optouts.map(rowOf)].join('\n'),
        );
      }),
    );
  return optOut;
}
