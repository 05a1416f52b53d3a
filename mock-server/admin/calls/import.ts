/** Imports opt-outs, one a line: lines are read in turns, and opt-outs are added some hundreds at a time. */

import { z } from 'zod';
import type { OptOut } from '../../operator/state/opt-outs.ts';
import { StoreAway } from '../../operator/state/store.ts';
import { Turn } from '../../operator/turns.ts';
import { type Context, call } from './call.ts';
import { ControlError, checked, invalid } from './control-error.ts';
import { type Line, lineName } from './lines.ts';
import { isPlainOptOut, optOut, optOutFrom } from './opt-outs.ts';

const AT_ONCE = 500;
/** Lines between two looks at the time. */
const LINES_PER_LOOK = 16;

type Lines = AsyncIterable<Iterable<Line>>;

const lines = z
  .custom<Lines>((value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value, {
    error: 'lines of JSON',
  })
  .describe('newline-delimited JSON: an opt-out a line, as POST /optouts takes it');

function optOutOfLine(context: Context, { number, value }: Line): OptOut {
  try {
    const given = isPlainOptOut(value) ? value : checked(optOut, value, 'body');
    return optOutFrom(context, given, '');
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    throw error.within(lineName(number));
  }
}

/** An error that says how many were added before it. */
function withCount(error: unknown, added: number): unknown {
  const before = `; ${added} before it were added`;
  if (error instanceof StoreAway) return new StoreAway(`${error.message}${before}`);
  if (!(error instanceof ControlError) || error.code !== 'invalid') return error;
  return invalid(error.field, error.expected, `${error.got}${before}`);
}

class Import {
  readonly #context: Context;
  #added = 0;
  #waiting: OptOut[] = [];
  readonly #turn = new Turn();
  #looked = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Adds them all, or those before the first invalid line. */
  async run(given: Lines): Promise<number> {
    try {
      await this.#read(given);
    } catch (error) {
      if (!(error instanceof StoreAway)) await this.#add();
      throw withCount(error, this.#added);
    }
    await this.#add();
    return this.#added;
  }

  async #read(given: Lines): Promise<void> {
    for await (const some of given) {
      for (const line of some) {
        this.#waiting.push(optOutOfLine(this.#context, line));
        if (this.#waiting.length >= AT_ONCE) await this.#add();
        this.#looked += 1;
        if (this.#looked % LINES_PER_LOOK === 0 && this.#turn.isOver) await this.#turn.next();
      }
    }
  }

  async #add(): Promise<void> {
    const added = this.#waiting;
    this.#waiting = [];
    if (added.length === 0) return;
    await this.#context.state.optOuts.add(...added);
    this.#added += added.length;
  }
}

export const importCalls = {
  importOptOuts: call({
    method: 'POST',
    path: '/optouts/import',
    summary: 'opt out many, a line of JSON each; those before an invalid line are added',
    takesLines: true,
    schemas: { body: lines.optional(), answer: z.object({ added: z.number() }) },
    run: async (context, { body }) => ({
      // a body without a byte is one without a line
      added: body === undefined ? 0 : await new Import(context).run(body),
    }),
  }),
};
