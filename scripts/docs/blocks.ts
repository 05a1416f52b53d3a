/** Reads the fenced blocks of a Markdown page, each with the comment that stands before it. CONTRIBUTING.md has the markers. */

/** What the comment before a block says that the block is. */
type Marker =
  | { kind: 'run' }
  | { kind: 'exit code'; code: number }
  | { kind: 'file'; name: string }
  | { kind: 'output'; of: 'block' | 'mock'; inPart: boolean }
  | { kind: 'from'; path: string }
  | { kind: 'checked by'; path: string }
  | { kind: 'not run'; reason: string };

export interface Block {
  /** of the page, with slashes */
  page: string;
  /** of its first line of text, counted from 1 */
  line: number;
  language: string;
  text: string;
  marker: Marker;
}

/** Languages whose blocks run, with the command that runs a file of them and the file's ending. */
export const programs: Readonly<Record<string, { command: string; ending: string }>> = {
  sh: { command: '.', ending: 'sh' },
  js: { command: 'node', ending: 'mjs' },
  mjs: { command: 'node', ending: 'mjs' },
  cjs: { command: 'node', ending: 'cjs' },
  ts: { command: 'tsx', ending: 'mts' },
  python: { command: 'python3', ending: 'py' },
};

const markers: readonly (readonly [RegExp, (value: string) => Marker])[] = [
  [/^file: (\S+)$/, (name) => ({ kind: 'file', name })],
  [/^output$/, () => ({ kind: 'output', of: 'block', inPart: false })],
  [/^output in part$/, () => ({ kind: 'output', of: 'block', inPart: true })],
  [/^output of the mock$/, () => ({ kind: 'output', of: 'mock', inPart: true })],
  [/^exit code (\d+)$/, (code) => ({ kind: 'exit code', code: Number(code) })],
  [/^from: (\S+)$/, (path) => ({ kind: 'from', path })],
  [/^checked by: (\S+)$/, (path) => ({ kind: 'checked by', path })],
  [/^not run: (.+)$/, (reason) => ({ kind: 'not run', reason })],
];

function readMarker(comment: string | undefined, language: string, place: string): Marker {
  for (const [form, make] of markers) {
    const found = form.exec(comment ?? '');
    if (found) return make(found[1] ?? '');
  }
  if (comment !== undefined)
    throw new Error(`${place}: unknown marker <!-- ${comment} -->, see CONTRIBUTING.md`);
  if (programs[language]) return { kind: 'run' };
  throw new Error(
    `${place}: a block of language '${language}' does not run and needs a marker, see CONTRIBUTING.md`,
  );
}

/** The comment that ends in the lines, blank lines apart. */
function commentBefore(lines: readonly string[]): string | undefined {
  const text = lines.join('\n').trimEnd();
  if (!text.endsWith('-->')) return undefined;
  return text
    .slice(text.lastIndexOf('<!--') + '<!--'.length, -'-->'.length)
    .trim()
    .replace(/\s+/g, ' ');
}

/** @throws Error naming the line of a block that has an unknown marker, or no marker where it needs one. */
export function blocksOf(page: string, text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let first = 0; first < lines.length; first++) {
    const fence = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/.exec(lines[first] ?? '');
    if (!fence) continue;
    const [, indent = '', ticks = '', language = ''] = fence;
    const length = lines.slice(first + 1).findIndex((line) => line.trim() === ticks);
    if (length < 0) throw new Error(`${page}:${first + 1}: a block that does not end`);
    const place = `${page}:${first + 1}`;
    const content = lines.slice(first + 1, first + 1 + length);
    blocks.push({
      page,
      line: first + 2,
      language,
      text: content
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line) + '\n')
        .join(''),
      marker: readMarker(commentBefore(lines.slice(0, first)), language, place),
    });
    first += length + 1;
  }
  return blocks;
}
