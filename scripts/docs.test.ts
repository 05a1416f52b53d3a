/** The documentation is right: its blocks run against the packed package, and its links lead somewhere. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonWith } from '../contract-tests/sdks/python-environment.ts';
import { type Prepared, prepare, readyOrSkip } from '../contract-tests/sdks/runtime.ts';
import { type Block, blocksOf } from './docs/blocks.ts';
import { brokenLinksOf } from './docs/links.ts';
import { isPrinted } from './docs/output.ts';
import { allPages, pagesWithBlocks, repository, textOf } from './docs/pages.ts';
import { runPage } from './docs/run-page.ts';
import { typeProblems } from './docs/types.ts';
import { installPackage } from './packed-package.ts';

const blocks = new Map<string, Block[]>(pagesWithBlocks.map((page) => [page, blocksOf(page, textOf(page))]));
const all = [...blocks.values()].flat();

it.each(allPages)('%s: its links lead somewhere', (page) => {
  expect(brokenLinksOf(page)).toEqual([]);
});

describe('a block', () => {
  it('has no dots in place of what a reader would need', () => {
    const abbreviated = all.filter(({ marker, text }) => marker.kind !== 'output' && text.includes('…'));
    expect(abbreviated.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });

  it('for a shell quotes a URL with a query, which zsh would take for the pattern of a file name', () => {
    const unquoted = all.filter(
      ({ language, text }) => language === 'sh' && /(?<=^|\s)(?:https?:|\$\w)[^\s'"]*\?/.test(text),
    );
    expect(unquoted.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });

  it('for a shell has no comment, which zsh would take for arguments', () => {
    const commented = all.filter(
      ({ language, marker, text }) => language === 'sh' && marker.kind !== 'file' && /(?<=^|\s)#/m.test(text),
    );
    expect(commented.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });

  it('that says where it comes from, stands there', () => {
    const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();
    const others = all.filter(
      ({ marker, text }) => marker.kind === 'from' && !squeezed(textOf(marker.path)).includes(squeezed(text)),
    );
    expect(others.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });

  it('with the client of the encrypted API is the same on every page', () => {
    const clients = all.filter(({ marker }) => marker.kind === 'file' && marker.name === 'uid2.mjs');
    const longest = clients.reduce(
      (text, client) => (client.text.length > text.length ? client.text : text),
      '',
    );
    const others = clients.filter(({ text }) => !longest.startsWith(text));
    expect(clients.length).toBeGreaterThan(1);
    expect(others.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });

  it('that says what checks it, is read by that test', () => {
    const unread = all.filter(({ marker, page }) => {
      if (marker.kind !== 'checked by') return false;
      return (
        !existsSync(path.join(repository, marker.path)) || !textOf(marker.path).includes(path.basename(page))
      );
    });
    expect(unread.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });

  it('that does not run is listed with its reason', () => {
    const listed = all.flatMap(({ marker, page, line }) =>
      marker.kind === 'not run' ? [`${page}:${line}  ${marker.reason}`] : [],
    );
    console.info(
      `\nBlocks of the documentation that are not run (${listed.length}):\n${listed.join('\n')}\n`,
    );
    expect(all.length).toBeGreaterThan(listed.length);
  });

  it.each([
    ['an unknown marker', '<!-- maybe -->\n```sh\ntrue\n```\n', /unknown marker <!-- maybe -->/],
    ['no marker and a language that does not run', '```text\ntrue\n```\n', /needs a marker/],
    ['no end', '```sh\ntrue\n', /does not end/],
  ])('with %s is refused', (_what, text, message) => {
    expect(() => blocksOf('page.md', text)).toThrow(message);
  });

  it.each([
    ['the same text', 'a\n\n  b', 'a\nb\n', false, true],
    ['another text', 'a', 'b', false, false],
    ['another token', `x A4AA${'b'.repeat(200)}`, `x A4AA${'c'.repeat(210)}`, false, true],
    ['a token of another kind', `x A4AA${'b'.repeat(200)}`, `x A3AA${'c'.repeat(200)}`, false, false],
    ['JSON in another form, at another time', '{ "at": 1795672936482 }', '{"at":1895672936482}', false, true],
    ['another hash', 'LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI=', 'x', false, false],
    ['some lines of it', 'a\nc', 'a\nb\nc', true, true],
    ['some lines in another order', 'c\na', 'a\nb\nc', true, false],
  ])('of output is compared: %s', (_what, expected, printed, inPart, same) => {
    expect(isPrinted(expected, printed, inPart)).toBe(same);
  });
});

it('each difference from an operator names a test that is there', () => {
  const rows = textOf('docs/differences.md')
    .split('\n')
    .filter((line) => /^\| (?!Difference|Request|---)/.test(line));
  const named = rows.map((row) => /\[([^\]]+)\]\(\.\.\/([^)]+\.test\.ts)\) \|$/.exec(row));
  expect(rows.length).toBeGreaterThan(20);
  const without = rows.filter((_row, at) => {
    const [, title = '', file = ''] = named[at] ?? [];
    return title === '' || !existsSync(path.join(repository, file)) || !textOf(file).includes(title);
  });
  expect(without).toEqual([]);
});

/** Packages that blocks import beside this one. */
const others = [
  'vitest',
  'jest',
  'typescript',
  'tsx',
  'iovalkey',
  'fastify',
  '@pact-foundation/pact',
  '@types/node',
];

describe.skipIf(process.platform === 'win32')('against the packed package,', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'uid2-mock-docs-'));
  const modules = path.join(root, 'node_modules');
  let python: Prepared<string> | undefined;

  beforeAll(async () => {
    const requirements = path.join(repository, 'contract-tests/sdks/python/requirements.txt');
    [python] = await Promise.all([
      prepare('blocks of Python in the documentation', () => pythonWith('docs', requirements)),
      installPackage(root),
    ]);
    for (const name of others) {
      const link = path.join(modules, name);
      mkdirSync(path.dirname(link), { recursive: true });
      if (!existsSync(link)) symlinkSync(path.join(repository, 'node_modules', name), link, 'junction');
    }
    for (const name of ['vitest', 'jest', 'tsc', 'tsx']) {
      symlinkSync(path.join(repository, 'node_modules/.bin', name), path.join(modules, '.bin', name));
    }
  }, 600_000);

  afterAll(() => {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });

  it('the types of the TypeScript blocks are right', { timeout: 120_000 }, async () => {
    expect(await typeProblems(root, all)).toBe('');
  });

  describe('two at a time,', () => {
    const waiting = pagesWithBlocks.filter((page) => blocks.get(page)?.length !== 0);
    const outcomes = new Map<string, Promise<string>>();

    async function outcomeOf(page: string): Promise<string> {
      const installed = { root, python: python && 'ready' in python ? python.ready : undefined };
      try {
        await runPage(installed, blocks.get(page) ?? []);
        return 'all run';
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    }

    beforeAll(() => {
      const lanes = [Promise.resolve(''), Promise.resolve('')];
      for (const [index, page] of waiting.entries()) {
        const lane = index % lanes.length;
        const outcome = (lanes[lane] ?? Promise.resolve('')).then(() => outcomeOf(page));
        lanes[lane] = outcome;
        outcomes.set(page, outcome);
      }
    });

    it.for(waiting)('the blocks of %s run', { timeout: 600_000 }, async (page, context) => {
      if (blocks.get(page)?.some(({ text }) => /^(pip|python3) /m.test(text)) === true)
        readyOrSkip(python, context);
      expect(await outcomes.get(page)).toBe('all run');
    });
  });
});
