/** Runs scenarios against targets and reports their results. */
import { participants, type Api, type Participant } from './spec/api.ts';
import { ContractError, isContractError, misuse, type Departure } from './spec/contract-error.ts';
import { requirement } from './spec/requirements.ts';
import type {
  ContractReport,
  ExitCode,
  Failure,
  Finding,
  Outcome,
  Result,
  TargetReport,
  Totals,
} from './spec/results.ts';
import { isProduction } from './target/production.ts';
import { hasRole } from './target/roles.ts';
import type { Target, TargetOptions } from './target/target.ts';
import { allFindings, isExpected, markExpected, staleEntries } from './check/baseline.ts';
import { redact } from './check/departure.ts';
import { findNotLookedAt } from './check/not-looked-at.ts';
import { RunWatch, Watch } from './check/watch.ts';
import { PARTICIPANT_ROLE, ScenarioContext } from './context/context.ts';
import type { RunMemory } from './context/run-memory.ts';
import { factsOrEnd } from './look/facts.ts';
import { lookAt } from './look/look.ts';
import { sentenceOfResent } from './look/sentences.ts';
import { scenarios as allScenarios } from './scenarios/index.ts';
import { runJobs } from './scenarios/shuffle.ts';
import type { ContractScenario } from './scenarios/theme.ts';

export interface ContractOptions {
  targets: readonly TargetOptions[];
  /** Participants whose scenarios run; default publisher, or `all` when every target has a world. */
  as?: readonly Participant[] | 'all' | undefined;
  /** Generations of the API; default: those that each target serves. */
  api?: readonly Api[] | 'all' | undefined;
  /** Scenario ids; `*` stands for any characters. */
  filter?: readonly string[] | undefined;
  /** A failed SHOULD fails the run, as a failed MUST does. */
  strict?: boolean | undefined;
  /** Known to fail: `scenario-id`, `scenario-id@api` or the id of a rule for every answer. */
  expectedFailures?: readonly string[] | undefined;
  timeoutMs?: number | undefined;
  /** How long to wait for a target that cannot be reached yet. */
  waitMs?: number | undefined;
  /** Scenarios and requests at the same time; default 1. */
  concurrency?: number | undefined;
  /** Shuffles the scenarios: a seed, which gives the same order again. Default: in the order of their list. */
  order?: number | undefined;
  /** Requests per second; default no limit. */
  rps?: number | undefined;
  onResult?: ((target: string, result: Result) => void) | undefined;
  /** Must be set for the production hosts. */
  allowProduction?: boolean | undefined;
}

const TOOL = 'uid2-mock-operator';

/**
 * Runs the suite. Exit code of the report: 0 conformant; 1 a finding of level MUST or a stale entry of the baseline;
 * 2 nothing ran; 3 incomplete.
 * @throws ContractError `usage` for options that make no sense, a world that cannot be read, a production host.
 */
export async function runContract(options: ContractOptions): Promise<ContractReport> {
  const startedAt = new Date().toISOString();
  const chosen = selectScenarios(options);
  checkTargets(options);
  const targets: TargetReport[] = [];
  for (const target of options.targets) targets.push(await runTarget(target, chosen, options));
  const results = targets.flatMap((target) => target.results);
  const isSeveral = targets.length > 1;
  const findings = targets.flatMap(({ target, findings: own }) =>
    own.map((finding) => (isSeveral ? { ...finding, target } : finding)),
  );
  const known = new Set(allScenarios.map(({ id }) => id));
  const stale = staleEntries(options.expectedFailures ?? [], known, targets);
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const totals: Totals = {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    incomplete: count('incomplete'),
    stale: stale.length,
  };
  return {
    startedAt,
    tool: TOOL,
    targets,
    findings,
    totals,
    exitCode: exitCode(findings, totals, options.strict === true),
    staleEntries: stale,
  };
}

