/** What a step says to the runner of GitHub Actions: commands on standard output, and files that the runner reads. */

import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** The value of an input of `action.yml`; empty without one. */
export const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();

/** The words of an input. */
export const words = (name) => input(name).split(/\s+/).filter(Boolean);

/** A variable that the runner sets. */
export function given(name) {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name}: expected the variable, which a runner of GitHub Actions sets; got nothing`);
}

const escapeData = (text) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const escapeProperty = (text) => escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

function command(name, text, properties = {}) {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  const head = given.length === 0 ? name : `${name} ${given.join(',')}`;
  process.stdout.write(`::${head}::${escapeData(text)}\n`);
}

/** Shows a sentence beside the job, at the level `error` or `warning`. */
export const annotate = (level, title, text) => command(level, text, { title });

/** Hides a value in all that later steps print. */
export const mask = (value) => command('add-mask', value);

function writeTo(file, name, value) {
  const end = `end-${randomUUID()}`;
  appendFileSync(given(file), `${name}<<${end}\n${value}\n${end}\n`);
}

export const setOutput = (name, value) => writeTo('GITHUB_OUTPUT', name, value);
export const exportVariable = (name, value) => writeTo('GITHUB_ENV', name, value);
export const saveState = (name, value) => writeTo('GITHUB_STATE', name, value);
export const state = (name) => process.env[`STATE_${name}`] ?? '';

export const addSummary = (markdown) => appendFileSync(given('GITHUB_STEP_SUMMARY'), markdown);

/** Prints text that others wrote, in which the runner must see no commands. */
export async function withoutCommands(print) {
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n`);
  try {
    return await print();
  } finally {
    // at the beginning of a line, even if the last text ended in the middle of one
    process.stdout.write(`\n::${token}::\n`);
  }
}

export async function group(title, print) {
  command('group', title);
  try {
    return await print();
  } finally {
    command('endgroup', '');
  }
}

/** Ends the step as failed, with one sentence. */
export function fail(sentence, exitCode = 1) {
  annotate('error', 'uid2-mock-operator', sentence);
  process.exitCode = exitCode;
}
