/** Runs the blocks of a page, in its order, in one shell and in a folder of the page. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Interface, createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../../mock-server/testing/free-port.ts';
import { userEnvironment } from '../packed-package.ts';
import { type Block, programs } from './blocks.ts';
import { isPrinted } from './output.ts';

const BLOCK_LIMIT_MS = 300_000;
const LATE_LINE_MS = 20_000;

/** The ports that the pages name: 8432 and its neighbours. */
const namedPort = /(?<=[: ])84\d\d\b/g;

const placeOf = ({ page, line }: Block): string => `${page}:${line}`;

/** A free port for each that the page names. */
async function portsFor(blocks: readonly Block[]): Promise<Map<string, string>> {
  const named = new Set(['8432', ...blocks.flatMap(({ text }) => text.match(namedPort) ?? [])]);
  const ports = new Map<string, string>();
  for (const port of named) ports.set(port, String(await freePort()));
  return ports;
}

/** What pages run with. */
interface Installed {
  /** a folder with the installed package in `node_modules` */
  root: string;
  /** an interpreter with the packages that the pages import */
  python: string | undefined;
}

class Shell {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #folder: string;
  readonly #reader: Interface;
  #count = 0;

  constructor(folder: string, { root, python }: Installed, port: string) {
    const modules = path.join(root, 'node_modules');
    this.#folder = folder;
    mkdirSync(path.join(folder, '.run'), { recursive: true });
    writeFileSync(path.join(folder, '.run/.curlrc'), 'silent\nshow-error\nwrite-out = "\\n"\n');
    const programs = [python, process.execPath].filter((file) => file !== undefined);
    const binaries = [path.join(modules, '.bin'), ...programs.map((file) => path.dirname(file))];
    this.#process = spawn('bash', ['--noprofile', '--norc'], {
      cwd: folder,
      // a group of its own, so that everything it started ends with it
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...userEnvironment,
        PATH: [...binaries, process.env['PATH']].join(path.delimiter),
        CURL_HOME: path.join(folder, '.run'),
        DOCS_RUN: path.join(folder, '.run'),
        DOCS_MODULES: modules,
        UID2_MOCK_PORT: port,
        NO_COLOR: '1',
      },
    });
    const { stdin, stdout } = this.#process;
    if (stdin === null || stdout === null) throw new Error('expected pipes to the shell');
    stdin.on('error', () => undefined);
    this.#reader = createInterface(stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#send(`. '${path.join(import.meta.dirname, 'shell.sh')}'; set -eo pipefail`);
  }

  #send(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** Runs a file, in the shell itself or with another program. What it printed, and its exit code. */
  async run(command: string, file: string, mayFail: boolean): Promise<{ code: string; printed: string }> {
    const out = path.join(this.#folder, `.run/${this.#count++}.txt`);
    const act = `${command} '${file}' >'${out}' 2>&1 </dev/null`;
    this.#send(mayFail ? `set +e; (set -e; ${act}); echo $?; set -e` : `${act}; echo $?`);
    let code = '1';
    const timer = globalThis.setTimeout(() => {
      code = `none within ${BLOCK_LIMIT_MS / 1000} seconds`;
      this.end();
    }, BLOCK_LIMIT_MS);
    const { value, done } = await this.#lines.next();
    clearTimeout(timer);
    if (done !== true) code = value;
    return { code, printed: existsSync(out) ? readFileSync(out, 'utf8') : '' };
  }

  end(): void {
    const { pid } = this.#process;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // it has ended
    }
    this.#reader.close();
  }
}

const startsAMock = ({ language, text, marker }: Block): boolean =>
  language === 'sh' && marker.kind !== 'not run' && /uid2-mock(-operator)? (start|proxy)\b/.test(text);

/** Whether the page asks a mock before it starts one. */
function needsMock(blocks: readonly Block[]): boolean {
  const asks = blocks.findIndex(
    ({ text, marker }) => marker.kind !== 'not run' && /\b84\d\d\b|ctl /.test(text),
  );
  const starts = blocks.findIndex(startsAMock);
  return asks >= 0 && (starts < 0 || asks < starts);
}

interface Running {
  folder: string;
  shell: Shell;
  ports: ReadonlyMap<string, string>;
  printed: string;
}

/** What was printed, with the ports and file names of the page. */
function printedBy({ folder, ports, printed }: Running, of: 'block' | 'mock'): string {
  const file = path.join(folder, `.run/mock-${ports.get('8432') ?? ''}.txt`);
  let text = of === 'mock' ? readFileSync(file, 'utf8') : printed;
  for (const [named, port] of ports) text = text.replaceAll(port, named);
  return text.replaceAll(`${folder}/`, '');
}

async function checkOutput(running: Running, block: Block): Promise<void> {
  if (block.marker.kind !== 'output') return;
  const { of, inPart } = block.marker;
  // a mock may print its line a moment after its answer
  const end = Date.now() + (of === 'mock' ? LATE_LINE_MS : 0);
  while (!isPrinted(block.text, printedBy(running, of), inPart)) {
    if (Date.now() >= end) {
      throw new Error(
        `${placeOf(block)}: expected this output:\n${block.text}\ngot:\n${printedBy(running, of)}`,
      );
    }
    await setTimeout(100);
  }
}

async function runText(running: Running, block: Block, text: string): Promise<void> {
  const program = programs[block.language];
  if (!program) throw new Error(`${placeOf(block)}: '${block.language}' cannot be run`);
  const file = path.join(running.folder, `block-${block.line}.${program.ending}`);
  writeFileSync(file, text);
  const expected = block.marker.kind === 'exit code' ? block.marker.code : 0;
  const { code, printed } = await running.shell.run(program.command, file, expected !== 0);
  running.printed = printed;
  if (code !== String(expected)) {
    throw new Error(
      `${placeOf(block)}: expected exit code ${expected}, got ${code}, and this output:\n${printed}`,
    );
  }
}

const runs = ({ marker }: Block): boolean => marker.kind === 'run' || marker.kind === 'exit code';

async function runBlocks(running: Running, blocks: readonly Block[]): Promise<void> {
  const withPorts = (text: string): string =>
    text.replace(namedPort, (port) => running.ports.get(port) ?? port);
  for (const block of blocks) {
    const text = withPorts(block.text);
    if (block.marker.kind === 'file') {
      const file = path.join(running.folder, block.marker.name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    } else if (block.marker.kind === 'output') {
      await checkOutput(running, block);
    } else if (runs(block)) {
      await runText(running, block, text);
    }
  }
}

/**
 * Runs the blocks of one page. A mock listens on the port that the page calls 8432, unless the page starts one itself.
 * @throws Error with the line of the first block that fails, and what it printed
 */
export async function runPage(installed: Installed, blocks: readonly Block[]): Promise<void> {
  const [first] = blocks;
  if (!first) return;
  const folder = path.join(installed.root, 'pages', first.page.replace(/\.md$/, '').replaceAll('/', '-'));
  mkdirSync(folder, { recursive: true });
  const ports = await portsFor(blocks);
  const shell = new Shell(folder, installed, ports.get('8432') ?? '');
  try {
    const running: Running = { folder, shell, ports, printed: '' };
    if (needsMock(blocks))
      await runText(
        running,
        { ...first, language: 'sh', line: 0, marker: { kind: 'run' } },
        'uid2-mock start\n',
      );
    await runBlocks(running, blocks);
  } finally {
    shell.end();
  }
}
