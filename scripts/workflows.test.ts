/** What GitHub reads from this repository: workflows, the action, issue forms, updates; and the notes of a release. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const repository = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');
const filesOf = (folder: string): string[] =>
  readdirSync(path.join(repository, folder)).map((name) => `${folder}/${name}`);

const workflows = filesOf('.github/workflows');
const forms = filesOf('.github/ISSUE_TEMPLATE');

interface Job {
  permissions?: Record<string, string>;
  needs?: string | string[];
  uses?: string;
  steps?: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}
const jobsOf = (file: string): [string, Job][] =>
  Object.entries((parse(read(file)) as { jobs: Record<string, Job> }).jobs);

it.each([...workflows, ...forms, '.github/dependabot.yml', 'action.yml'])(
  '%s is YAML without warnings',
  (file) => {
    expect(parse(read(file), { strict: true, uniqueKeys: true, logLevel: 'error' })).toBeTypeOf('object');
  },
);

/** The jobs that write something, by their workflow. */
const writingJobs: Readonly<Record<string, readonly string[]>> = {
  'release.yml': ['npm', 'image', 'release'],
  'docs.yml': ['site'],
};

describe.each(workflows)('%s', (file) => {
  it('pins every action to a commit, and says which version that is', () => {
    const used = read(file)
      .split('\n')
      .filter((line) => /^\s*(?:- )?uses:/.test(line) && !/uses: \.\/(?:\S*\.yml)?$/.test(line));
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may only read, but for jobs that say what they write', () => {
    expect(parse(read(file))).toMatchObject({ permissions: { contents: 'read' } });
    const writing = jobsOf(file).filter(([, { permissions = {} }]) =>
      Object.values(permissions).includes('write'),
    );
    expect(writing.map(([name]) => name)).toEqual(writingJobs[path.posix.basename(file)] ?? []);
  });

  it('leaves no token in the clone', () => {
    const clones = jobsOf(file)
      .flatMap(([, { steps = [] }]) => steps)
      .filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const clone of clones) expect(clone.with).toMatchObject({ 'persist-credentials': false });
  });

  it('runs scripts, uses files and waits for jobs that are there', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const jobs = jobsOf(file);
    const names = jobs.map(([name]) => name);
    for (const [, { needs = [], uses = '.', steps = [] }] of jobs) {
      expect(names).toEqual(expect.arrayContaining([needs].flat()));
      expect(existsSync(path.join(repository, uses))).toBe(true);
      const commands = steps.map(({ run = '' }) => run).join('\n');
      for (const [, script = ''] of commands.matchAll(/npm run ([\w:-]+)/g))
        expect(scripts).toHaveProperty(script);
      for (const [, script = ''] of commands.matchAll(/node (scripts\/\S+)/g)) {
        expect(existsSync(path.join(repository, script)), script).toBe(true);
      }
    }
  });

  it('gives the action only inputs that it has, and reads only outputs that it has', () => {
    const { inputs, outputs } = parse(read('action.yml'));
    const own = jobsOf(file)
      .flatMap(([, { steps = [] }]) => steps)
      .filter(({ uses }) => uses === './');
    for (const step of own)
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    for (const [, output = ''] of read(file).matchAll(/steps\.mock\.outputs\.([\w-]+)/g)) {
      expect(outputs).toHaveProperty(output);
    }
  });
});

it('publishes nothing before all tests have passed', () => {
  const jobs = new Map(jobsOf('.github/workflows/release.yml'));
  const waitsFor = (name: string): string[] =>
    [jobs.get(name)?.needs ?? []].flat().flatMap((needed) => [needed, ...waitsFor(needed)]);
  for (const job of ['npm', 'image', 'release']) expect(waitsFor(job)).toContain('test');
  expect(jobs.get('test')?.uses).toBe('./.github/workflows/ci.yml');
});

it.each(forms.filter((file) => !file.endsWith('config.yml')))('%s is an issue form', (file) => {
  const { name, description, body } = parse(read(file));
  expect([typeof name, typeof description]).toEqual(['string', 'string']);
  const fields: {
    type: string;
    id?: string;
    attributes: { label?: string; value?: string; options?: string[] };
  }[] = body;
  const ids = fields.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { type, id, attributes } of fields) {
    expect(['markdown', 'input', 'textarea', 'dropdown']).toContain(type);
    if (type === 'markdown') expect(attributes.value).toBeTypeOf('string');
    else expect([typeof id, typeof attributes.label]).toEqual(['string', 'string']);
    if (type === 'dropdown') expect(attributes.options?.length).toBeGreaterThan(1);
  }
});

describe('docs/ci.md', () => {
  const page = read('docs/ci.md');
  const blocks = [
    ...page.matchAll(/<!-- checked by: scripts\/workflows\.test\.ts -->\n```yaml\n(.*?)```/gs),
  ].map(([, text = '']) => parse(text));
  const { inputs, outputs } = parse(read('action.yml'));

  it('verifies with inputs that the action has, at the version of this package', () => {
    const [step] = blocks.flatMap(({ steps = [] }) => steps);
    expect(step.uses).toBe(`uid2-mock/uid2-mock-operator@v${JSON.parse(read('package.json')).version}`);
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step.with)));
    expect(Object.keys(step.env)).toEqual(['UID2_API_KEY', 'UID2_CLIENT_SECRET']);
  });

  it('serves by the image that the release publishes, on the port that it exposes', () => {
    const [service] = blocks.flatMap(({ services = [] }) => Object.values<Record<string, unknown>>(services));
    expect(service).toEqual({ image: 'ghcr.io/uid2-mock/uid2-mock-operator', ports: ['8432:8432'] });
    expect(read('Dockerfile')).toMatch(/^EXPOSE 8432$/m);
  });

  it('names every input and output', () => {
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs)])
      expect(page).toContain(`\`${name}\``);
    const cells = [...page.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(
      ([, cell = '']) => cell.match(/[\w-]+/g) ?? [],
    );
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(cells));
  });
});

describe('the notes of a release', () => {
  const notes = (tag: string, version: string, changelog: string) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-notes-'));
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ version }));
    writeFileSync(path.join(folder, 'CHANGELOG.md'), changelog);
    const script = path.join(repository, 'scripts/release-notes.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, tag], {
      cwd: folder,
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    return [status, stdout, stderr];
  };
  const changelog =
    '# Changelog\n\n## [1.2.3] - 2026-01-31\n\n### Added\n\n- A thing.\n\n## [1.2.2]\n\n- Older.\n\n## [1.2.1]\n';

  it('are the section of the version', () => {
    expect(notes('v1.2.3', '1.2.3', changelog)).toEqual([0, '### Added\n\n- A thing.\n', '']);
  });

  it.each([
    ['v1.2.4', '1.2.3', 'expected the tag v1.2.3, the version in package.json; got v1.2.4'],
    ['', '1.2.3', 'expected the tag v1.2.3, the version in package.json; got none'],
    ['v1.2', '1.2', 'expected a section [1.2] in CHANGELOG.md; got none'],
    ['v1.2.1', '1.2.1', 'expected entries in the section [1.2.1] of CHANGELOG.md; got none'],
  ])('are refused for the tag %j of version %s', (tag, version, says) => {
    expect(notes(tag, version, changelog)).toEqual([1, '', `release-notes: ${says}\n`]);
  });
});
