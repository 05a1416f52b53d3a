/** `uid2-mock verify`: the contract suite against any operator, or against a mock started for the run. */

import { Command } from 'commander';
import {
  isContractError,
  runContract,
  selectScenarios,
  type ContractOptions,
  type ContractReport,
  type Result,
  type Scenario,
  type TargetOptions,
} from '../contract-tests/index.ts';
import { consoleReport, progressLine, reporters } from '../contract-tests/reporters/index.ts';
import { startMockOperator, type MockOperator } from '../mock-server/index.ts';
import { ConfigurationError } from '../mock-server/options.ts';
import { explain } from './explain.ts';
import { acceptFailures, updateBaseline, writeText } from './baseline.ts';
import type { Io } from './io.ts';
import { withoutSecrets } from './known-secrets.ts';
import { listScenarios } from './scenario-list.ts';
import { planOf, type VerifyFlags, type VerifyPlan } from './verify-options.ts';

/** A wrong option of the suite as an error that names the flag. */
const asConfigurationError = (error: unknown): unknown =>
  isContractError(error, 'usage') && error.misuse
    ? new ConfigurationError(`--${error.misuse.option}: ${error.misuse.reason}`)
    : error;

function checkFilters({ filter = [] }: VerifyPlan): void {
  for (const pattern of filter) {
    try {
      selectScenarios({ filter: [pattern], as: 'all', targets: [] });
    } catch {
      throw new ConfigurationError(
        `--filter: expected the id of a scenario or a glob that fits one, see --list; got ${pattern}`,
      );
    }
  }
}

function select(plan: VerifyPlan): Scenario[] {
  checkFilters(plan);
  try {
    return selectScenarios({ ...plan, as: participantsOf(plan) ?? ['publisher'], targets: [] });
  } catch (error) {
    if (!isContractError(error, 'usage')) throw error;
    throw new ConfigurationError(
      '--filter, --as and --api: expected them to leave at least one scenario, see --list; got none',
    );
  }
}

/** All participants where credentials for every role are known: from a world, or from a mock started for the run. */
function participantsOf({ as, targets, list }: VerifyPlan): ContractOptions['as'] {
  if (as !== undefined) return as;
  return list || targets.every(({ url, world }) => url === undefined || world !== undefined)
    ? 'all'
    : undefined;
}

/** The targets; mocks among them are started. */
async function openTargets(plan: VerifyPlan, mocks: MockOperator[]): Promise<TargetOptions[]> {
  const opened: TargetOptions[] = [];
  for (const target of plan.targets) {
    const { url, world, profile } = target;
    if (url === undefined) {
      const mock = await startOwnMock({ world, profile });
      mocks.push(mock);
      opened.push({ url: mock.url, world: mock.world, profile: profile ?? 'local' });
    } else {
      opened.push({ ...target, url });
    }
  }
  return opened;
}

async function startOwnMock(options: Parameters<typeof startMockOperator>[0]): Promise<MockOperator> {
  try {
    return await startMockOperator(options);
  } catch (error) {
    throw error instanceof ConfigurationError ? new ConfigurationError(`--${error.message}`) : error;
  }
}

/** Shows the progress in one line, overwritten after each scenario; `clear` removes it. */
function progress(io: Io, plan: VerifyPlan, total: number) {
  const { progressColumns: columns } = io;
  const done: Result[] = [];
  if (columns === undefined || plan.shown.quiet) return { onResult: () => undefined, clear: () => undefined };
  const erase = '\r\u001b[K';
  return {
    onResult: (_target: string, result: Result): void => {
      done.push(result);
      io.error(`${erase}${progressLine(done, total, columns)}`);
    },
    clear: () => {
      io.error(erase);
    },
  };
}

/** Rewrites the baseline for `--update-baseline`, unless the run is incomplete. */
function settle(report: ContractReport, plan: VerifyPlan, io: Io): ContractReport {
  const { baseline } = plan;
  if (!plan.updateBaseline || baseline === undefined) return report;
  if (report.totals.incomplete > 0 || report.exitCode === 2) {
    io.error(`uid2-mock: ${baseline.file} is left as it was: the run is incomplete\n`);
    return report;
  }
  writeText('--expected-failures', baseline.file, updateBaseline(baseline, report));
  return acceptFailures(report);
}

const isKnown = ({ world, credentials, clientSideKeypairs }: VerifyPlan['targets'][number]): boolean =>
  world !== undefined || credentials.length + clientSideKeypairs.length > 0;

function requireCredentials({ targets }: VerifyPlan): void {
  if (targets.every((target) => target.url === undefined || isKnown(target))) return;
  const places = 'UID2_API_KEY and UID2_CLIENT_SECRET, --credentials FILE or --world FILE';
  throw new ConfigurationError(`--target: expected its credentials in ${places}; got none`);
}

