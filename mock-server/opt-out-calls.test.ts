/** The calls of a logout to the opt-out service, in the recorded worlds and versions. The mock itself sends nothing. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fixturePath } from '../fixtures/path.ts';
import { identifierKinds } from './core/identifier.ts';
import { nativePrimitives } from './native/primitives.ts';
import { createDeployment } from './operator/deploy.ts';
import type { Deployment } from './operator/deployment.ts';
import { identify, locate, type Located } from './operator/identity.ts';
import { optOutServiceCall } from './operator/opt-out.ts';
import { profiles } from './operator/profile.ts';
import { honestRules } from './operator/rules.ts';
import { loadWorld } from './testing/world.ts';

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(fixturePath(`recordings/${name}`), 'utf8'));

const recordedCall = z.looseObject({
  id: z.string(),
  recorded_from: z.string(),
  recorded_at_ms: z.int(),
  request: z.looseObject({
    query: z.string().optional(),
    json: z.record(z.string(), z.string()).optional(),
    headers: z.record(z.string(), z.string()).default({}),
  }),
  call: z.strictObject({
    method: z.string(),
    query: z.record(z.string(), z.string()),
    headers: z.record(z.string(), z.string()),
    body: z.unknown(),
  }),
});
const calls = z.array(recordedCall).parse(readJson('optout-calls.json'));

function operatorOf(recordedFrom: string): Deployment {
  return createDeployment({
    world: loadWorld(fixturePath(`recordings/world-${recordedFrom}.json`)),
    profile: profiles[recordedFrom.endsWith('v5.56.13') ? 'v5.56' : 'current'],
    rules: honestRules,
    primitives: nativePrimitives,
  });
}

function locatedIn(deployment: Deployment, payload: Record<string, string>): Located {
  const kind = identifierKinds.find((name) => payload[name] !== undefined);
  const identity = kind === undefined ? undefined : identify(deployment, kind, payload[kind] ?? '');
  if (identity === undefined) {
    throw new Error('recorded logout: expected a valid identifier, got none');
  }
  return locate(deployment, identity);
}

describe('calls to the opt-out service', () => {
  it('are all there', () => {
    expect(calls).toHaveLength(17);
  });

  it.each(calls)('$id', ({ recorded_from, request, call }) => {
    const deployment = operatorOf(recorded_from);
    const payload = request.json ?? Object.fromEntries(new URLSearchParams(request.query));
    const traceId = request.headers['UID-Trace-Id'];
    expect(optOutServiceCall(deployment, locatedIn(deployment, payload), payload, traceId)).toStrictEqual(
      call,
    );
  });
});
