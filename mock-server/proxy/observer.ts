/** Turns a passed exchange into an entry of the journal, with its cause; the log and a file get it too. */

import { type Exchange, type Passage, explain, newExchange } from '../operator/exchange.ts';
import type { Journals } from '../operator/journal/journals.ts';
import { logLine } from '../operator/log-line.ts';
import { realTimers } from '../operator/real-timers.ts';
import { fromUtf8 } from '../core/text.ts';
import type { Log } from '../options.ts';
import { type Clocks, certainMs, clocksOf } from './clocks.ts';
import { Counterparts, type Translated } from './counterparts.ts';
import { departuresOf } from './departures.ts';
import { type MockAnswer, type ReadExchange, explainPassed } from './explaining.ts';
import type { PassedExchange } from './passed.ts';
import { isClientSide, pathOf, plainRequestOf, readPassed } from './reading.ts';
import { ResponseKeys } from './response-keys.ts';
import type { ReferenceMock } from './reference-mock.ts';

interface ObserverOptions {
  /** base URL of the target */
  readonly target: string;
  readonly mock: ReferenceMock;
  readonly journals: Journals;
  readonly compares: boolean;
  /** whether the mock has the opt-outs of the target */
  readonly knowsOptOuts: boolean;
  readonly log: Log;
  /** called with every exchange when it is in the journal */
  readonly recorded: () => void;
}

/** While more exchanges than this wait to be recorded, the mock is not asked. */
const MOST_WAITING = 1000;

/** A certain distance of clocks, for a log line. */
function clockNote(whose: string, ms: number): string[] {
  if (ms === 0) return [];
  return [`the clock of the ${whose} is ${Math.abs(Math.round(ms / 1000))} s ${ms > 0 ? 'ahead' : 'behind'}`];
}

/** Whether an answer says of any user that they have opted out. */
const namesOptOut = (answer: unknown): boolean => JSON.stringify(answer)?.includes('"optout"') ?? false;

/** Explains finished exchanges one after the other, and records them. */
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

  /** Records a finished exchange. Exchanges are recorded in the order of these calls. */
  observe(passed: PassedExchange): void {
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

  /** Resolves when every finished exchange is recorded. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #record(passed: PassedExchange, isAsked: boolean): Promise<void> {
    const { mock, journals, compares } = this.#options;
    const deployment = mock.composed.deployment();
    const observed: ReadExchange = { passed, read: readPassed(passed, deployment, this.#keys) };
    const clocks = clocksOf(passed, observed.read);
    const translated = this.#counterparts.translate(passed, observed.read, deployment.primitives);
    const mockAnswer = isAsked ? await this.#ask(passed, translated, clocks) : undefined;
    const departures =
      compares && mockAnswer !== undefined && this.#isComparable(observed, mockAnswer, translated)
        ? departuresOf(observed, mockAnswer)
        : undefined;
    if (mockAnswer) this.#counterparts.learn(observed.read.answerJson, mockAnswer.read.answerJson);
    const exchange = exchangeOf(observed, clocks, mockAnswer);
    const passage = passageOf(this.#options.target, clocks, departures);
    this.#logLine(exchange, clocks, passed, departures ?? []);
    exchange.wire = wireOf(passed, passage);
    journals.record(exchange);
    this.#options.recorded();
  }

  /** Requests that are cut off, or too long to be kept, are not asked. */
  async #ask(
    passed: PassedExchange,
    translated: Translated,
    clocks: Clocks,
  ): Promise<MockAnswer | undefined> {
    const { mock } = this.#options;
    if (!passed.bytes.isWhole || (!passed.isComplete && passed.answer === undefined)) return undefined;
    const asked = await mock.ask(passed, translated, certainMs(clocks.target));
    if (asked === undefined) return undefined;
    return { ...asked, read: readPassed(asked.passed, mock.composed.deployment(), this.#ownKeys) };
  }

  /** Whether the mock has what it needs to answer as the target. */
  #isComparable({ passed, read }: ReadExchange, mockAnswer: MockAnswer, { isForeign }: Translated): boolean {
    const { mock, knowsOptOuts } = this.#options;
    const { world } = mock.composed.deployment();
    const isOptOut = namesOptOut(read.answerJson) && !namesOptOut(mockAnswer.read.answerJson);
    if (isOptOut && !knowsOptOuts) return false;
    const isOpen = !isClientSide(passed) || world.client_side_keypairs.length > 0;
    return isOpen && !isForeign && passed.broken === undefined;
  }

  #logLine(exchange: Exchange, clocks: Clocks, passed: PassedExchange, departures: readonly string[]): void {
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

function exchangeOf(observed: ReadExchange, clocks: Clocks, mockAnswer: MockAnswer | undefined): Exchange {
  const { passed, read } = observed;
  const { arrived, method, target, answer, duration, broken } = passed;
  const exchange = newExchange(arrived, method, pathOf(target));
  exchange.route = mockAnswer?.exchange.route;
  exchange.client = read.client;
  exchange.plainRequest = plainRequestOf(read) ?? mockAnswer?.exchange.plainRequest;
  exchange.plainAnswer = read.answer && fromUtf8(read.answer.json);
  exchange.status = broken === undefined ? answer?.status : undefined;
  exchange.answered = broken === undefined ? arrived + duration : undefined;
  explain(exchange, ...explainPassed(observed, clocks, mockAnswer));
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

function wireOf(
  { target, headers, body, answer, duration }: PassedExchange,
  passage: Passage,
): Exchange['wire'] {
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
