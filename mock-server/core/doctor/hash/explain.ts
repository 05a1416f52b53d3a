/** Explains a value that is not the hash of an identity: the mistakes that give exactly it, with their sentences. */

import { identifierFault } from '../../identifier-faults.ts';
import type { Primitives } from '../../primitives.ts';
import { sentenceOf } from '../../reasons.ts';
import { nameOf, missingText } from './constants.ts';
import { type HashFinding, findingsOf, namedOnce, proved, stepsOf } from './findings.ts';
import { knownConstant } from './known-constants.ts';
import { type IdentityKind, applyRules, rulesOf } from './normal-form.ts';
import { type Reading, readingsOf } from './readings.ts';
import { type Found, type Path, Search, type Target, targetOf } from './search.ts';
import { type Source, sourceOf } from './texts.ts';
import { unhashed } from './unhashed.ts';
import { onewayWritings } from './writings.ts';

const ALGORITHMS: Readonly<Record<number, string>> = {
  16: 'MD5',
  20: 'SHA-1',
  28: 'SHA-224',
  48: 'SHA-384',
  64: 'SHA-512',
};
const SHA_256 = 32;

/** What is likely when nothing is proved. */
function likely(value: string, readings: readonly Reading[]): HashFinding {
  const [first] = readings;
  const bytes = first?.bytes.length;
  if (bytes === SHA_256) return { cause: 'value_unexplained', facts: {}, proved: false };
  const algorithm = bytes === undefined ? undefined : ALGORITHMS[bytes];
  if (bytes === undefined || algorithm === undefined) {
    return { cause: 'value_length', facts: { length: value.length }, proved: false };
  }
  return { cause: 'value_algorithm', facts: { algorithm, bytes }, proved: false };
}

const DEEPEST = 3;
/** How deep texts are compared that do not hold the whole hash. */
const DEEPEST_ONE_WAY = 2;

/** A target of values that do not hold the whole hash. */
function* onewayTargets(value: string, primitives: Primitives): Iterable<Target> {
  for (const { cause, facts, looks, write } of onewayWritings) {
    if (!looks.test(value)) continue;
    yield {
      accepts: ({ length, rank }) => length === SHA_256 && rank === 1,
      compare: (hash) =>
        write(hash, primitives.toBase64(hash)) === value ? { written: [{ cause, facts }] } : undefined,
    };
  }
}

/** Longest identity in characters that is searched deep: no address is longer, and a pasted page would take minutes. */
const LONGEST = 1000;

const MOST_KEPT = 16;

/** How often nothing may be found in a row before values are searched less deep, and when a whole search is due again. */
const PATIENCE = 20;
const RETRY = 2000;

/**
 * Explains values one after another. In a file most mistakes repeat: the paths found last are tried first. Once many
 * values in a row have no explanation, most are searched only for one mistake.
 */
export class HashExplainer {
  readonly #primitives: Primitives;
  readonly #recent: Path[] = [];
  #unexplained = 0;

  constructor(primitives: Primitives) {
    this.#primitives = primitives;
  }

  /** The mistakes that give the value, the first one first; at most one that is only likely. */
  explain(kind: IdentityKind, identity: string, value: string): HashFinding[] {
    const source = sourceOf(kind, identity);
    const readings = readingsOf(value);
    const findings = this.#searched(source, value, readings);
    const invalid = source.isValid || kind === 'phone' ? [] : [this.#invalid(source)];
    if (findings) return [...findings, ...invalid];
    return invalid.length > 0 ? invalid : [likely(value, readings)];
  }

  #searched(source: Source, value: string, readings: readonly Reading[]): HashFinding[] | undefined {
    const missing = missingText(value);
    if (missing !== undefined) return [proved({ cause: 'constant_value', facts: { text: nameOf(missing) } })];
    const plain = unhashed(source, value);
    if (plain) return namedOnce(plain);
    const target = targetOf(readings);
    const isLong = source.identity.length > LONGEST;
    const isBrief = isLong || (this.#unexplained > PATIENCE && this.#unexplained % RETRY !== 0);
    const search = new Search(this.#primitives, source, isBrief ? 1 : undefined);
    const found = target && this.#found(search, target, readings, isBrief ? 1 : DEEPEST);
    if (found) return Array.isArray(found) ? found : this.#note(found, source);
    for (const oneway of onewayTargets(value, this.#primitives)) {
      for (let mistakes = 0; mistakes <= (isLong ? 1 : DEEPEST_ONE_WAY); mistakes++) {
        const match = search.find(mistakes, oneway);
        if (match) return findingsOf(match, source);
      }
    }
    this.#unexplained++;
    return undefined;
  }

  #found(
    search: Search,
    target: Target,
    readings: readonly Reading[],
    deepest: number,
  ): Found | HashFinding[] | undefined {
    for (const path of this.#recent) {
      const found = search.follow(path, target);
      if (found) return found;
    }
    for (let mistakes = 0; mistakes <= deepest; mistakes++) {
      const found = search.find(mistakes, target);
      if (found) return found;
      const constant = mistakes === 1 ? knownConstant(readings, this.#primitives) : undefined;
      if (!constant) continue;
      const { cause, text } = constant.constant;
      return namedOnce([
        { cause, facts: { text: nameOf(text) } },
        ...stepsOf(constant.tail),
        ...constant.reading.written,
      ]);
    }
    return undefined;
  }

  /** Keeps the path as the last one found. */
  #note(found: Found, source: Source): HashFinding[] {
    this.#unexplained = 0;
    const { text, tail } = found.path;
    const at = this.#recent.findIndex(
      (path) =>
        path.tail === tail &&
        (['before', 'left', 'after'] as const).every(
          (part) =>
            path.text[part].length === text[part].length &&
            path.text[part].every((step, i) => step === text[part][i]),
        ),
    );
    if (at >= 0) this.#recent.splice(at, 1);
    this.#recent.unshift(found.path);
    this.#recent.length = Math.min(this.#recent.length, MOST_KEPT);
    return findingsOf(found, source);
  }

  #invalid({ kind, identity }: Source): HashFinding {
    const [reason, facts = {}] = identifierFault(kind, identity);
    return proved({ cause: 'identity_invalid', facts: { reason: sentenceOf(reason, facts) } });
  }
}

/** The text after each rule that changes it. */
export function normalSteps(
  kind: IdentityKind,
  identity: string,
): { id: string; says: string; text: string }[] {
  let text = identity;
  const steps = [{ id: 'as_typed', says: 'as typed', text }];
  for (const rule of rulesOf[kind]) {
    const next = applyRules(text, [rule]);
    if (next !== text) steps.push({ id: rule.id, says: rule.says, text: next });
    text = next;
  }
  return steps;
}
