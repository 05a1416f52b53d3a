/** A connection to a Valkey or Redis server, which is made again whenever it is lost. */

import type { Redis } from 'iovalkey';
import { StoreAway } from '../state/store.ts';
import { realTimers } from '../real-timers.ts';

/** Where a store is, as `--store` names it: `redis://user:password@host:port/DB?prefix=NAME`. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly db: number;
  readonly isTls: boolean;
  readonly prefix: string;
}

const PORT = 6379;
const PROTOCOLS: ReadonlySet<string> = new Set(['redis:', 'rediss:', 'valkey:', 'valkeys:']);
const DB = /^\/?(\d{0,6})$/;
const PREFIX = /^[\w.-]{1,100}$/;

/** The address that a text names; undefined when it is none. */
export function addressOf(text: string): Address | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(text);
  const [, db] = DB.exec(pathname) ?? [];
  const prefix = searchParams.get('prefix') ?? 'uid2-mock';
  const isKnown = [...searchParams.keys()].every((name) => name === 'prefix');
  if (!PROTOCOLS.has(protocol) || db === undefined || !PREFIX.test(prefix) || !isKnown) return undefined;
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: port === '' ? PORT : Number(port),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    db: Number(db),
    isTls: protocol === 'rediss:' || protocol === 'valkeys:',
    prefix,
  };
}

/** as import() says it, and require() */
const MISSING: readonly unknown[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

async function clientPackage() {
  try {
    return await import('iovalkey');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && MISSING.includes(error.code);
    if (!isMissing) throw error;
    throw new StoreAway(
      'expected the package iovalkey, which talks to the store; install it: npm i iovalkey',
    );
  }
}

const CONNECT_MS = 2000;
const OPEN_WITHIN_MS = 5000;
const LONGEST_PAUSE_MS = 500;

/** The message of an error, on one line. */
export function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return code ?? message.split('\n')[0] ?? '';
}

const later = (ms: number): { readonly over: Promise<void>; readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((_, reject) => {
    timer = realTimers.setTimeout(() => {
      reject(new Error(`no answer within ${ms} ms`));
    }, ms);
  });
  return { over, stop: () => realTimers.clearTimeout(timer) };
};

/**
 * Opens a connection. It is made again when it is lost. A command that is given while there is none, or whose connection
 * is lost before its answer, is refused: it is for the caller to ask again.
 *
 * @throws StoreAway when there is no such server, or no package to talk to it
 */
export async function openLink({ host, port, username, password, db, isTls }: Address): Promise<Redis> {
  const { Valkey } = await clientPackage();
  const client = new Valkey({
    host,
    port,
    db,
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(isTls && { tls: {} }),
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(50 * times, LONGEST_PAUSE_MS),
  });
  let last: unknown;
  client.on('error', (error) => {
    last = error;
  });
  const limit = later(OPEN_WITHIN_MS);
  try {
    await Promise.race([client.connect(), limit.over]);
    return client;
  } catch (error) {
    client.disconnect();
    throw new StoreAway(
      `expected a Valkey or Redis server at ${host}:${port}; got ${causeOf(last ?? error)}`,
    );
  } finally {
    limit.stop();
  }
}
