/** Runs other programs: a package manager, an interpreter, the mock itself. Never blocks the event loop. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

interface CommandOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Written to standard input, which is closed afterwards. */
  input?: string;
  timeoutMs?: number;
}

const tail = (text: string): string => text.trim().split('\n').slice(-15).join('\n');

/**
 * Runs a program to its end and resolves with its standard output.
 * @throws Error naming the program, its exit code and the last lines it wrote.
 */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: options.timeoutMs ?? 600_000,
      // npm and mvn are scripts on Windows, and need a shell.
      shell: process.platform === 'win32' && !path.isAbsolute(program),
    });
    const output: string[] = [];
    const errors: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output.join(''));
      else {
        const said = tail([...output, ...errors].join('\n'));
        reject(new Error(`${program}: expected exit code 0, got ${code ?? signal ?? 'none'}\n${said}`));
      }
    });
  });
}

const extensions = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first of these programs that exists: a full path, or a name in PATH. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  for (const name of names) {
    const candidates = path.isAbsolute(name) ? [name] : folders.map((folder) => path.join(folder, name));
    const found = candidates.flatMap((file) => extensions.map((each) => file + each)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}
