/** Starts the mock as its users do: its command line in a process, and reads the line of JSON that it prints. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const repository = path.resolve(import.meta.dirname, '../..');
const built = path.join(repository, 'dist/cli/main.cjs');
const source = path.join(repository, 'cli/main.ts');

const banner = z.object({
  url: z.string(),
  credentials: z
    .array(
      z.object({
        name: z.string(),
        site_id: z.number(),
        roles: z.array(z.string()),
        key: z.string(),
        secret: z.string(),
      }),
    )
    .min(1),
  client_side_keypairs: z.array(
    z.object({ subscription_id: z.string(), public_key: z.string(), site_id: z.number() }),
  ),
});

type Banner = z.infer<typeof banner>;
export type Credential = Banner['credentials'][number];

export interface MockBinary extends Banner {
  /** The line as printed, which the clients' checks read from their standard input. */
  line: string;
  credential(name: string): Credential;
  stop(): Promise<void>;
}

/** The environment of this process without the variables that configure the mock. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('UID2_MOCK_'));
  return Object.fromEntries(kept);
}

interface Started {
  /** The line of JSON that it prints when it listens. */
  line: string;
  stop(): Promise<void>;
}

/** @throws Error with what the command wrote to standard error when it ends before it listens. */
async function start(command: string, flags: readonly string[]): Promise<Started> {
  const program = existsSync(built) ? [built] : ['--import', 'tsx', source];
  const child = spawn(process.execPath, [...program, command, '--json', '--port', '0', ...flags], {
    cwd: repository,
    env: ownEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
  const line: unknown = first[0];
  if (typeof line !== 'string') {
    throw new Error(`${command}: expected a line of JSON, got none. It wrote:\n${errors.join('')}`);
  }
  return {
    line,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** A mock as its clients see it: at its own URL, or through a proxy. */
function mockOf(started: Started): MockBinary {
  const { line } = started;
  const parsed = banner.parse(JSON.parse(line));
  return {
    ...parsed,
    line,
    credential(name) {
      const found = parsed.credentials.find((each) => each.name === name);
      if (found === undefined) throw new Error(`credentials: expected one named ${name}, got none`);
      return found;
    },
    stop: () => started.stop(),
  };
}

/** @throws Error with what the mock wrote to standard error when it ends before it listens. */
export const startMockBinary = async (...flags: string[]): Promise<MockBinary> =>
  mockOf(await start('start', flags));

/** Starts a proxy in front of a mock, with the credentials that the mock printed. */
export async function startProxyBinary({ url, line }: MockBinary, ...flags: string[]): Promise<MockBinary> {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-proxy-'));
  const file = path.join(folder, 'credentials.json');
  writeFileSync(file, line, { mode: 0o600 });
  try {
    return mockOf(await start('proxy', ['--target', url, '--credentials', file, ...flags]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
