/** Whether an operator answers below the base URL, and which URL to use instead if none does. */
import { isContractError } from '../spec/contract-error.ts';
import {
  createHttpClient,
  pause,
  type ClientOptions,
  type HttpRequest,
  type Reply,
} from '../target/client.ts';
import type { Asker } from './agreement.ts';

const HEALTHCHECK: HttpRequest = { method: 'GET', path: '/ops/healthcheck' };

const isHealthy = ({ status, body }: Reply): boolean => status === 200 && body.toString().trim() === 'OK';

/** Waits until the target can be reached, `waitMs` at most. @throws ContractError `unreachable`, `no_answer` */
export async function askHealth(asker: Asker, waitMs: number): Promise<Reply> {
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      return (await asker.ask(() => HEALTHCHECK)).reply;
    } catch (error) {
      if (!isContractError(error, 'unreachable') || Date.now() >= until) throw error;
      await pause(250);
    }
  }
}

/** A request to another base URL; the error's message when there is no answer. */
async function tryAt(url: string, options: ClientOptions): Promise<Reply | string> {
  const http = createHttpClient(url, options);
  try {
    return await http.send(HEALTHCHECK);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    http.close();
  }
}

/** Errors of a TLS connection to a server whose certificate is not trusted: the server does speak TLS. */
const HAS_CERTIFICATE = /CERT|SELF_SIGNED|ERR_TLS/;

/** The base URL with the other scheme, if a server answers there. */
export async function otherScheme(url: string, options: ClientOptions): Promise<string | undefined> {
  const isSecure = url.toLowerCase().startsWith('https:');
  const other = url.replace(/^https?:/i, isSecure ? 'http:' : 'https:');
  const reply = await tryAt(other, options);
  return typeof reply !== 'string' || HAS_CERTIFICATE.test(reply) ? other : undefined;
}

/** The parent URLs, the nearest first. */
function above(url: string): string[] {
  const { origin, pathname } = new URL(url);
  const parts = pathname.split('/').filter((part) => part !== '');
  return parts.map((_, index) => [origin, ...parts.slice(0, parts.length - 1 - index)].join('/'));
}

function redirected({ status, headers }: Reply, url: string): string | undefined {
  const location = headers.get('location')?.[0];
  if (status < 300 || status > 399 || location === undefined || !URL.canParse(location, url))
    return undefined;
  return new URL(location, url).href.replace(/\/ops\/healthcheck\/?$/, '');
}

/** The base URL that the user probably meant. */
async function betterUrl(url: string, health: Reply, options: ClientOptions): Promise<string | undefined> {
  const target = redirected(health, url);
  if (target !== undefined) return target;
  for (const other of above(url)) {
    const reply = await tryAt(other, options);
    if (typeof reply !== 'string' && isHealthy(reply)) return other;
  }
  return undefined;
}

/** Statuses of an operator, or of a proxy in front of it, for a route that is not served. */
export const NOT_SERVED: ReadonlySet<number> = new Set([403, 404, 501, 502, 503]);

/** Why the target is not an operator; undefined when it may be one. `isServed`: a route of a generation answers. */
export async function whyNoOperator(
  asker: Asker,
  url: string,
  options: ClientOptions,
  { health, isServed }: { health: Reply; isServed: boolean },
): Promise<string | undefined> {
  if (isHealthy(health)) {
    return isServed ? undefined : `${url} is healthy, but serves no route of v0, v1, v2 or v3`;
  }
  const better = await betterUrl(url, health, options);
  const base = `no operator answers below ${url}`;
  if (better !== undefined) return `${base}: write ${better} instead`;
  const { reply: nowhere } = await asker.ask(() => ({ method: 'GET', path: '/no-such-route' }));
  if (isServed && NOT_SERVED.has(nowhere.status)) return undefined;
  return `${base}: GET /ops/healthcheck is answered with ${String(health.status)} instead of 200 OK`;
}
