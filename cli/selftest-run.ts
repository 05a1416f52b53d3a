/** Runs the contract suite against mutants of the mock, for `uid2-mock selftest`. */

import {
  type ContractReport,
  type Finding,
  answerRules,
  runContract,
  scenarios,
} from '../contract-tests/index.ts';
import { startMockOperator } from '../mock-server/index.ts';
import { serve } from '../mock-server/serve.ts';
import { type Mutant, type Stage, composeMutant, stageWorld } from '../mutants/index.ts';

/**
 * `killed`: a check of the mutant's own requirement (a scenario or a rule for every answer) fails; `elsewhere`: only
 * checks of other requirements fail; `survived`: no check fails; `equivalent`: none fails, and the mutant says why none
 * can.
 */
export type Fate = 'killed' | 'elsewhere' | 'survived' | 'equivalent';

export interface Verdict {
  readonly mutant: Mutant;
  readonly fate: Fate;
  /** requirements of the killers */
  readonly noticedBy: readonly string[];
  /** the scenarios that failed, and the rules that answers departed from */
  readonly killers: readonly string[];
  /** how many findings the run reported */
  readonly findings: number;
}

/** What the suite finds wrong with the mock without a mutant. */
export interface FalseAlarm {
  readonly stage: string;
  readonly finding: Finding;
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

/** The report of the scenarios in `filter`, or of all, against a mock on a stage. */
async function runOn(stage: Stage, mutant?: string, filter?: readonly string[]): Promise<ContractReport> {
  const world = stageWorld(stage, Date.now());
  const { profile = 'local' } = stage;
  const options = { world, profile };
  const operator =
    mutant === undefined
      ? await startMockOperator(options)
      : await serve(await composeMutant(mutant, options));
  try {
    return await runContract({
      targets: [{ url: operator.url, world, profile }],
      as: 'all',
      concurrency: CONCURRENCY,
      timeoutMs: TIMEOUT_MS,
      filter,
    });
  } finally {
    await operator.close();
  }
}

interface Killer {
  readonly name: string;
  readonly requirement: string;
}

/** The scenarios that failed, and the rules that answers departed from. */
function killersIn({ targets }: ContractReport): Killer[] {
  const failed = targets.flatMap(({ results }) => results).filter(({ outcome }) => outcome === 'failed');
  const broken = targets.flatMap((target) => target.answerRules).filter(({ departed }) => departed > 0);
  const rules = answerRules.filter(({ id }) => broken.some((rule) => rule.id === id));
  return [
    ...rules.map(({ id, requirement }) => ({ name: id, requirement })),
    ...failed.map(({ scenario, api, requirement }) => ({ name: `${scenario}@${api}`, requirement })),
  ];
}

async function judge(mutant: Mutant, everything: boolean): Promise<Verdict> {
  const { on = {}, id, requirement } = mutant;
  const own = scenarios
    .filter((scenario) => scenario.requirement === requirement)
    .map((scenario) => scenario.id);
  const isOwn = (killer: Killer): boolean => killer.requirement === requirement;
  let report = own.length > 0 && !everything ? await runOn(on, id, own) : undefined;
  if (!report || !killersIn(report).some(isOwn)) report = await runOn(on, id);
  const killers = killersIn(report);
  const fate = killers.some(isOwn) ? 'killed' : killers.length > 0 ? 'elsewhere' : 'survived';
  const forgiven = mutant.equivalent !== undefined && fate === 'survived';
  return {
    mutant,
    fate: forgiven ? 'equivalent' : fate,
    noticedBy: [...new Set(killers.map((killer) => killer.requirement))],
    killers: [...new Set(killers.map(({ name }) => name))],
    findings: report.findings.length,
  };
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

/** The findings without a mutant, on every stage that these mutants use. */
export async function falseAlarms(mutants: readonly Mutant[]): Promise<FalseAlarm[]> {
  const stages = new Map(mutants.map(({ on = {} }) => [stageName(on), on]));
  const alarms: FalseAlarm[] = [];
  for (const [stage, on] of stages) {
    const { findings } = await runOn(on);
    alarms.push(...findings.map((finding) => ({ stage, finding })));
  }
  return alarms;
}
