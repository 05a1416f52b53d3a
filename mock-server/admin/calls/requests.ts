/** The journal: the exchanges of the operator. */

import { z } from 'zod';
import type { Journal } from '../../operator/state/journal.ts';
import { testOf } from '../../operator/journal/filter.ts';
import type { Journals, Recorded } from '../../operator/journal/journals.ts';
import { type Masker, maskerOf } from '../../operator/journal/masking.ts';
import { detailOf, summaryOf } from '../../operator/journal/shown.ts';
import { Follower, untilCount } from '../../operator/journal/waiting.ts';
import { quoted } from '../../core/words.ts';
import { type Context, type WhenGone, call, streamCall } from './call.ts';
import { conflict, invalid, missing } from './control-error.ts';
import { followQuery, listQuery, requestDetail, requestFilter, requestSummary } from './request-schema.ts';

/** What the calls of the journal work with. */
interface Reading {
  readonly journals: Journals;
  readonly journal: Journal<Recorded>;
  readonly masker: Masker;
}

/** @throws ControlError `conflict` when there is no journal */
function readingOf({ journals, state, deployment }: Context): Reading {
  if (journals === undefined) {
    throw conflict('journal', 'an operator that keeps a journal', 'one with --journal 0');
  }
  const masker = maskerOf(deployment().world, journals.isPlain);
  return { journals, journal: journals.of(state.testId), masker };
}

/** What a journal holds, for the state of the operator. */
export function journalFacts({ journals, state }: Context) {
  if (journals === undefined) return { entries: 0, bytes: 0, limit: 0 };
  const { count, bytes } = journals.of(state.testId);
  return { entries: count, bytes, limit: journals.limit };
}

/** Removes all requests of the journal that a call addresses. */
export function clearRequests({ journals, state }: Context): void {
  journals?.of(state.testId).remove(() => true);
}

type ListQuery = z.output<typeof listQuery>;

async function waitFor(
  { journals, journal }: Reading,
  query: ListQuery,
  whenGone: WhenGone | undefined,
): Promise<void> {
  const { wait: timeout, count = 1 } = query;
  if (timeout === undefined) {
    if (query.count !== undefined) throw invalid('count', 'wait beside it', 'count alone');
    return;
  }
  if (count > journals.limit) {
    throw invalid('count', `at most ${journals.limit}, which the journal keeps`, String(count));
  }
  await untilCount(journal, testOf(query), { count, timeout, whenGone });
}

export const requestCalls = {
  listRequests: call({
    method: 'GET',
    path: '/requests',
    refuses: ['conflict'],
    summary:
      'the requests in the journal, oldest first; with wait, once so many have come or the time is over',
    schemas: {
      query: listQuery,
      answer: z.object({ requests: z.array(requestSummary), count: z.number() }),
    },
    async run(context, { query }) {
      const reading = readingOf(context);
      await waitFor(reading, query, context.whenGone);
      const found = [...reading.journal.after(0)].filter(testOf(query));
      const shown = query.limit === undefined ? found : found.slice(-query.limit);
      return {
        requests: shown.map((entry) => summaryOf(entry, reading.masker)),
        count: shown.length,
      };
    },
  }),
  getRequest: call({
    method: 'GET',
    path: '/requests/:id',
    refuses: ['conflict'],
    summary: 'a request and its answer, as sent and opened, with its tokens decoded',
    schemas: { params: z.strictObject({ id: z.string() }), answer: requestDetail },
    async run(context, { params: { id } }) {
      const { journal, masker } = readingOf(context);
      const entry = /^\d{1,16}$/.test(id) ? journal.find(Number(id)) : undefined;
      if (entry === undefined) throw missing('id', 'the id of a request in the journal', quoted(id));
      const { causesOf } = await import('../../operator/journal/causes.ts');
      return requestDetail.parse(detailOf(entry, context.deployment(), masker, causesOf));
    },
  }),
  removeRequests: call({
    method: 'DELETE',
    path: '/requests',
    refuses: ['conflict'],
    summary: 'remove all requests from the journal, or those that the filters choose',
    schemas: { query: requestFilter, answer: z.object({ removed: z.number() }) },
    run: (context, { query }) => ({ removed: readingOf(context).journal.remove(testOf(query)) }),
  }),
};

export const requestStreams = {
  followRequests: streamCall({
    method: 'GET',
    path: '/requests/stream',
    refuses: ['conflict'],
    summary: 'the requests as they come, as server-sent events',
    schemas: { query: followQuery, event: requestSummary },
    event: 'request',
    open(context, { query }) {
      const { journals, masker } = readingOf(context);
      const { testId } = context.state;
      const follower = new Follower(journals, testId, testOf(query), query.after);
      return {
        lastId: String(query.after ?? journals.lastId),
        async next() {
          const followed = await follower.next();
          if (followed === undefined || 'gap' in followed) return followed;
          const { entry } = followed;
          return { id: String(entry.id), data: summaryOf(entry, masker) };
        },
        stop() {
          follower.stop();
        },
      };
    },
  }),
};
