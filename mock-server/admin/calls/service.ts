/** The operator itself: whether it is up, what its state is, and how it is brought back to its beginning. */

import { z } from 'zod';
import { version } from '../../version.ts';
import { call } from './call.ts';
import { worldIsCommon } from './world.ts';
import { clockCalls, readingOf } from './clock.ts';
import { clearRequests, journalFacts } from './requests.ts';

const storeHealth = z.object({
  kind: z.string(),
  up: z.boolean(),
  lag_ms: z.number().describe('ms since every change was known to be applied here'),
});

const parts = ['clock', 'optouts', 'faults', 'requests', 'world'] as const;

export type ResetPart = (typeof parts)[number];

export const serviceCalls = {
  getHealth: call({
    method: 'GET',
    path: '/health',
    summary: 'whether the operator is up',
    schemas: {
      answer: z.object({
        up: z.boolean(),
        profile: z.string(),
        scope: z.enum(['uid2', 'euid']),
        store: storeHealth,
        version: z.string(),
      }),
    },
    run({ states, deployment }) {
      const { profile, scope } = deployment();
      const { kind, up, lag_ms } = states.store.health();
      return {
        up: true,
        profile: profile.name,
        scope: scope === 1 ? ('euid' as const) : ('uid2' as const),
        store: { kind, up, lag_ms },
        version,
      };
    },
  }),
  getState: call({
    method: 'GET',
    path: '/state',
    summary: 'clock, opt-outs, faults, journal and instances',
    schemas: {
      answer: z.object({
        clock: clockCalls.getClock.schemas.answer,
        optouts: z.number(),
        faults: z.number(),
        journal: z.object({
          entries: z.number(),
          bytes: z.number(),
          limit: z.number().describe('entries that it keeps at most'),
        }),
        instances: z.array(z.string()),
      }),
    },
    run: (context) => {
      const { states, state, deployment } = context;
      return {
        clock: readingOf(state.clock),
        optouts: state.optOuts.count(deployment().optOuts),
        faults: state.faults.list().length,
        journal: journalFacts(context),
        instances: [...states.store.health().instances],
      };
    },
  }),
  reset: call({
    method: 'POST',
    path: '/reset',
    summary: 'bring everything, or some parts, back to the beginning',
    refuses: ['conflict'],
    schemas: {
      body: z.strictObject({ only: z.array(z.enum(parts)).optional() }).optional(),
      answer: z.object({ reset: z.array(z.enum(parts)) }),
    },
    async run(context, { body }) {
      const { state, states } = context;
      const isCommon = state.testId === '';
      if (!isCommon && body?.only?.includes('world') === true) throw worldIsCommon(state.testId);
      const only = body?.only ?? parts.filter((part) => isCommon || part !== 'world');
      if (body?.only === undefined) await states.write(state.testId, { of: 'test', how: 'restart' });
      if (only.includes('world')) await states.write('', { of: 'world', world: null });
      if (only.includes('clock')) await state.clock.reset();
      if (only.includes('optouts')) await state.optOuts.reset();
      if (only.includes('faults')) await state.faults.reset();
      if (only.includes('requests')) clearRequests(context);
      return { reset: [...only] };
    },
  }),
};
