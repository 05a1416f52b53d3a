/** The results of a run, which the reporters turn into text. */
import type { Api, Level, Participant } from './api.ts';
import type { Departure } from './contract-error.ts';

export type Outcome = 'passed' | 'failed' | 'skipped' | 'incomplete';

/** Why a scenario failed; `requirement` is its text. */
export interface Failure extends Departure {
  requirement: string;
}

/** One departure of the target, in however many answers it shows. */
export interface Finding {
  /** Of a rule for every answer (answer-rules.ts), or of the first scenario that failed. */
  id: string;
  requirement: string;
  level: Level;
  says: string;
  /** In how many answers it was looked for, or in how many scenarios. */
  answers: number;
  departed: number;
  /** The first. */
  example: Departure;
  /** Names of the scenarios in which it shows, `scenario-id@api`. */
  scenarios: string[];
}

/** One scenario, run in one generation of the API against one target. */
export interface Result {
  scenario: string;
  requirement: string;
  requirementText: string;
  level: Level;
  participant: Participant;
  api: Api;
  description: string;
  outcome: Outcome;
  /** True when the scenario failed and the baseline of expected failures names it. */
  expectedFailure: boolean;
  /** Why it was skipped or is incomplete. */
  reason?: string;
  failure?: Failure;
  durationMs: number;
}

export interface TargetReport {
  target: string;
  profile?: string;
  results: Result[];
  findings: Finding[];
}

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
  incomplete: number;
  /** Entries of the baseline whose scenario did not fail. */
  stale: number;
}

/** 0 conformant; 1 a MUST failed or a baseline entry is stale; 2 nothing ran or misuse; 3 incomplete. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface ContractReport {
  /** ISO 8601. */
  startedAt: string;
  /** Name of the tool that ran the suite. */
  tool: string;
  targets: TargetReport[];
  totals: Totals;
  exitCode: ExitCode;
  /** Baseline entries (`scenario-id` or `scenario-id@api`) that did not fail. */
  staleEntries: string[];
}
