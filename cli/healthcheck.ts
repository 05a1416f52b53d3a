/** `uid2-mock healthcheck`: whether an operator answers, as an exit code. */

import { Command } from 'commander';
import { ConfigurationError } from '../mock-server/options.ts';
import type { Io } from './io.ts';
import { operatorUrl } from './operator-url.ts';

const TIMEOUT_MS = 5000;

async function healthcheck({ url }: { url: string }, io: Io): Promise<void> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new ConfigurationError(`--url: expected an http or https URL; got ${url || 'nothing'}`);
  }
  const target = `${url.replace(/\/+$/, '')}/ops/healthcheck`;
  try {
    const answer = await fetch(target, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.ok) {
      io.out('OK\n');
      return;
    }
    io.error(`uid2-mock: ${target}: expected status 200; got ${answer.status}\n`);
  } catch {
    io.error(`uid2-mock: ${target}: expected an operator; got no answer\n`);
  }
  io.exitCode = 1;
}

export function healthcheckCommand(io: Io): Command {
  return new Command('healthcheck')
    .description('exit 0 when an operator answers, 1 when not')
    .option('--url <URL>', 'base URL of the operator', operatorUrl(io.environment))
    .allowExcessArguments(false)
    .action((flags: { url: string }) => healthcheck(flags, io));
}
