/** Calls to `/__admin` of a mock over HTTP. */

import { expect } from 'vitest';

interface AdminCall {
  readonly testId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** the exact body, in place of JSON */
  readonly text?: string;
}

interface AdminAnswer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read JSON of every shape
  readonly json: any;
  readonly headers: Headers;
}

/** @param call method and path behind `/__admin`, such as `POST /clock` */
export async function admin(
  { url }: { readonly url: string },
  call: string,
  body?: unknown,
  { testId, headers, text }: AdminCall = {},
): Promise<AdminAnswer> {
  const [method = '', path = ''] = call.split(' ');
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}/__admin${path}`, {
    method,
    headers: { ...(testId !== undefined && { 'x-uid2-test-id': testId }), ...headers },
    ...(sent !== undefined && { body: sent }),
  });
  const answer = await response.text();
  return { status: response.status, json: answer && JSON.parse(answer), headers: response.headers };
}

/** The answer to a call that must succeed. */
export async function adminOk(...given: Parameters<typeof admin>): Promise<AdminAnswer['json']> {
  const { status, json } = await admin(...given);
  expect({ status, json }).toMatchObject({ status: 200 });
  return json;
}
