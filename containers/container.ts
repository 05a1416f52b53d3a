/**
 * For tests: runs a built image as an engine does: its command as process 1 and as the image's user, with the image's
 * environment alone and a root that cannot be written. It shares the network of the machine.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BuiltImage } from './image.ts';

/** `$1` is the root, `$2` the user, what follows the environment and the command. */
const ENTER = `set -e
root=$1 user=$2
shift 2
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
cd "$root"
exec chroot --userspec="$user" "$root" env -i "$@"`;

export interface Ended {
  exitCode: number | null;
  out: string;
  error: string;
}

export interface Container {
  /** Resolves when what it has printed fits. */
  printed(form: RegExp): Promise<RegExpExecArray>;
  /** Sends a signal to its process 1. */
  kill(signal: NodeJS.Signals): void;
  ended: Promise<Ended>;
}

/** The process that is process 1 of the container. */
function processOf({ pid = 0 }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

/** Starts a command; without one, what the image starts. */
export function startContainer(
  { config, root }: Pick<BuiltImage, 'config' | 'root'>,
  command: readonly string[] = [...config.Entrypoint, ...config.Cmd],
  variables: Readonly<Record<string, string>> = {},
): Container {
  const environment = [...config.Env, ...Object.entries(variables).map((pair) => pair.join('='))];
  const enter = ['sh', '-c', ENTER, 'sh', root, config.User, ...environment, ...command];
  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', ...enter], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.error += text));
  const closed = once(child, 'close');
  return {
    async printed(form) {
      for (;;) {
        const found = form.exec(texts.out);
        if (found) return found;
        const gone = closed.then(() => {
          throw new Error(`expected output that fits ${form}; got:\n${texts.out}${texts.error}`);
        });
        await Promise.race([once(child.stdout, 'data'), gone]);
      }
    },
    kill: (signal) => process.kill(processOf(child), signal),
    ended: closed.then(([exitCode]) => ({ exitCode, ...texts })),
  };
}

/** Runs a command of the image's entry point to its end, as `docker run IMAGE ARGUMENTS` does. */
export const runContainer = (
  image: Pick<BuiltImage, 'config' | 'root'>,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> => startContainer(image, [...image.config.Entrypoint, ...args], variables).ended;
