/** What the commands of `ctl` share: where the operator is, how it is asked, and how an answer is printed. */

import type { Command } from 'commander';
import { openConnection } from '../../mock-server/admin/connect.ts';
import type { Paint } from '../../mock-server/admin/exchange-line.ts';
import { ControlError } from '../../mock-server/index.ts';
import { ConfigurationError } from '../../mock-server/options.ts';
import type { Io } from '../io.ts';
import { operatorUrl } from '../operator-url.ts';

type Connection = ReturnType<typeof openConnection>;

/** What a command of `ctl` works with. */
export interface Ctl extends Pick<Connection['transport'], 'send' | 'follow'>, Pick<Io, 'stopped' | 'input'> {
  /** Prints an answer: as JSON with `--json`, else as text. */
  readonly print: (answer: unknown, text: string) => void;
  /** Prints a warning beside the answers. */
  readonly warn: (sentence: string) => void;
  /** colours, on a terminal */
  readonly paint: Paint | undefined;
}

const COLOURS = { time: 90, good: 32, refused: 33, failed: 31, fault: 35 } as const;

const coloured: Paint = (part, text) => `\u001B[${COLOURS[part]}m${text}\u001B[39m`;

/** Runs what a command does with the operator that its flags name. */
export type Ask = (command: Command, action: (ctl: Ctl) => Promise<void>) => Promise<void>;

interface CtlFlags {
  readonly url: string;
  readonly adminToken?: string;
  readonly testId?: string;
  readonly json?: boolean;
}

/** The flags of every command of `ctl`. */
export const addConnectionFlags = (command: Command, { environment }: Io): Command =>
  command
    .option('--url <URL>', 'base URL of the mock operator', operatorUrl(environment))
    .option('--admin-token <T>', 'admin token of the operator; env UID2_MOCK_ADMIN_TOKEN')
    .option('--test-id <ID>', 'the state of this test id, in place of the common one')
    .option('--json', 'print the answer as JSON');

/** The flag that gave the field of a refusal. */
function flagOf(field: string, command: Command): string | undefined {
  const name = field === 'token' ? 'adminToken' : field;
  const options = [
    ...command.options,
    ...(command.parent?.options ?? []),
    ...(command.parent?.parent?.options ?? []),
  ];
  return options.find((option) => option.attributeName() === name)?.long;
}

/** A refusal in the words of the command line. What is invalid is wrong usage. */
function failureOf(error: unknown, command: Command): unknown {
  if (!(error instanceof ControlError)) return error;
  const { code, field, message } = error;
  const sentence = message.replace(field, flagOf(field, command) ?? field);
  return code === 'invalid' ? new ConfigurationError(sentence) : new Error(sentence);
}

export const askWith =
  (io: Io): Ask =>
  async (command, action) => {
    const { url, adminToken, testId, json = false } = command.optsWithGlobals<CtlFlags>();
    const token = adminToken ?? (io.environment['UID2_MOCK_ADMIN_TOKEN'] || undefined);
    try {
      const connection = openConnection(url, {
        ...(token !== undefined && { token }),
        ...(testId !== undefined && { testId }),
      });
      await action({
        send: connection.transport.send,
        follow: connection.transport.follow,
        stopped: () => io.stopped(),
        input: () => io.input(),
        paint: io.colour ? coloured : undefined,
        warn: (sentence) => {
          io.error(`uid2-mock: ${sentence}\n`);
        },
        print: (answer, text) => {
          io.out(`${json ? JSON.stringify(answer) : text}\n`);
        },
      });
    } catch (error) {
      throw failureOf(error, command);
    }
  };