/** The scenarios that the options ask for, each with the generations to run it in. */
export function selectScenarios(
  options: Pick<ContractOptions, 'as' | 'api' | 'filter' | 'targets'>,
): ContractScenario[] {
  const withWorlds =
    options.targets.length > 0 && options.targets.every((target) => target.world !== undefined);
  const as = options.as ?? (withWorlds ? 'all' : ['publisher']);
  const { api = 'all', filter } = options;
  const patterns = filter?.map(globToPattern);
  const chosen = allScenarios
    .filter((scenario) => (as === 'all' ? participants : as).includes(scenario.participant))
    .filter((scenario) => !patterns || patterns.some((pattern) => pattern.test(scenario.id)))
    .map((scenario) => ({
      ...scenario,
      apis: scenario.apis.filter((one) => api === 'all' || api.includes(one)),
    }))
    .filter((scenario) => scenario.apis.length > 0);
  if (chosen.length === 0) throw new ContractError('usage', '--filter, --as and --api leave no scenario');
  return chosen;
}

const globToPattern = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

function checkTargets(options: ContractOptions): void {
  if (options.targets.length === 0) throw misuse('target', 'expected at least one; got none');
  for (const { url } of options.targets) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw misuse('target', `expected an http or https URL; got ${url}`);
    }
    if (isProduction(url) && options.allowProduction !== true) {
      throw misuse('target', `${url} is a production host; it needs --allow-production`);
    }
  }
}

async function runTarget(
  options: TargetOptions,
  chosen: readonly ContractScenario[],
  all: ContractOptions,
): Promise<TargetReport> {
  const concurrency = Math.max(all.concurrency ?? 1, 1);
  const client = { timeoutMs: all.timeoutMs ?? 10_000, concurrency, rps: all.rps ?? 0 };
  const watch = new RunWatch();
  const as = [...new Set(chosen.map(({ participant }) => participant))];
  const look = await lookAt(options, watch, { client, waitMs: all.waitMs ?? 0, as });
  const { http, head, target } = look;
  const facts = target && look.end === undefined ? await factsOrEnd(target, watch, look.sealed) : undefined;
  const end = typeof facts === 'string' ? facts : look.end;
  if (typeof facts === 'string') head.push(facts);
  const keep = (result: Result): Result => {
    all.onResult?.(options.url, result);
    return result;
  };
  const jobs = chosen.flatMap((scenario) => scenario.apis.map((api): Job => ({ scenario, api })));
  let results: Result[];
  if (target && typeof facts === 'object') {
    const memory: RunMemory = { facts, once: new Map() };
    const { isNeeded, says } = facts.personCheck;
    if (isNeeded && as.includes('publisher')) head.push(says);
    const run = async ({ scenario, api }: Job): Promise<Result> =>
      keep(await runScenario(scenario, contextOf(scenario, api, target, memory, watch), all));
    results = await runJobs(jobs, concurrency, all.order, run);
  } else {
    results = jobs.map(({ scenario, api }) => keep(resultOf(scenario, api, 'incomplete', end, 0)));
  }
  http.close();
  const { resent } = http;
  const judged = markUnmetFilters(results, all.filter);
  return {
    target: options.url,
    ...(target ? { profile: target.profile } : {}),
    head: resent > 0 ? [...head, sentenceOfResent(resent)] : head,
    resent,
    results: judged,
    notLookedAt: findNotLookedAt(judged),
    // What is no operator, or went away before it was judged, has no findings.
    findings:
      target && typeof facts !== 'string'
        ? allFindings(watch.findings(), judged, all.expectedFailures ?? [])
        : [],
    answerRules: markExpected(watch.tallies(), all.expectedFailures ?? []),
  };
}

/** A scenario in one generation. */
interface Job {
  scenario: ContractScenario;
  api: Api;
}

