/** Reads a world file again when it changes. */

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { realTimers } from './operator/real-timers.ts';
import { loadWorld } from './operator/world/read.ts';
import type { World } from './operator/world/schema.ts';
import { ConfigurationError, type Log, worldError } from './options.ts';

/** Polling notices a file that is replaced, and works on every file system. */
const INTERVAL_MS = 250;

/** A file, with its stamp when it was read. */
export interface WatchedFile {
  /** absolute */
  readonly path: string;
  readonly stamp: string;
}

/** The stamp of a file: it differs after the file is changed, replaced or deleted. */
async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch {
    return 'missing';
  }
}

/** The stamp of a file before it is read: a change while it is read counts as a later one. */
export async function watchedFile(file: string): Promise<WatchedFile> {
  const path = resolve(file);
  return { path, stamp: await stampOf(path) };
}

interface WorldWatcher {
  /** ms, by the operator's clock */
  readonly now: () => number;
  /** @throws ConfigurationError when the world cannot take the place of the present one */
  readonly replaceWorld: (world: World) => void;
  readonly log: Log;
  /** The problems of an error, a line each. */
  readonly sentenceOf: (error: ConfigurationError) => string;
}

/**
 * Hands over the world of a file after every change. An invalid world is refused, and its problems are logged.
 *
 * @returns a function that stops watching
 */
export function watchWorld({ path, stamp }: WatchedFile, watcher: WorldWatcher): () => void {
  const { now, replaceWorld, log, sentenceOf } = watcher;
  let seen = stamp;
  let isStopped = false;
  let next: NodeJS.Timeout;

  const read = async (): Promise<void> => {
    const given = await loadWorld(path, now());
    // it is still being written: the next look finds another stamp
    if (isStopped || (await stampOf(path)) !== seen) return;
    try {
      if ('problems' in given) throw worldError(given.problems);
      replaceWorld(given.world);
      log('info', `world: read ${path} again`);
    } catch (error) {
      const reason = error instanceof ConfigurationError ? sentenceOf(error) : `world: ${String(error)}`;
      log('error', `${reason}\nworld: the former world stays`);
    }
  };
  const look = async (): Promise<void> => {
    const present = await stampOf(path);
    if (present !== seen) {
      seen = present;
      await read();
    }
    if (!isStopped) lookLater();
  };
  const lookLater = (): void => {
    next = realTimers.setTimeout(() => void look(), INTERVAL_MS);
    next.unref();
  };

  lookLater();
  return () => {
    isStopped = true;
    realTimers.clearTimeout(next);
  };
}
