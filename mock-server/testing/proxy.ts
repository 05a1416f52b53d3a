/** Starts a proxy in front of a mock, for tests. */

import { z } from 'zod';
import {
  type RequestDetail,
  type RequestSummary,
  requestDetail,
  requestSummary,
} from '../admin/calls/request-schema.ts';
import type { MockOperator } from '../index.ts';
import { type ProxyOptions, serveProxy } from '../proxy/serve-proxy.ts';

interface TestProxy extends AsyncDisposable {
  readonly url: string;
  readonly log: readonly string[];
  readonly saved: readonly object[];
  /** the mock as its clients see it through the proxy */
  readonly operator: MockOperator;
  requests(): Promise<RequestSummary[]>;
  /** the newest request */
  last(): Promise<RequestDetail>;
}

const list = z.object({ requests: z.array(requestSummary) });

export async function proxyTo(mock: MockOperator, options: Partial<ProxyOptions> = {}): Promise<TestProxy> {
  const log: string[] = [];
  const saved: object[] = [];
  const proxy = await serveProxy({
    target: new URL(mock.url),
    port: 0,
    clients: mock.credentials,
    profile: mock.profile,
    compares: false,
    log: (_level, line) => log.push(line),
    save: (detail) => saved.push(detail),
    ...options,
  });
  const json = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${proxy.url}/__admin${path}`);
    return answer.json();
  };
  const requests = async (): Promise<RequestSummary[]> => list.parse(await json('/requests')).requests;
  return {
    url: proxy.url,
    log,
    saved,
    operator: Object.create(mock, { url: { value: proxy.url } }) as MockOperator,
    requests,
    last: async () => requestDetail.parse(await json(`/requests/${(await requests()).at(-1)?.id ?? ''}`)),
    [Symbol.asyncDispose]: proxy.close,
  };
}
