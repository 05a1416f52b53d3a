/** The operator itself: whether it is up, what its state is, and how it is brought back to its beginning. */

import { z } from 'zod';
import { version } from '../../version.ts';
import { call } from './call.ts';
import { worldIsCommon } from './world.ts';
import { readingOf } from './clock.ts';
import { clearRequests, journalFacts } from './requests.ts';
import { health, stateSummary } from './service-schema.ts';

const parts = ['clock', 'optouts', 'faults', 'requests', 'world'] as const;

export type ResetPart = (typeof parts)[number];

export const serviceCalls = {
  getHealth: call({
    method: 'GET',
    path: '/health',
    summary: 'whether the operator is up',
    schemas: {
      answer: health,
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
      answer: stateSummary,
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
