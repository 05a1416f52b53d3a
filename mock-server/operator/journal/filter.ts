/** Chooses exchanges. */

import { matchesGlob } from '../../core/glob.ts';
import type { Recorded } from './journals.ts';

/** An entry has to pass all that are given. */
interface Filter {
  /** name of the client */
  readonly client?: string | undefined;
  /** the path as sent or of the route; `*` stands for any characters */
  readonly path?: string | undefined;
  /** a status, or a class such as `4xx` */
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
  /** ms by the operator's clock, or the id of the entry before the first one */
  readonly since?: { readonly ms: number } | { readonly id: number } | undefined;
}

type Test = (entry: Recorded) => boolean;

const statusTest = (wanted: string): ((status: number | undefined) => boolean) =>
  wanted.endsWith('xx')
    ? (status) => String(status).startsWith(wanted.slice(0, 1)) && status !== undefined
    : (status) => String(status) === wanted;

function sinceTest(since: NonNullable<Filter['since']>): Test {
  return 'id' in since ? ({ id }) => id > since.id : ({ exchange }) => exchange.arrived >= since.ms;
}

/** The test of an entry that passes a filter. */
export function testOf({ client, path, status, reason, since }: Filter): Test {
  const tests: Test[] = [];
  if (client !== undefined) tests.push(({ exchange }) => exchange.client?.name === client);
  if (reason !== undefined) tests.push(({ exchange }) => exchange.reason === reason);
  if (status !== undefined) {
    const isWanted = statusTest(status);
    tests.push(({ exchange }) => isWanted(exchange.status));
  }
  if (path !== undefined) {
    tests.push(
      ({ exchange: { path: sent, route } }) =>
        matchesGlob(sent, path) || (route !== undefined && matchesGlob(route, path)),
    );
  }
  if (since !== undefined) tests.push(sinceTest(since));
  return (entry) => tests.every((test) => test(entry));
}
