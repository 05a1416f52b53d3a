/** `uid2-mock ctl requests`: the journal, once or as it grows. */

import { Command } from 'commander';
import { calls, streams } from '../../mock-server/admin/calls/index.ts';
import { exchangeLine } from '../../mock-server/admin/exchange-line.ts';
import type { Ask, Ctl } from './connection.ts';

interface Flags {
  readonly client?: string;
  readonly path?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly since?: string;
  readonly limit?: string;
  readonly follow?: boolean;
}

const FOLLOWED_FROM = '10';

/** Prints the last requests, then those that come, until the command is stopped. */
async function follow(ctl: Ctl, filters: object, limit = FOLLOWED_FROM): Promise<void> {
  const { paint } = ctl;
  const { requests } = await ctl.send(calls.listRequests, { query: { ...filters, limit } });
  for (const one of requests) ctl.print(one, exchangeLine(one, paint));
  const after = requests.at(-1)?.id ?? '0';
  const stream = await ctl.follow(streams.followRequests, { query: { ...filters, after } });
  let isStopped = false;
  void ctl.stopped().then(() => {
    isStopped = true;
    stream.stop();
  });
  for (let next = await stream.next(); next !== undefined; next = await stream.next()) {
    if ('gap' in next) ctl.warn('some requests were dropped from the journal before they could be read');
    else ctl.print(next.data, exchangeLine(next.data, paint));
  }
  if (!isStopped)
    throw new Error('requests: expected more of them; got the end, because the operator has stopped');
}

async function list(ctl: Ctl, filters: object, limit?: string): Promise<void> {
  const answer = await ctl.send(calls.listRequests, {
    query: { ...filters, ...(limit !== undefined && { limit }) },
  });
  const lines = answer.requests.map((one) => exchangeLine(one, ctl.paint));
  ctl.print(answer, lines.join('\n') || 'No requests');
}

export function requestsCommand(ask: Ask): Command {
  return new Command('requests')
    .description(
      'show the requests in the journal: time, method, path, status, client and reason of the answer',
    )
    .argument('[ID]', 'show this request in full, with its tokens decoded')
    .option('-f, --follow', 'show the last 10, then the others as they come, until Ctrl+C')
    .option('--client <NAME>', 'only those of this client')
    .option('--path <PATH>', 'only those of this path; * stands for any characters')
    .option('--status <STATUS>', 'only those with this status, or class such as 4xx')
    .option('--reason <CODE>', 'only those with this reason')
    .option('--since <TIME>', 'only those from this time on: ISO 8601, ms since 1970, or the id of a request')
    .option('--limit <N>', 'only the last N')
    .action(
      (id: string | undefined, { follow: follows = false, limit, ...filters }: Flags, command: Command) =>
        ask(command, async (ctl) => {
          if (follows) await follow(ctl, filters, limit);
          else if (id === undefined) await list(ctl, filters, limit);
          else {
            const answer = await ctl.send(calls.getRequest, { params: { id } });
            ctl.print(answer, JSON.stringify(answer, null, 2));
          }
        }),
    );
}
