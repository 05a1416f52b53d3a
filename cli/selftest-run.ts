/** Runs the contract suite against mutants of the mock, for `uid2-mock selftest`. */

import { type Result, runContract, scenarios } from '../contract-tests/index.ts';
import { startMockOperator } from '../mock-server/index.ts';
import { listen } from '../mock-server/listen.ts';
import { type Mutant, type Stage, composeMutant, stageWorld } from '../mutants/index.ts';

/**
 * `killed`: a scenario of its own requirement fails; `elsewhere`: only scenarios of other requirements fail;
 * `survived`: none fails; `equivalent`: none fails, and the mutant says why none can.
 */
export type Fate = 'killed' | 'elsewhere' | 'survived' | 'equivalent';

export interface Verdict {
  readonly mutant: Mutant;
  readonly fate: Fate;
  /** requirements of the scenarios that were run and failed */
  readonly noticedBy: readonly string[];
  /** those scenarios */
  readonly killers: readonly string[];
}

/** A scenario that fails against the mock without a mutant. */
export interface FalseAlarm {
  readonly stage: string;
  readonly result: Result;
}

/** Mutants judged at the same time. */
const AT_ONCE = 4;
/** Requests that one run has open at the same time. */
const CONCURRENCY = 4;
/** Long enough for a busy machine. */
const TIMEOUT_MS = 15_000;

export const stageName = ({
  profile = 'local',
  scope = 'uid2',
}: { profile?: string; scope?: string } = {}): string => (scope === 'uid2' ? profile : `${profile} ${scope}`);

/** Results of the scenarios in `filter`, or of all, against a mock on a stage. */
async function runOn(stage: Stage, mutant?: string, filter?: readonly string[]): Promise<readonly Result[]> {
  const world = stageWorld(stage, Date.now());
  const { profile = 'local' } = stage;
  const options = { world, profile };
  const operator =
    mutant === undefined
      ? await startMockOperator(options)
      : await listen(await composeMutant(mutant, options));
  try {
    const report = await runContract({
      targets: [{ url: operator.url, world, profile }],
      as: 'all',
      concurrency: CONCURRENCY,
      timeoutMs: TIMEOUT_MS,
      filter,
    });
    return report.targets.flatMap(({ results }) => results);
  } finally {
    await operator.close();
  }
}

const failures = (results: readonly Result[]): Result[] =>
  results.filter(({ outcome }) => outcome === 'failed');

async function judge(mutant: Mutant, everything: boolean): Promise<Verdict> {
  const { on = {}, id, requirement } = mutant;
  const own = scenarios
    .filter((scenario) => scenario.requirement === requirement)
    .map((scenario) => scenario.id);
  const isOwn = (result: Result): boolean => result.requirement === requirement;
  let failed = own.length > 0 && !everything ? failures(await runOn(on, id, own)) : [];
  if (!failed.some(isOwn)) failed = failures(await runOn(on, id));
  const noticedBy = [...new Set(failed.map((result) => result.requirement))];
  const killers = [...new Set(failed.map(({ scenario, api }) => `${scenario}@${api}`))];
  const fate = failed.some(isOwn) ? 'killed' : failed.length > 0 ? 'elsewhere' : 'survived';
  const forgiven = mutant.equivalent !== undefined && fate === 'survived';
  return { mutant, fate: forgiven ? 'equivalent' : fate, noticedBy, killers };
}

/**
 * Judges mutants, several at the same time.
 *
 * @param everything whether to run all scenarios against each mutant, not only those that decide its verdict
 * @param onVerdict called with each verdict
 */
export async function judgeMutants(
  mutants: readonly Mutant[],
  everything: boolean,
  onVerdict: (verdict: Verdict) => void = () => undefined,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(mutants.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < mutants.length; i = next++) {
      const mutant = mutants[i];
      if (mutant === undefined) return;
      const verdict = await judge(mutant, everything);
      verdicts[i] = verdict;
      onVerdict(verdict);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return verdicts;
}

/** The scenarios that fail without a mutant, on every stage that these mutants use. */
export async function falseAlarms(mutants: readonly Mutant[]): Promise<FalseAlarm[]> {
  const stages = new Map(mutants.map(({ on = {} }) => [stageName(on), on]));
  const alarms: FalseAlarm[] = [];
  for (const [stage, on] of stages) {
    for (const result of failures(await runOn(on))) alarms.push({ stage, result });
  }
  return alarms;
}
