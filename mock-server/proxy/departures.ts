/**
 * In what the answer of the target departs from that of the mock: status, the members `status` and `message`, and the
 * shape of the JSON. Values differ between two operators, and so do the lengths of lists and what may be null.
 */

import { isJsonObject } from '../core/json.ts';
import { type ReadExchange, textMember } from './explaining.ts';

/** More differences of shape have the same cause. */
const MOST = 10;

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isJsonObject(value)) return 'an object';
  return typeof value === 'string' ? 'a text' : typeof value === 'boolean' ? 'a boolean' : 'a number';
};

function* memberDepartures(own: object, others: object, place: string): Generator<string, void> {
  const [ours, theirs] = [new Map(Object.entries(own)), new Map(Object.entries(others))];
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const path = place === '' ? name : `${place}.${name}`;
    if (!ours.has(name)) yield `${path}: the mock has it, the target does not`;
    else if (!theirs.has(name)) yield `${path}: the target has it, the mock does not`;
    else yield* shapeDepartures(ours.get(name), theirs.get(name), path);
  }
}

/** In what shapes differ. Of lists the first elements count, if both have some. */
function* shapeDepartures(own: unknown, others: unknown, place: string): Generator<string, void> {
  if (own === null || others === null) return;
  if (Array.isArray(own) && Array.isArray(others)) {
    if (own.length > 0 && others.length > 0) yield* shapeDepartures(own[0], others[0], `${place}[]`);
    return;
  }
  const [kind, other] = [kindOf(own), kindOf(others)];
  if (kind !== other) yield `${place || 'the JSON'}: the target has ${kind}, the mock ${other}`;
  else if (isJsonObject(own) && isJsonObject(others)) yield* memberDepartures(own, others, place);
}

const quoted = (text: string): string => (text === '' ? 'none' : JSON.stringify(text));

/** One line for each departure of the target from the mock. */
export function departuresOf(target: ReadExchange, mock: ReadExchange): string[] {
  const [own, others] = [target.passed.answer, mock.passed.answer];
  if (own === undefined || others === undefined) return [];
  if (own.status !== others.status) {
    return [`status: the target answers ${own.status}, the mock ${others.status}`];
  }
  const [ours, theirs] = [target.read.answerJson, mock.read.answerJson];
  const texts = ['status', 'message'].flatMap((name) => {
    const [one, other] = [textMember(ours, name), textMember(theirs, name)];
    return one === other ? [] : [`${name}: the target says ${quoted(one)}, the mock ${quoted(other)}`];
  });
  if (texts.length > 0) return texts;
  if (ours === undefined || theirs === undefined) {
    if (ours === theirs) return [];
    const [has, lacks] = ours === undefined ? ['mock', 'target'] : ['target', 'mock'];
    return [`body: the ${has} has JSON that can be read here, the ${lacks} does not`];
  }
  if ((target.read.answer === undefined) !== (mock.read.answer === undefined)) {
    const [sealed, plain] = mock.read.answer === undefined ? ['target', 'mock'] : ['mock', 'target'];
    return [`body: the ${sealed} seals it, the ${plain} does not`];
  }
  return [...shapeDepartures(ours, theirs, '')].slice(0, MOST);
}
