/** Several targets side by side: the outcome of each scenario, and the targets that depart. */
import type { ContractReport, Outcome, Result } from '../spec/results.ts';
import { nameOf } from '../spec/results.ts';

interface ComparisonRow {
  /** `scenario@api`. */
  name: string;
  description: string;
  /** One per target, in their order; undefined when the target has no such result. */
  outcomes: (Outcome | undefined)[];
  /** Targets that failed while others passed, or that failed differently from each other. */
  departs: Departure[];
}

interface Departure {
  /** Index of the target in the report. */
  target: number;
  expected: string;
  got: string;
}

export interface Comparison {
  targets: string[];
  rows: ComparisonRow[];
  /** Rows with different outcomes or departures. */
  unequal: ComparisonRow[];
  /** Rows in which a target departs. */
  differences: ComparisonRow[];
}

/** A failure without tokens and times, which differ in every answer: equal for two targets that fail alike. */
const comparable = (result: Result): string =>
  (result.failure?.got ?? '').replace(/[\w+/=-]*…[\w+/=-]*/g, '…').replace(/\d{9,}/g, '0');

function departures(results: readonly (Result | undefined)[]): Departure[] {
  const judged = results.flatMap((result, target) =>
    result?.outcome === 'passed' || result?.outcome === 'failed' ? [{ result, target }] : [],
  );
  const failures = judged.filter(({ result }) => result.outcome === 'failed');
  const alike = new Set(failures.map(({ result }) => comparable(result))).size <= 1;
  if (judged.length < 2 || failures.length === 0 || (failures.length === judged.length && alike)) return [];
  return failures.map(({ result, target }) => ({
    target,
    expected: result.failure?.expected ?? '',
    got: result.failure?.got ?? '',
  }));
}

/** `target 2, target 3`, counted from 1. */
export const departingTargets = ({ departs }: ComparisonRow): string =>
  departs.map(({ target }) => `target ${target + 1}`).join(', ');

/** Rows come in the order of the first target that has them. */
export function compareTargets({ targets }: Pick<ContractReport, 'targets'>): Comparison {
  const byTarget = targets.map(({ results }) => new Map(results.map((result) => [nameOf(result), result])));
  const names = new Set(byTarget.flatMap((results) => [...results.keys()]));
  const rows = [...names].map((name): ComparisonRow => {
    const results = byTarget.map((own) => own.get(name));
    return {
      name,
      description: results.find((result) => result !== undefined)?.description ?? '',
      outcomes: results.map((result) => result?.outcome),
      departs: departures(results),
    };
  });
  return {
    targets: targets.map(({ target }) => target),
    rows,
    unequal: rows.filter(({ outcomes, departs }) => new Set(outcomes).size > 1 || departs.length > 0),
    differences: rows.filter(({ departs }) => departs.length > 0),
  };
}
