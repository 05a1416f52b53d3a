/**
 * The share of a long check that is run: all of it by `npm run endurance`, otherwise a twentieth. Another share can be
 * set: `UID2_MOCK_TEST_SCALE=0.5 npx vitest run --project unit mock-server/hostile.test.ts`.
 */

const IN_CI = 0.05;

const scale = Number(process.env['UID2_MOCK_TEST_SCALE'] ?? IN_CI);
if (!(scale > 0)) {
  throw new RangeError(
    `UID2_MOCK_TEST_SCALE: expected a number above 0; got ${process.env['UID2_MOCK_TEST_SCALE']}`,
  );
}

/** Whether the whole of a long check is run, on a machine that has nothing else to do. */
export const isInFull = scale >= 1;

/** The number of repetitions of a check that is `full` when run in full, at least 1. */
export const scaled = (full: number): number => Math.max(1, Math.round(full * scale));

/** Some of a list, evenly spread: all of it when run in full, else at least the share that `scaled` says. */
export function sampled<T>(all: readonly T[], least = 1): T[] {
  const count = Math.min(all.length, Math.max(least, scaled(all.length)));
  return all.filter(
    (_, index) => Math.floor((index * count) / all.length) !== Math.floor(((index - 1) * count) / all.length),
  );
}

/** A number for the name of a test: 20,000. */
export const inWords = (count: number): string => count.toLocaleString('en-US');
