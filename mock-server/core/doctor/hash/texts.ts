/**
 * The texts that mistakes make of an identity, those with the fewest mistakes first.
 *
 *   as typed -> steps before -> rules of the normal form, some left out -> steps after
 */

import { cleaningSteps } from './cleaning-steps.ts';
import { emailSteps } from './email-steps.ts';
import {
  type IdentityKind,
  type NormalRule,
  applyRules,
  meantPhone,
  normalForm,
  rulesOf,
} from './normal-form.ts';
import { phoneCleaningSteps, phoneSteps } from './phone-steps.ts';
import { type TextStep, textStep } from './step.ts';
import { commonSteps } from './text-steps.ts';

export interface TextPath {
  readonly before: readonly TextStep[];
  readonly left: readonly NormalRule[];
  readonly after: readonly TextStep[];
}

export interface WrongText {
  readonly text: string;
  readonly path: TextPath;
  /** the sum of the ranks of its steps */
  readonly rank: number;
}

export interface Source {
  readonly kind: IdentityKind;
  readonly identity: string;
  /** the normal form; where the operator has none, the text that it would come from */
  readonly base: string;
  readonly isValid: boolean;
}

/** What a search starts from. */
export function sourceOf(kind: IdentityKind, identity: string): Source {
  const normalized = normalForm(kind, identity);
  const meant = kind === 'phone' ? meantPhone(identity) : undefined;
  const base = normalized ?? meant ?? applyRules(identity, rulesOf[kind]);
  return { kind, identity, base, isValid: normalized !== undefined };
}

export const NO_MISTAKE: TextPath = { before: [], left: [], after: [] };

/** What is done to the text as typed, before it is normalised. */
const beforeSteps: Readonly<Record<IdentityKind, readonly TextStep[]>> = {
  email: cleaningSteps,
  phone: [
    textStep('phone_grouped', { what: 'as typed' }, (text) =>
      normalForm('phone', text) === undefined ? text : undefined,
    ),
    ...phoneCleaningSteps,
    ...cleaningSteps,
  ],
};

const afterSteps: Readonly<Record<IdentityKind, readonly TextStep[]>> = {
  email: [...emailSteps, ...commonSteps, ...cleaningSteps],
  phone: [...phoneSteps, ...commonSteps],
};

/** The text of a path; undefined where one of its steps does not apply. */
export function textOf(path: TextPath, source: Source): string | undefined {
  const { before, left, after } = path;
  const isUntouched = before.length === 0 && left.length === 0;
  let text: string | undefined = isUntouched ? source.base : source.identity;
  for (const step of before) text = text === undefined ? undefined : step.change(text);
  if (text !== undefined && !isUntouched) text = applyRules(text, rulesOf[source.kind], new Set(left));
  for (const step of after) text = text === undefined ? undefined : step.change(text);
  return text;
}

/** The path without the steps that make no difference to this identity. */
export function neededSteps(path: TextPath, source: Source): TextPath {
  const text = textOf(path, source);
  let needed = path;
  for (const part of ['left', 'before', 'after'] as const) {
    for (const step of path[part]) {
      const shorter = { ...needed, [part]: needed[part].filter((one) => one !== step) };
      if (textOf(shorter, source) === text) needed = shorter;
    }
  }
  return needed;
}

/**
 * Sets of rules that matter to this identity: those of one rule; those of two, and all rules, as when nothing is
 * normalised; those of three.
 */
function leftOut({ kind, identity, base }: Source): readonly NormalRule[][][] {
  const rules = rulesOf[kind];
  const matter = rules.filter((rule) => applyRules(identity, rules, new Set([rule])) !== base);
  const sets: NormalRule[][][] = [[], [], [], []];
  for (let mask = 1; mask < 1 << matter.length; mask++) {
    const set = matter.filter((_, index) => (mask >> index) & 1);
    sets[set.length - 1]?.push(set);
  }
  const [ones = [], twos = [], threes = []] = sets;
  return [ones, [...twos, matter], threes];
}

