/** Runs the contract suite, and shows each finding beside the job and the report in its summary. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { folderOfStep, install } from './install.js';
import { addSummary, annotate, input, setOutput, withoutCommands, words } from './runner.js';

function flags(json, markdown) {
  const given = ['target', 'credentials', 'profile', 'world', 'expected-failures'].flatMap((name) =>
    input(name) ? [`--${name}`, input(name)] : [],
  );
  const filters = words('filter').flatMap((pattern) => ['--filter', pattern]);
  const reports = ['--report', `json=${json}`, '--report', `markdown=${markdown}`];
  return ['verify', ...given, ...filters, ...reports, ...words('flags')];
}

/** A departure from a MUST fails the run; one from a SHOULD, or one that is known, does not. */
function annotateFinding({ requirement, level, says, answers, departed, example, expected }) {
  const { expected: wanted, got } = example;
  const seen = wanted === undefined ? '' : `\nexpected ${wanted}\ngot ${got}`;
  const text = `${says}\n${departed} of ${answers} departed${seen}`;
  annotate(level === 'MUST' && !expected ? 'error' : 'warning', `${requirement} ${level}`, text);
}

export async function verify() {
  const program = install();
  const folder = folderOfStep();
  const [json, markdown] = ['report.json', 'report.md'].map((name) => path.join(folder, name));
  process.exitCode = await withoutCommands(async () => {
    const child = spawn(process.execPath, [program, ...flags(json, markdown)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = await once(child, 'exit');
    return code ?? 1;
  });
  // wrong usage ends the run before there is a report
  if (!existsSync(json)) return;
  setOutput('report', json);
  JSON.parse(readFileSync(json, 'utf8')).findings.forEach(annotateFinding);
  addSummary(readFileSync(markdown, 'utf8'));
}