const resultOf = (
  scenario: ContractScenario,
  api: Api,
  outcome: Outcome,
  reason: string | undefined,
  durationMs: number,
): Result => ({
  scenario: scenario.id,
  requirement: scenario.requirement,
  requirementText: requirement(scenario.requirement).text,
  level: scenario.level,
  participant: scenario.participant,
  api,
  description: scenario.description,
  outcome,
  expectedFailure: false,
  ...(reason === undefined ? {} : { reason }),
  durationMs,
});

const contextOf = (
  { id, participant }: ContractScenario,
  api: Api,
  target: Target,
  memory: RunMemory,
  watch: RunWatch,
): ScenarioContext => new ScenarioContext(target, api, participant, memory, new Watch(watch, `${id}@${api}`));

async function runScenario(
  scenario: ContractScenario,
  context: ScenarioContext,
  options: ContractOptions,
): Promise<Result> {
  const { target, api } = context;
  const started = performance.now();
  const end = (outcome: Outcome, reason?: string): Result =>
    resultOf(scenario, api, outcome, reason, Math.round((performance.now() - started) * 10) / 10);
  if (!target.served[api]) return end('skipped', `the target does not serve ${api}`);
  const missing = missingCredential(scenario, target, options);
  if (missing)
    return { ...end(missing.outcome, missing.reason), needs: PARTICIPANT_ROLE[scenario.participant] };
  try {
    await scenario.run(context);
    return end('passed');
  } catch (error) {
    if (isContractError(error, 'not_applicable', 'spoiled'))
      return { ...end('skipped', error.message), ...(error.needs ? { needs: error.needs } : {}) };
    if (isContractError(error, 'incomplete', 'unreachable')) return end('incomplete', error.message);
    const failure: Failure = { requirement: requirement(scenario.requirement).text, ...departureOf(error) };
    const expectedFailure = isExpected(options.expectedFailures ?? [], scenario.id, api);
    return { ...end('failed'), failure, expectedFailure };
  }
}

function departureOf(error: unknown): Departure {
  if (error instanceof ContractError && error.departure) return error.departure;
  const got = redact(error instanceof Error ? error.message : String(error));
  return {
    sent: 'see the scenario',
    expected: 'an answer that can be read',
    got,
    likelyCause: 'the connection or the form of the answer',
  };
}

/**
 * Without a key that has the participant's role, the scenario cannot judge the operator. Client-side generation needs
 * a key pair only.
 */
function missingCredential(
  { id, participant }: ContractScenario,
  target: Target,
  options: ContractOptions,
): { outcome: Outcome; reason: string } | undefined {
  const role = PARTICIPANT_ROLE[participant];
  if (id.startsWith('client-generate/') && target.keypairs.length > 0) return undefined;
  if (target.callers.some((caller) => !caller.disabled && hasRole(caller, role))) return undefined;
  const reason = `no credential with the role ${role} (${participant}) was given, or it is refused`;
  const asked = Array.isArray(options.as) || options.as === undefined;
  return { outcome: asked && target.callers.length > 0 ? 'incomplete' : 'skipped', reason };
}

/** A scenario that --filter names and that ran in no generation makes the run incomplete. */
function markUnmetFilters(results: readonly Result[], filter: readonly string[] | undefined): Result[] {
  if (!filter) return [...results];
  const ran = (pattern: RegExp): boolean =>
    results.some((result) => pattern.test(result.scenario) && result.outcome !== 'skipped');
  const unmet = filter.map(globToPattern).filter((pattern) => !ran(pattern));
  return results.map((result) =>
    result.outcome === 'skipped' && unmet.some((pattern) => pattern.test(result.scenario))
      ? { ...result, outcome: 'incomplete' }
      : result,
  );
}

function exitCode(findings: readonly Finding[], totals: Totals, isStrict: boolean): ExitCode {
  const isBroken = findings.some(({ level, expected }) => !expected && (isStrict || level === 'MUST'));
  if (isBroken || totals.stale > 0) return 1;
  if (totals.incomplete > 0) return 3;
  return totals.passed + totals.failed === 0 ? 2 : 0;
}
