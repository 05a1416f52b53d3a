/** What a workflow of GitHub Actions or GitLab runs, read from its text: enough of YAML for those in `ci`. */

interface Workflow {
  /** variables whose values stand in the workflow */
  env: Record<string, string>;
  /** the commands of each step or entry, in order */
  commands: string[];
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The lines below `start` that are indented more than `indent`, without their common indent. */
function blockBelow(lines: readonly string[], start: number, indent: number): string[] {
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.trim() !== '' && indentOf(line) <= indent);
  const block = end < 0 ? rest : rest.slice(0, end);
  const common = Math.min(...block.filter((line) => line.trim() !== '').map(indentOf));
  return block.map((line) => line.slice(common));
}

export function readWorkflow(text: string): Workflow {
  const lines = text.split('\n');
  const env: Record<string, string> = {};
  const commands = lines.flatMap((line, index) => {
    const [, name, value] = /^ +([A-Z]\w*): ([^$]\S*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) env[name] = value;
    const [, before = '', run] = /^( *(?:- )?)run: (.+)$/.exec(line) ?? [];
    if (run === '|') return [blockBelow(lines, index, before.length).join('\n')];
    if (run !== undefined) return [run];
    if (/^ +(before_|after_)?script:$/.test(line)) {
      return blockBelow(lines, index, indentOf(line)).flatMap((entry) => /^- (.+)$/.exec(entry)?.[1] ?? []);
    }
    return [];
  });
  return { env, commands };
}
