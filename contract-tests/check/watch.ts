/** Checks every answer of a run against the rules for every answer (answer-rules.ts). A departure does not fail the scenario. */
import { answerRules, type AnswerRuleId } from '../spec/answer-rules.ts';
import { ContractError, isContractError, type Departure } from '../spec/contract-error.ts';
import { requirement } from '../spec/requirements.ts';
import type { Finding, RuleTally } from '../spec/results.ts';
import { departureFrom, show, type Check } from './departure.ts';

/** The operator's clock may drift by this many milliseconds in a run, besides the time that answers take. */
const DRIFT_TOLERANCE = 10_000;
/** Milliseconds by which the two clocks may differ: an operator accepts envelopes that are up to two minutes off. */
export const CLOCK_TOLERANCE = 130_000;

interface Tally {
  answers: number;
  departed: number;
  example: Departure | undefined;
  scenarios: Set<string>;
}

interface Seen {
  check: Check;
  scenario: string;
}

interface SeenValue extends Seen {
  what: string;
  value: string;
}

interface ClockReading extends Seen {
  /** Milliseconds by which the operator's clock is ahead of ours. */
  ahead: number;
  /** Milliseconds that the answer took. */
  took: number;
}

/** The upper median; undefined without values. */
export const medianOf = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The most frequent value; among equals the first. */
export function mostCommon<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** `20 ms behind ours` for -20. */
const describeOffset = (ahead: number): string =>
  `${String(Math.abs(Math.round(ahead)))} ms ${ahead < 0 ? 'behind' : 'ahead of'} ours`;

/** The watch as a scenario sees it. */
export class Watch {
  readonly #run: RunWatch;
  readonly #scenario: string;

  constructor(run: RunWatch, scenario: string) {
    this.#run = run;
    this.#scenario = scenario;
  }

  /** Whether an answer keeps the rule: a departure that `check` throws is recorded, and the scenario goes on. */
  look(rule: AnswerRuleId, check: () => void): boolean {
    return this.#run.look(rule, this.#scenario, check);
  }

  /**
   * Like `look`, for a value that the rest of the scenario needs.
   * @throws ContractError `spoiled` when the answer departs: the scenario is skipped.
   */
  require<T>(rule: AnswerRuleId, read: () => T): T {
    let found: T | undefined;
    const isGood = this.look(rule, () => {
      found = read();
    });
    if (!isGood) throw new ContractError('spoiled', `not judged because of the finding ${rule}`);
    return found as T;
  }

  /** `value` (hex or text) must be random: not one byte repeated, and new in this run. */
  fresh(rule: AnswerRuleId, check: Check, what: string, value: string): void {
    this.look(rule, () => {
      const why = { ...check, cause: 'a value that has to be random is repeated' };
      if (/^(..)\1+$/.test(value)) throw departureFrom(why, `a random ${what}`, 'the same byte repeated');
      if (this.#run.random.has(value)) throw departureFrom(why, `a new ${what}`, 'one that was used before');
    });
    this.#run.random.add(value);
  }

  /**
   * `value` must be the same in the whole run for the same `of`. The run is judged at its end, by the most frequent
   * value. `what` names the value in the report.
   */
  constant(rule: AnswerRuleId, check: Check, what: string, of: string, value: string): void {
    this.#run.constant(rule, of, { check, scenario: this.#scenario, what, value });
  }

  /** Records a time of the operator's clock: `ahead` ms ahead of ours, in an answer that took `took` ms. */
  clock(check: Check, ahead: number, took: number): void {
    this.#run.clocks.push({ check, scenario: this.#scenario, ahead, took });
  }
}

/** What a run has noticed so far. */
export class RunWatch {
  readonly random = new Set<string>();
  readonly clocks: ClockReading[] = [];
  readonly #tallies = new Map<AnswerRuleId, Tally>();
  readonly #constants = new Map<string, { rule: AnswerRuleId; seen: SeenValue[] }>();

  look(rule: AnswerRuleId, scenario: string, check: () => void): boolean {
    try {
      check();
      this.#tally(rule, scenario);
      return true;
    } catch (error) {
      if (!isContractError(error, 'departure') || error.departure === undefined) throw error;
      this.#tally(rule, scenario, error.departure);
      return false;
    }
  }

  constant(rule: AnswerRuleId, of: string, value: SeenValue): void {
    const name = `${rule} ${of}`;
    const known = this.#constants.get(name) ?? { rule, seen: [] };
    this.#constants.set(name, known);
    known.seen.push(value);
  }

  /** Milliseconds by which the operator's clock is ahead of ours: the median of all answers so far. */
  get clockAhead(): number | undefined {
    return medianOf(this.clocks.map(({ ahead }) => ahead));
  }

  /** One finding for each rule that an answer departs from. */
  findings(): Finding[] {
    this.#judgeConstants();
    this.#judgeClocks();
    return [...this.#tallies].flatMap(([rule, { answers, departed, example, scenarios }]): Finding[] => {
      if (example === undefined) return [];
      const { says, requirement: of } = answerRules[rule];
      const { level } = requirement(of);
      return [
        {
          id: rule,
          requirement: of,
          level,
          says,
          answers,
          departed,
          example,
          scenarios: [...scenarios],
          requirements: [of],
        },
      ];
    });
  }

  /** Call it after `findings`, which judges constants and clocks. */
  tallies(): RuleTally[] {
    return [...this.#tallies].map(([id, { answers, departed, example }]) => ({
      id,
      answers,
      departed,
      ...(example === undefined ? {} : { example }),
    }));
  }

  #tally(rule: AnswerRuleId, scenario: string, departure?: Departure): void {
    const tally = this.#tallies.get(rule) ?? {
      answers: 0,
      departed: 0,
      example: undefined,
      scenarios: new Set(),
    };
    this.#tallies.set(rule, tally);
    tally.answers++;
    if (departure === undefined) return;
    tally.departed++;
    tally.example ??= departure;
    tally.scenarios.add(scenario);
  }

  /** The value that most answers have is the right one. */
  #judgeConstants(): void {
    for (const { rule, seen } of this.#constants.values()) {
      const right = mostCommon(seen.map(({ value }) => value));
      for (const { check, scenario, what, value } of seen) {
        this.look(rule, scenario, () => {
          if (value !== right)
            throw departureFrom(check, `${what}, as in most answers: ${show(right)}`, show(value));
        });
      }
    }
    this.#constants.clear();
  }

  #judgeClocks(): void {
    const median = this.clockAhead ?? 0;
    for (const { check, scenario, ahead, took } of this.clocks) {
      this.look('answers/clock', scenario, () => {
        const isNear = Math.abs(ahead) < CLOCK_TOLERANCE + took;
        if (isNear && Math.abs(ahead - median) - took < DRIFT_TOLERANCE) return;
        const why = { ...check, cause: "the operator's clock, or the unit of the time" };
        const got = `a time ${describeOffset(ahead)}`;
        const usual = `${describeOffset(median)} in most answers`;
        throw departureFrom(why, `the operator's time in milliseconds, ${usual}`, got);
      });
    }
    this.clocks.length = 0;
  }
}