/** Collects texts, each by the first path that leads to it. */
class Texts {
  readonly #source: Source;
  readonly #seen: Set<string>;

  constructor(source: Source) {
    this.#source = source;
    this.#seen = new Set([source.base]);
  }

  *add(path: TextPath, rank: number): Iterable<WrongText> {
    const text = textOf(path, this.#source);
    if (text === undefined || this.#seen.has(text)) return;
    this.#seen.add(text);
    yield { text, path, rank };
  }

  /** A step behind a text that is known. */
  *extend(wrong: WrongText, step: TextStep): Iterable<WrongText> {
    const text = step.change(wrong.text);
    if (text === undefined || this.#seen.has(text)) return;
    this.#seen.add(text);
    yield { text, path: { ...wrong.path, after: [...wrong.path.after, step] }, rank: wrong.rank + step.rank };
  }
}

const PAIR = 3;

/** Texts, each list computed when it is asked for. */
export interface WrongTexts {
  /** by the number of mistakes: one, two and three */
  readonly byMistakes: readonly (() => readonly WrongText[])[];
  /** of one mistake that belongs to a large family */
  readonly wide: () => readonly WrongText[];
}

const byRank = new WeakMap<readonly TextStep[], (readonly TextStep[])[]>();

/** The steps up to a rank, kept for the next search. */
function upTo(rank: number, steps: readonly TextStep[]): readonly TextStep[] {
  const kept = byRank.get(steps) ?? [];
  byRank.set(steps, kept);
  return (kept[rank] ??= steps.filter((step) => step.rank <= rank));
}

/** The texts that mistakes make of an identity, by steps up to a rank. */
export function wrongTexts(source: Source, rank: number): WrongTexts {
  const texts = new Texts(source);
  const before = upTo(rank, beforeSteps[source.kind]);
  const after = upTo(Math.min(rank, PAIR), afterSteps[source.kind]);
  const combinable = after.filter(({ rank }) => rank < PAIR);
  const [ones = [], twos = [], threes = []] = leftOut(source);
  const ofSets = (sets: readonly NormalRule[][]): WrongText[] =>
    sets.flatMap((left) => [...texts.add({ ...NO_MISTAKE, left }, Math.min(left.length, 2))]);
  const extended = (wrongs: readonly WrongText[], most: number): WrongText[] =>
    wrongs
      .filter(({ rank }) => rank < most)
      .flatMap((wrong) =>
        combinable.flatMap((step) => (wrong.rank + step.rank <= most ? [...texts.extend(wrong, step)] : [])),
      );
  const beforeAnd = (set: readonly NormalRule[]): WrongText[] =>
    before.flatMap((step) => [
      ...texts.add({ before: [step], left: set, after: [] }, step.rank + set.length),
    ]);
  const one = kept(() => [
    ...ofSets(ones),
    ...after.flatMap((step) => [...texts.add({ ...NO_MISTAKE, after: [step] }, step.rank)]),
    ...beforeAnd([]),
  ]);
  const two = kept(() => [
    ...ofSets(twos),
    ...ones.flatMap(beforeAnd),
    ...extended(one(), PAIR),
    ...before.flatMap((first) =>
      before.flatMap((second) => [
        ...texts.add({ before: [first, second], left: [], after: [] }, first.rank + second.rank),
      ]),
    ),
  ]);
  const three = kept(() => [
    ...ofSets(threes),
    ...extended(
      two().filter(({ path }) => path.left.length + path.before.length > 1),
      PAIR,
    ),
  ]);
  const wide = kept(() =>
    afterSteps[source.kind]
      .filter((step) => step.rank > PAIR)
      .flatMap((step) => [...texts.add({ ...NO_MISTAKE, after: [step] }, step.rank)]),
  );
  return { byMistakes: [one, two, three], wide };
}

/** A list that is computed on its first use. */
function kept(compute: () => WrongText[]): () => readonly WrongText[] {
  let list: WrongText[] | undefined;
  return () => (list ??= compute());
}