async function run(plan: VerifyPlan, io: Io, mocks: MockOperator[]): Promise<number> {
  const chosen = select(plan);
  requireCredentials(plan);
  const targets = await openTargets(plan, mocks);
  const jobs = chosen.reduce((sum, { apis }) => sum + apis.length, 0);
  const { onResult, clear } = progress(io, plan, jobs * targets.length);
  const expectedFailures = plan.baseline?.entries;
  let report: ContractReport;
  try {
    const { api, filter, limits } = plan;
    const options = { targets, as: participantsOf(plan), api, filter, ...limits, expectedFailures, onResult };
    report = await runContract(options);
  } catch (error) {
    throw asConfigurationError(error);
  } finally {
    clear();
  }
  report = settle(report, plan, io);
  const clean = withoutSecrets(targets);
  for (const { kind, file } of plan.reports) writeText('--report', file, clean(reporters[kind](report)));
  io.out(`${clean(consoleReport(report, { colour: io.colour, ...plan.shown }))}\n`);
  return report.exitCode;
}

async function verify(flags: VerifyFlags, io: Io): Promise<void> {
  if (flags.explain !== undefined) {
    io.out(explain(flags.explain));
    return;
  }
  const plan = planOf(flags, io.environment);
  if (plan.list) {
    io.out(listScenarios(select(plan)));
    return;
  }
  const mocks: MockOperator[] = [];
  try {
    io.exitCode = await run(plan, io, mocks);
  } finally {
    for (const mock of mocks) await mock.close();
  }
}

const several = (value: string, before: readonly string[] = []): string[] => [...before, value];

const EXIT_CODES = `
Credentials of a target, from the first of these that is given:
  --credentials FILE    JSON as uid2-mock start --json prints it: credentials (key; optional: secret, name, site_id,
                        roles) and client_side_keypairs (subscription_id, public_key; optional: site_id,
                        domain_names, app_names, origin)
  the environment       UID2_API_KEY, UID2_CLIENT_SECRET; UID2_SUBSCRIPTION_ID, UID2_PUBLIC_KEY, UID2_ORIGIN
Clients and key pairs of a --world file are added to these.

Exit codes: 0 conformant; 1 a finding of level MUST, or a stale baseline; 2 wrong usage, or no scenario ran;
3 incomplete: a target cannot be reached or judged, or a scenario lacks something that it needs.`;

/** The command; wrong flags are a ConfigurationError (exit code 2). */
export function verifyCommand(io: Io): Command {
  return new Command('verify')
    .description('run the contract suite against an operator')
    .option(
      '--url, --target <URL>',
      'base URL of an operator; repeat to compare; default: a mock started for the run',
      several,
    )
    .option('--world <FILE>', "the operator's data; once, or once per target", several)
    .option('--credentials <FILE>', 'API keys and key pairs; once, or once per target', several)
    .option(
      '--profile <NAME>',
      'the version to judge it as; default: detected; once, or once per target',
      several,
    )
    .option(
      '--as <WHO>',
      'publisher, advertiser, dsp, sharer, several with commas, or all; default publisher, or all with a file',
    )
    .option('--api <API>', 'v0, v1, v2, v3, several with commas, or all; default: what the target serves')
    .option('--filter <ID|GLOB>', 'only these scenarios; repeatable', several)
    .option('--list', 'print the scenarios instead of running them')
    .option('--explain <ID>', 'describe a requirement, a scenario or a rule for every answer')
    .option('--strict', 'a SHOULD that fails counts as a MUST')
    .option('--expected-failures <FILE>', 'scenario-id, scenario-id@api or rule-id per line which may fail')
    .option('--update-baseline', 'write what fails now into the file of --expected-failures')
    .option('--report <KIND=FILE>', 'also write junit, json, markdown or html; repeatable', several)
    .option('--timeout <SECONDS>', 'for each request; default 10')
    .option('--wait <SECONDS>', 'for a target that is not up yet; default 0')
    .option('--concurrency <N>', 'requests under way at once; default 1')
    .option('--order <SEED>', 'a number that shuffles the scenarios; the same number gives the same order')
    .option('--rps <N>', 'requests per second at most; default no limit')
    .option('--allow-production', 'ask production hosts too')
    .option('--quiet', 'print neither progress nor what was skipped')
    .option('--verbose', 'print every failed scenario, and the names of all skipped ones')
    .addHelpText('after', EXIT_CODES)
    .allowExcessArguments(false)
    .action((flags: VerifyFlags) => verify(flags, io));
}
