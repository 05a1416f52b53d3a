/** Runs scenarios in a shuffled order that a seed determines. */

/** The items in an order that depends on the seed only. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  // The generator mulberry32.
  const rank = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const again = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (again ^ (again >>> 14)) >>> 0;
  };
  return items
    .map((item) => ({ item, rank: rank() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** Runs jobs, `concurrency` at once, in the order of the seed; the results are in the order of the jobs. */
export async function runJobs<Job, Result>(
  jobs: readonly Job[],
  concurrency: number,
  seed: number | undefined,
  run: (job: Job) => Promise<Result>,
): Promise<Result[]> {
  const queue = seed === undefined ? jobs : shuffled(jobs, seed);
  const results = new Array<Result>(jobs.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let job = queue[next++]; job !== undefined; job = queue[next++])
      results[jobs.indexOf(job)] = await run(job);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}
