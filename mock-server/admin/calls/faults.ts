/** Ordered faults: they are added, listed and removed. */

import { z } from 'zod';
import { firstLevelHashOf } from '../../operator/faulty-deployment.ts';
import type { ListedFault, OrderedFault } from '../../operator/state/faults.ts';
import { didYouMean } from '../../operator/world/nearest.ts';
import { quoted } from '../../core/words.ts';
import { type Context, call } from './call.ts';
import { checked, conflict, invalid, missing } from './control-error.ts';
import { faultPresets } from './fault-presets.ts';
import { type FaultReport, faultRequest, listedFault } from './fault-schema.ts';

type Member = keyof OrderedFault;

const beforeEffects: readonly Member[] = ['latency', 'status', 'reset', 'hang'];
const inEnvelopes: readonly Member[] = ['nonce', 'tag', 'skew', 'token', 'optout'];
const onAnswers: readonly Member[] = ['cut', 'garbled', 'content_type'];
const effects: readonly Member[] = [...beforeEffects, ...onAnswers, ...inEnvelopes];

/** Members that have no effect beside another. */
const exclusions: readonly (readonly [
  is: (fault: OrderedFault) => string | undefined,
  others: readonly Member[],
])[] = [
  [({ hang }) => hang && 'hang', ['status', 'reset', ...onAnswers, ...inEnvelopes]],
  [
    ({ reset }) => (reset === 'before' ? 'reset before' : undefined),
    ['status', ...onAnswers, ...inEnvelopes],
  ],
  [({ status }) => (status === undefined ? undefined : 'status'), inEnvelopes],
];

const place = (field: string, member: string): string => (field === '' ? member : `${field}.${member}`);

/** @throws ControlError when the effects contradict each other, or there is none */
function checkEffects(fault: OrderedFault, field: string): void {
  const has = (member: Member): boolean => fault[member] !== undefined;
  if (!effects.some(has)) throw invalid(field, `an effect: ${effects.join(', ')}`, 'none');
  for (const [is, others] of exclusions) {
    const name = is(fault);
    const other = name === undefined ? undefined : others.find(has);
    if (other !== undefined) throw invalid(place(field, other), `nothing beside ${name}`, 'both');
  }
  const alone = (['body', 'headers'] as const).find((member) => has(member) && !has('status'));
  if (alone !== undefined) throw invalid(place(field, alone), 'status beside it', 'none');
  const { latency } = fault;
  if (typeof latency === 'object' && latency.min > latency.max) {
    throw invalid(place(field, 'latency'), 'min up to max', `${latency.min} and ${latency.max}`);
  }
}

/** The members of a preset, in the form in which they are kept. */
function presetMembers(name: string, field: string): OrderedFault {
  const found = faultPresets.find((preset) => preset.name === name);
  if (found !== undefined) return checked(faultRequest, found.members, name);
  const names = faultPresets.map((preset) => preset.name);
  const got = `${quoted(name)}${didYouMean(name, names)}`;
  throw invalid(place(field, 'preset'), `one of ${names.join(', ')}`, got);
}

function orderedFault({ deployment }: Context, given: OrderedFault, field: string): OrderedFault {
  const { preset, identity } = given;
  const fault = preset === undefined ? given : { ...presetMembers(preset, field), ...given };
  checkEffects(fault, field);
  if (identity !== undefined && firstLevelHashOf(deployment(), identity) === undefined) {
    const expected = 'an email address, a phone number in E.164, or the base64 of a SHA-256';
    throw invalid(place(field, 'identity'), expected, 'a text that is none of them');
  }
  return fault;
}

const shownFault = ({ id, fault, hits, applied, left }: ListedFault): FaultReport => ({
  id,
  ...fault,
  hits,
  applied,
  left,
});

/** Without the members that a caller in this process left undefined: they must not hide those of a preset. */
const defined = (given: OrderedFault): OrderedFault =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** Every request is held against all faults: more would slow down all. */
const MOST_FAULTS = 10_000;

/** @throws ControlError when there would be too many faults */
function checkCount(present: number, added: number): void {
  if (present + added <= MOST_FAULTS) return;
  throw conflict('faults', `at most ${MOST_FAULTS} faults at one time`, String(present + added));
}

const answer = z.object({ faults: z.array(listedFault) });
const removed = z.object({ removed: z.number() });

export const faultCalls = {
  listFaults: call({
    method: 'GET',
    path: '/faults',
    summary: 'the ordered faults, with how often each was met',
    schemas: { answer },
    run: ({ state }) => ({ faults: state.faults.list().map(shownFault) }),
  }),
  addFaults: call({
    method: 'POST',
    path: '/faults',
    summary: 'order a fault, or a list of them: all or none',
    refuses: ['conflict'],
    schemas: { body: z.union([faultRequest, z.array(faultRequest)]), answer },
    async run(context, { body }) {
      const { faults } = context.state;
      const isList = Array.isArray(body);
      const given = isList ? body : [body];
      checkCount(faults.list().length, given.length);
      const ordered = given.map((one, index) =>
        orderedFault(context, defined(one), isList ? `[${index}]` : ''),
      );
      const ids = await faults.add(ordered);
      // one that a request met meanwhile is listed as it was ordered
      return {
        faults: ordered.map((fault, index) => ({
          id: ids[index] ?? '',
          ...fault,
          hits: 0,
          applied: 0,
          left: fault.times ?? null,
        })),
      };
    },
  }),
  clearFaults: call({
    method: 'DELETE',
    path: '/faults',
    summary: 'remove all ordered faults',
    // a parameter that is not known must not remove more than it means
    schemas: { query: z.strictObject({}), answer: removed },
    async run({ state }) {
      const count = state.faults.list().length;
      await state.faults.clear();
      return { removed: count };
    },
  }),
  removeFault: call({
    method: 'DELETE',
    path: '/faults/:id',
    summary: 'remove an ordered fault',
    schemas: { params: z.object({ id: z.string() }), answer: removed },
    async run({ state }, { params: { id } }) {
      if (await state.faults.remove(id)) return { removed: 1 };
      throw missing('id', 'the id of a fault that is listed', quoted(id));
    },
  }),
};
