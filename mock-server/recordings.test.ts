/**
 * The mock answers as the recorded operators did. One file or one case alone:
 * `REPLAY_FILE=exchanges-v2 REPLAY_ID=v2-151 npx vitest run mock-server/recordings.test.ts`
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fixturePath } from '../fixtures/path.ts';
import { loadWorld } from './testing/world.ts';
import { startMockOperator, type MockOperator } from './index.ts';
import { loadEntries, parseEntries, type Entry } from './testing/replay/format.ts';
import { replayEntry, type ReplayTarget } from './testing/replay/replay.ts';

const onlyFile = process.env['REPLAY_FILE'];
const onlyId = process.env['REPLAY_ID'];

const old = { world: 'world-v5.56.13.json', profile: 'v5.56' } as const;
const today = { world: 'world-v5.70.250.json', profile: 'current' } as const;

/** The number of cases and requests that must have run, so that none is skipped by mistake. */
const recordings = [
  { file: 'exchanges-v0.json', ...old, cases: 250, requests: 290 },
  { file: 'exchanges-v1.json', ...old, cases: 328, requests: 379 },
  { file: 'exchanges-v2-old.json', ...old, cases: 217, requests: 243 },
  { file: 'exchanges-v2.json', ...today, cases: 776, requests: 875 },
  { file: 'exchanges-v3.json', ...today, cases: 82, requests: 82 },
  { file: 'exchanges-cstg.json', ...today, cases: 162, requests: 172 },
  { file: 'exchanges-http.json', ...today, cases: 61, requests: 61 },
  {
    file: 'exchanges-extra-old.json',
    world: 'world-extra-v5.56.13.json',
    profile: 'v5.56',
    cases: 299,
    requests: 330,
  },
  {
    file: 'exchanges-extra-new.json',
    world: 'world-extra-v5.70.250.json',
    profile: 'current',
    cases: 195,
    requests: 219,
  },
  {
    file: 'exchanges-extra-euid.json',
    world: 'world-extra-euid-v5.70.250.json',
    profile: 'current',
    cases: 212,
    requests: 236,
  },
] as const;

function targetOf(operator: MockOperator | undefined, world: string): ReplayTarget {
  if (operator === undefined) {
    throw new Error('mock: expected it to have started, it has not');
  }
  return {
    url: operator.url,
    world: loadWorld(fixturePath(`recordings/${world}`)),
    setClock: (ms) => operator.clock.set(ms),
  };
}

function byGroup(entries: Entry[]): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries.filter(({ id }) => onlyId === undefined || id === onlyId)) {
    groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  }
  return [...groups];
}

/** Replays entries one after another. Throws one error with every failure. */
async function replayAll(entries: Entry[], target: ReplayTarget): Promise<void> {
  const failures: string[] = [];
  for (const entry of entries) {
    const problems = await replayEntry(entry, target);
    if (problems.length > 0) {
      failures.push(
        `${entry.id} (${entry.title})\n${problems.map((problem) => `    ${problem}`).join('\n')}`,
      );
    }
  }
  if (failures.length > 0) {
    throw new Error(
      `${failures.length} of ${entries.length} differ from the recording\n${failures.join('\n')}`,
    );
  }
}

const asked = recordings.filter(({ file }) => onlyFile === undefined || file.includes(onlyFile));

describe.each(asked)('$file ($profile)', ({ file, world, profile, cases, requests }) => {
  const ran = { cases: 0, requests: 0 };
  let operator: MockOperator | undefined;

  beforeAll(async () => {
    operator = await startMockOperator({ world: fixturePath(`recordings/${world}`), profile });
  });
  afterAll(() => operator?.close());

  for (const [group, entries] of byGroup(loadEntries(file))) {
    it(`${group} (${entries.length})`, async () => {
      ran.cases += entries.length;
      ran.requests += entries.reduce((sum, { steps }) => sum + steps.length, 0);
      await replayAll(entries, targetOf(operator, world));
    });
  }

  it.runIf(onlyId === undefined)('has run every case', () => {
    expect(ran).toEqual({ cases, requests });
  });
});

const normalizationCase = z.strictObject({
  id: z.string(),
  kind: z.string(),
  recorded_at_ms: z.int(),
  input: z.string(),
  valid: z.boolean(),
  reason: z.string().optional(),
  normalized: z.string().optional(),
  sha256_base64: z.string().optional(),
  results: z
    .record(z.string(), z.strictObject({ advertising_id: z.string(), bucket_id: z.string() }))
    .optional(),
});

/** The case as an exchange with `/v2/identity/map`, for a client of the world that may map. */
function mapping(vector: z.infer<typeof normalizationCase>, client: string, version: string): unknown {
  const { id, kind, recorded_at_ms, input: identifier, results } = vector;
  const result = results?.[version];
  const body =
    result === undefined
      ? { mapped: [], unmapped: [{ identifier, reason: vector.reason }] }
      : { mapped: [{ identifier, ...result }] };
  const headers = { vary: 'origin', 'content-type': 'text/plain' };
  return {
    id,
    group: kind,
    title: JSON.stringify(identifier),
    recorded_at_ms,
    request: {
      method: 'POST',
      path: '/v2/identity/map',
      client,
      json: { [kind]: [identifier] },
      envelope: {},
    },
    response: {
      status: 200,
      headers,
      body: { body, status: 'success' },
      encrypted: true,
      body_encoding: 'base64',
    },
    volatile: [],
    checks: {},
  };
}

const mapsAll = onlyId === undefined && (onlyFile === undefined || 'normalization.json'.includes(onlyFile));

describe.runIf(mapsAll).each([
  { version: 'v5.56.13', ...old },
  { version: 'v5.70.250', ...today },
])('normalization.json ($version)', ({ version, world, profile }) => {
  it('maps every identifier as recorded (216)', async () => {
    const vectors = z
      .array(normalizationCase)
      .parse(JSON.parse(readFileSync(fixturePath('recordings/normalization.json'), 'utf8')));
    expect(vectors).toHaveLength(216);
    const operator = await startMockOperator({ world: fixturePath(`recordings/${world}`), profile });
    try {
      const target = targetOf(operator, world);
      const mapper = target.world.clients.find(
        ({ roles, disabled, service_id }) => roles.includes('MAPPER') && !disabled && !service_id,
      );
      const entries = parseEntries(vectors.map((vector) => mapping(vector, mapper?.name ?? '', version)));
      await replayAll(
        byGroup(entries).flatMap(([, group]) => group),
        target,
      );
    } finally {
      await operator.close();
    }
  });
});
