/** Makes of what passed an exchange with its cause, for the journal, the log and a file. */

import { type Exchange, type Passage, explain, newExchange } from '../operator/exchange.ts';
import type { Journals } from '../operator/journal/journals.ts';
import { logLine } from '../operator/log-line.ts';
import { realTimers } from '../operator/real-timers.ts';
import { fromUtf8 } from '../core/text.ts';
import type { Log } from '../options.ts';
import { type Clocks, certainMs, clocksOf } from './clocks.ts';
import { Counterparts, type Translated } from './counterparts.ts';
import { departuresOf } from './departures.ts';
import { type Testimony, type Told, explainPassed } from './explaining.ts';
import type { Passed } from './passed.ts';
import { isClientSide, payloadOf, readPassed } from './reading.ts';
import { ResponseKeys } from './response-keys.ts';
import type { Witness } from './witness.ts';

interface ObserverOptions {
  /** base URL of the target */
  readonly target: string;
  readonly witness: Witness;
  readonly journals: Journals;
  readonly compares: boolean;
  /** whether the mock has the opt-outs of the target */
  readonly knowsOptOuts: boolean;
  readonly log: Log;
  /** called with every exchange when it is in the journal */
  readonly recorded: () => void;
}

/** Beyond so many exchanges that wait, the mock is not asked. */
const MOST_WAITING = 1000;

/** A certain distance of clocks, for a log line. */
function clockNote(whose: string, ms: number): string[] {
  if (ms === 0) return [];
  return [`the clock of the ${whose} is ${Math.abs(Math.round(ms / 1000))} s ${ms > 0 ? 'ahead' : 'behind'}`];
}

/** Whether an answer says of anybody that they have opted out. */
const namesOptOut = (answer: unknown): boolean => JSON.stringify(answer)?.includes('"optout"') ?? false;

export class Observer {
  readonly #options: ObserverOptions;
  readonly #keys = new ResponseKeys();
  readonly #ownKeys = new ResponseKeys();
  readonly #counterparts = new Counterparts();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  /** Takes an exchange that is over. They are recorded in this order. */
  observe(passed: Passed): void {
    this.#waiting += 1;
    const isAsked = this.#waiting <= MOST_WAITING;
    this.#last = this.#last
      .then(() => this.#record(passed, isAsked))
      .catch((error: unknown) => {
        this.#options.log('error', `journal: expected no failure; got ${String(error)}`);
      })
      .then(() => {
        this.#waiting -= 1;
      });
  }

  /** Resolves when every exchange that is over is recorded. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #record(passed: Passed, isAsked: boolean): Promise<void> {
    const { witness, journals, compares } = this.#options;
    const deployment = witness.composed.deployment();
    const told: Told = { passed, read: readPassed(passed, deployment, this.#keys) };
    const clocks = clocksOf(passed, told.read);
    const translated = this.#counterparts.translate(passed, told.read, deployment.primitives);
    const testimony = isAsked ? await this.#ask(passed, translated, clocks) : undefined;
    const departures =
      compares && testimony !== undefined && this.#isComparable(told, testimony, translated)
        ? departuresOf(told, testimony)
        : undefined;
    if (testimony) this.#counterparts.learn(told.read.answerJson, testimony.read.answerJson);
    const exchange = exchangeOf(told, clocks, testimony);
    const passage = passageOf(this.#options.target, clocks, departures);
    this.#logLine(exchange, clocks, passed, departures ?? []);
    exchange.wire = wireOf(passed, passage);
    journals.record(exchange);
    this.#options.recorded();
  }

  /** Requests that are cut off, or too long to be kept, are not asked. */
  async #ask(passed: Passed, translated: Translated, clocks: Clocks): Promise<Testimony | undefined> {
    const { witness } = this.#options;
    if (!passed.bytes.isWhole || (!passed.isComplete && passed.answer === undefined)) return undefined;
    const asked = await witness.ask(passed, translated, certainMs(clocks.target));
    if (asked === undefined) return undefined;
    return { ...asked, read: readPassed(asked.passed, witness.composed.deployment(), this.#ownKeys) };
  }

  /** Whether the mock has what it needs to answer as the target. */
  #isComparable({ passed, read }: Told, mock: Testimony, { isForeign }: Translated): boolean {
    const { witness, knowsOptOuts } = this.#options;
    const { world } = witness.composed.deployment();
    const isOptOut = namesOptOut(read.answerJson) && !namesOptOut(mock.read.answerJson);
    if (isOptOut && !knowsOptOuts) return false;
    const isOpen = !isClientSide(passed) || world.client_side_keypairs.length > 0;
    return isOpen && !isForeign && passed.broken === undefined;
  }

  #logLine(exchange: Exchange, clocks: Clocks, passed: Passed, departures: readonly string[]): void {
    const notes = [
      `${Math.round(passed.duration)} ms`,
      ...clockNote('target', certainMs(clocks.target)),
      ...clockNote('client', certainMs(clocks.client)),
    ];
    const line = `${logLine(exchange)} (${notes.join(', ')})`;
    const marks = departures.map((text) => `\n  departs from the mock: ${text}`);
    this.#options.log(passed.broken === undefined ? 'info' : 'error', line + marks.join(''));
  }
}

function exchangeOf(told: Told, clocks: Clocks, testimony: Testimony | undefined): Exchange {
  const { passed, read } = told;
  const { arrived, method, target, answer, duration, broken } = passed;
  const exchange = newExchange(arrived, method, target.replace(/[?#].*$/s, ''));
  exchange.route = testimony?.exchange.route;
  exchange.client = read.client;
  exchange.payload = payloadOf(read) ?? testimony?.exchange.payload;
  exchange.plainAnswer = read.answer && [fromUtf8(read.answer.json)];
  exchange.status = broken === undefined ? answer?.status : undefined;
  exchange.answered = broken === undefined ? arrived + duration : undefined;
  explain(exchange, ...explainPassed(told, clocks, testimony));
  return exchange;
}

function passageOf(target: string, clocks: Clocks, departures: readonly string[] | undefined): Passage {
  return { target, targetClock: clocks.target, clientClock: clocks.client, departures };
}

/** Headers by name; one that is repeated is a list. */
function byName(headers: readonly string[]): Record<string, string[]> {
  const named = new Map<string, string[]>();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = (headers[at] ?? '').toLowerCase();
    named.set(name, [...(named.get(name) ?? []), headers[at + 1] ?? '']);
  }
  return Object.fromEntries(named);
}

function wireOf({ target, headers, body, answer, duration }: Passed, passage: Passage): Exchange['wire'] {
  return {
    testId: '',
    target,
    headers,
    body: body.length === 0 ? undefined : body.bytes,
    answerHeaders: answer && byName(answer.headers),
    answerBody: answer === undefined || answer.body.length === 0 ? undefined : answer.body.bytes,
    started: realTimers.elapsed() - duration,
    passage,
  };
}
