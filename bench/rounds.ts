/** Medians of alternating rounds: other load on the machine affects all contenders alike. */

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The median of the ratios of values that were measured one after the other. */
export const ratioOf = (of: readonly number[], to: readonly number[]): number =>
  median(of.map((value, round) => value / (to[round] ?? Number.NaN)));

/**
 * Lets the contenders take turns.
 *
 * @param warming rounds before these, which do not count
 * @returns the median of each, and the median ratio of two of them
 */
export async function medians<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, () => Promise<number>>>,
  warming = 1,
): Promise<Record<Name, number> & { ratio: (of: Name, to: Name) => number }> {
  const names = Object.keys(contenders) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < warming + rounds; round++) {
    for (const name of names) {
      const value = await contenders[name]();
      if (round >= warming) values[name].push(value);
    }
  }
  const found = Object.fromEntries(names.map((name) => [name, median(values[name])])) as Record<Name, number>;
  return { ...found, ratio: (of, to) => ratioOf(values[of], values[to]) };
}
