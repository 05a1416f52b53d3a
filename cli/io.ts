/** What a command reads and writes in place of the process; tests have their own. */

import { once } from 'node:events';

export interface Io {
  readonly environment: NodeJS.ProcessEnv;
  out(text: string): void;
  error(text: string): void;
  /** Resolves when what was written has gone out: to false when nobody reads it any more. */
  drained?(): Promise<boolean>;
  /** The bytes of standard input. */
  input(): AsyncIterable<Uint8Array>;
  /** Columns of the terminal that shows progress; undefined when standard error is no terminal. */
  readonly progressColumns: number | undefined;
  /** Whether standard output shows colours. */
  readonly colour: boolean;
  /** Resolves when the process is told to stop. Until it is called, a signal ends the process at once. */
  stopped(): Promise<void>;
  /** Set by the command. */
  exitCode: number;
}

/** The process itself. */
export function processIo(): Io {
  // The reader of a pipe may go away; a mock that has printed its line has to keep running.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return {
    environment: process.env,
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    drained: async () => {
      if (process.stdout.writableNeedDrain)
        // rejects when the reader goes away in the meantime; then the stream is no longer writable
        await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch(
          () => undefined,
        );
      return process.stdout.writable;
    },
    input: () => process.stdin,
    progressColumns: process.stderr.isTTY ? process.stderr.columns || 80 : undefined,
    colour: process.stdout.isTTY && !process.env['NO_COLOR'],
    stopped: () =>
      new Promise((resolve) => {
        const stop = (): void => {
          // A second signal ends the process at once.
          process.off('SIGTERM', stop).off('SIGINT', stop);
          resolve();
        };
        process.on('SIGTERM', stop).on('SIGINT', stop);
      }),
    exitCode: 0,
  };
}
