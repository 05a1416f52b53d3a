/** On the recordings the refusal of an inspection equals the recorded answer. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../../fixtures/path.ts';
import { type Entry, type Step, loadEntries, parseRequest } from '../testing/replay/format.ts';
import { wireRequest } from '../testing/replay/request.ts';
import { fill } from '../testing/replay/template.ts';
import { sampled } from '../testing/scale.ts';
import { keysOf, loadWorld } from '../testing/world.ts';
import { type AskedOperator, openOperator } from './operator.ts';
import { type Inspection, inspectRequest } from './request.ts';

const recordings = [
  ['exchanges-v2.json', 'world-v5.70.250.json', 'current', 680],
  ['exchanges-v3.json', 'world-v5.70.250.json', 'current', 70],
  ['exchanges-cstg.json', 'world-v5.70.250.json', 'current', 140],
  ['exchanges-v2-old.json', 'world-v5.56.13.json', 'v5.56', 180],
] as const;

/** Requests of a recording that are inspected, if not all: the doctors take a while for each. */
const SOME = 60;

type Refusal = Inspection['refusal'];

/** The status and message of a recorded refusal; null when it is none. */
function refusalIn({ steps: [step] }: Entry): Refusal {
  if (step === undefined || step.response.status < 400) return null;
  const { status, body } = step.response;
  const { message, status: word } = (typeof body === 'object' ? body : {}) as {
    message?: string;
    status?: string;
  };
  return { status, message: message ?? word ?? String(body) };
}

/** A message that has the address of an object in it is recorded as a pattern. */
function isAsRecorded({ checks }: Step, refusal: Refusal, expected: Refusal): boolean {
  const check = checks.message;
  if (check?.kind !== 'matches' || refusal === null) {
    return JSON.stringify(refusal) === JSON.stringify(expected);
  }
  return refusal.status === expected?.status && new RegExp(`^(?:${check.regex})$`).test(refusal.message);
}

describe.each(recordings)('%s', (file, worldFile, profile, least) => {
  const world = loadWorld(fixturePath(`recordings/${worldFile}`));
  const all = loadEntries(file).filter(({ steps }) => steps.length === 1);
  const entries = sampled(all, SOME);
  const keys = keysOf(world);
  let operator: AskedOperator | undefined;

  beforeAll(async () => {
    operator = await openOperator(profile, entries[0]?.recorded_at_ms ?? 0, world);
  });
  afterAll(() => operator?.[Symbol.asyncDispose]());

  it(
    `gives the recorded refusal of ${entries.length} of ${all.length} single requests`,
    { timeout: 240_000 },
    async () => {
      if (operator === undefined) throw new Error('expected an operator');
      expect(all.length).toBeGreaterThanOrEqual(least);
      const different: unknown[] = [];
      for (const entry of entries) {
        const [step] = entry.steps;
        if (step === undefined) continue;
        const recorded = parseRequest(fill(step.request, new Map(), keys));
        const { method, target, headers, body } = wireRequest(recorded, world, entry.recorded_at_ms);
        const { refusal, causes } = await inspectRequest(operator, {
          method,
          target,
          headers: Object.entries(headers).flatMap(([name, value]) =>
            [value].flat().map((one) => [name, one] as const),
          ),
          body: body ?? Buffer.alloc(0),
          now: entry.recorded_at_ms,
          profile,
          client: step.request.client ?? undefined,
        });
        const expected = refusalIn(entry);
        if (!isAsRecorded(step, refusal, expected)) different.push([entry.id, refusal, expected]);
        if ((refusal === null) !== (causes.length === 0)) different.push([entry.id, 'causes', causes]);
      }
      expect(different).toEqual([]);
    },
  );
});
