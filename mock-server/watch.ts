/** Reads a world file again when it changes. */

import { unwatchFile, watchFile } from 'node:fs';
import { loadWorld } from './operator/world/read.ts';
import type { World } from './operator/world/schema.ts';
import { ConfigurationError, type Log, worldError } from './options.ts';

/** Polling sees a file that is replaced by another, and works on every file system. */
const INTERVAL_MS = 250;

/**
 * Hands over the world of a file after every change; an invalid one is refused with its complaints in the log.
 *
 * @param now ms, by the operator's clock
 * @returns stops watching
 */
export function watchWorld(
  file: string,
  now: () => number,
  replaceWorld: (world: World) => void,
  log: Log,
): () => void {
  const read = async (): Promise<void> => {
    try {
      const given = await loadWorld(file, now());
      if ('problems' in given) throw worldError(given.problems);
      replaceWorld(given.world);
      log('info', `world: read ${file} again`);
    } catch (error) {
      const reason = error instanceof ConfigurationError ? error.message : 'world: cannot be used';
      log('error', `${reason}\nworld: the former one stays`);
    }
  };
  watchFile(file, { interval: INTERVAL_MS, persistent: false }, () => void read());
  return () => {
    unwatchFile(file);
  };
}
