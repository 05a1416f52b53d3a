/** The results of a run, which the reporters turn into text. */
import type { Api, Level, Participant } from './api.ts';
import type { Departure } from './contract-error.ts';
import type { Need } from './needs.ts';

export type Outcome = 'passed' | 'failed' | 'skipped' | 'incomplete';

/** Why a scenario failed; `requirement` is its text. */
export interface Failure extends Departure {
  requirement: string;
}

/** One departure of the target, however many answers show it. */
export interface Finding {
  /** Of a rule for every answer (answer-rules.ts), or of the first scenario that failed. */
  id: string;
  requirement: string;
  level: Level;
  says: string;
  /** How many answers (for a rule) or scenario results (for a scenario) were checked. */
  answers: number;
  /** How many of these departed. */
  departed: number;
  /** The first departure. */
  example: Departure;
  /** Names of the scenarios in which it shows, `scenario-id@api`. */
  scenarios: string[];
  /** All requirements that it departs from. */
  requirements: string[];
  /** Present when the baseline of expected failures names it. */
  expected?: true;
  /** The target's URL, present in the report of several targets. */
  target?: string;
}

/** How many answers a rule was checked in, and how many departed from it. */
export interface RuleTally {
  id: string;
  answers: number;
  departed: number;
  /** The first departure. */
  example?: Departure;
  /** Present when answers depart and the baseline of expected failures names the rule. */
  expected?: true;
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
  /** What the user could give the suite so that it is judged. */
  needs?: Need;
  failure?: Failure;
  durationMs: number;
}

/** `refresh/opted-out-identity@v2`, as in a baseline. */
export const nameOf = ({ scenario, api }: Pick<Result, 'scenario' | 'api'>): string => `${scenario}@${api}`;

/** A requirement that no scenario judged, because the suite was not given what it needs. */
export interface NotLookedAt {
  requirement: string;
  reason: string;
  /** What to give the suite, and how. */
  how: string;
}

export interface TargetReport {
  target: string;
  profile?: string;
  /** What the look before the run found, in sentences; the last is why the run ended there, if it did. */
  head: string[];
  /** Requests that were sent again, because a kept-alive connection was closed during sending. */
  resent: number;
  results: Result[];
  notLookedAt: NotLookedAt[];
  findings: Finding[];
  /** The rules that were checked. */
  answerRules: RuleTally[];
}

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
  incomplete: number;
  /** Entries of the baseline that did not fail. */
  stale: number;
}

/** 0 conformant; 1 a finding of level MUST or a stale entry of the baseline; 2 nothing ran or misuse; 3 incomplete. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface ContractReport {
  /** ISO 8601. */
  startedAt: string;
  /** Name of the tool that ran the suite. */
  tool: string;
  targets: TargetReport[];
  /** Those of all targets. */
  findings: Finding[];
  totals: Totals;
  exitCode: ExitCode;
  /** Baseline entries (`scenario-id`, `scenario-id@api` or the id of a rule for every answer) that did not fail. */
  staleEntries: string[];
}
