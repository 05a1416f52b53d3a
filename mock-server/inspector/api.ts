/** Calls to the control API below which this page is, with the admin token where one is asked for. */

import { Store } from './store.ts';

/** The address of the page without its last part; calls are relative to it. */
const base = new URL('.', location.href);
const KEY = 'uid2-mock-admin-token';

/** The base URL of the operator, with the prefix of a test id if the page has one. */
export const operatorUrl = base.href.replace(/\/__admin\/$/, '');

/** The test id whose state the page shows; '' for the common state. */
export const testId = /\/__test\/([^/]+)\/__admin\/$/.exec(base.pathname)?.[1] ?? '';

function keptToken(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

interface Session {
  readonly token: string;
  /** whether the operator asks for a token, and got none or another */
  readonly needsToken: boolean;
}

export const session = new Store<Session>({ token: keptToken(), needsToken: false });

/** Uses a token from now on. It stays until the tab of the browser is closed. */
export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // it stays in memory
  }
  session.set({ token, needsToken: false });
}

/** Whether the page is that of an operator with a clock, faults and a world: a proxy has only a journal. */
export const hasControl = new Store(true);

/** A call that the operator refused, or did not answer. */
export class Refusal extends Error {
  /** 0 without an answer */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const headersOf = (): Record<string, string> => {
  const { token } = session.get();
  return token === '' ? {} : { authorization: `Bearer ${token}` };
};

async function messageOf(response: Response): Promise<string> {
  try {
    const answer = (await response.json()) as { error?: { message?: string } };
    return answer.error?.message ?? `HTTP ${response.status}`;
  } catch {
    return `HTTP ${response.status}`;
  }
}

/** @throws Refusal */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(new URL(path, base), { ...init, headers: headersOf(), cache: 'no-store' });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new Refusal(0, 'the operator does not answer');
  }
  if (response.ok) return response;
  if (response.status === 404 && path === 'clock') hasControl.set(false);
  if (response.status === 401) session.set({ ...session.get(), needsToken: true });
  throw new Refusal(response.status, await messageOf(response));
}

/**
 * A call with its JSON answer. The answer is that of the operator which sent this page, so its shape is known.
 *
 * @throws Refusal
 */
export async function call<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await request(path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  return (await response.json()) as T;
}
