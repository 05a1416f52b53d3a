/** `uid2-mock hash`: the normal form and the hash of identities, and why a hash computed elsewhere differs. */

import { Command, Option } from 'commander';
import { HashDoctor } from '../../mock-server/core/doctor/hash-doctor.ts';
import { nativePrimitives } from '../../mock-server/native/primitives.ts';
import { ConfigurationError } from '../../mock-server/options.ts';
import type { Io } from '../io.ts';
import { FORMATS, type HashFlags, KINDS } from './flags.ts';
import { hashMany } from './many.ts';
import { diagnosisJson, diagnosisText } from './single.ts';

const refuse = (message: string): never => {
  throw new ConfigurationError(message);
};

/** @throws ConfigurationError for flags that do not belong together */
function checkFlags(
  identity: string | undefined,
  { file, expect, column, expectColumn, format }: HashFlags,
): void {
  if (identity === undefined && file === undefined)
    refuse('IDENTITY: expected an email, a phone, - or --file FILE; got nothing');
  if (identity !== undefined && file !== undefined)
    refuse('IDENTITY: expected none with --file; got both, leave one out');
  if (file !== undefined && expect !== undefined) {
    refuse('--expect: expected one identity; got a file, name the column of its hashes with --expect-column');
  }
  const onlyForFiles = Object.entries({
    '--column': column,
    '--expect-column': expectColumn,
    '--format': format,
  });
  const given = onlyForFiles.find(([, value]) => value !== undefined);
  if (file === undefined && given) refuse(`${given[0]}: expected --file FILE or - with it; got one identity`);
}

function hashOne(identity: string, { expect, kind, json = false }: HashFlags, io: Io): void {
  const diagnosis = new HashDoctor(nativePrimitives).diagnose(identity, { expect, kind });
  io.out(json ? diagnosisJson(diagnosis) : diagnosisText(diagnosis));
  const isRight = diagnosis.expected?.matches ?? diagnosis.normalized !== null;
  io.exitCode = isRight ? 0 : 1;
}

export const hashCommand = (io: Io): Command =>
  new Command('hash')
    .description(
      'normalise and hash identities as the operator does, and say why a hash that you computed differs',
    )
    .argument('[IDENTITY]', 'email or phone as typed; - reads many from standard input')
    .option('--expect <VALUE>', 'the hash that you computed')
    .addOption(
      new Option('--kind <KIND>', 'what identities are; by default what each looks like').choices(KINDS),
    )
    .option('--file <FILE>', 'read many identities: lines, CSV with --column, or NDJSON; - is standard input')
    .option(
      '--column <NAME>',
      'column or member of the identities, by its name or, in CSV, its number from 1',
    )
    .option('--expect-column <NAME>', 'column or member of the hashes that you computed')
    .addOption(
      new Option('--format <FORMAT>', 'how the file is written; by default what it looks like').choices(
        FORMATS,
      ),
    )
    .option('--json', 'print one line of JSON for each identity')
    .addHelpText(
      'after',
      '\nA file is printed again with a column hash and, with --expect-column, a column cause. Totals go to standard error.' +
        '\nExit code: 0 all right, 1 a hash differs or an identity is invalid, 2 wrong usage.',
    )
    .allowExcessArguments(false)
    .action(async (argument: string | undefined, given: HashFlags) => {
      const isInput = argument === '-';
      const flags = isInput && given.file === undefined ? { ...given, file: '-' } : given;
      const identity = isInput ? undefined : argument;
      checkFlags(identity, flags);
      if (identity !== undefined) hashOne(identity, flags, io);
      else await hashMany(flags.file ?? '-', flags, io);
    });
