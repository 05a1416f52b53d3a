/** The suite notices an operator that differs from a right one in one thing, whatever it knows of it, and says so once. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../fixtures/path.ts';
import { startMockOperator, type MockOperator, type World } from '../mock-server/index.ts';
import { scaled } from '../mock-server/testing/scale.ts';
import { Deployment } from './falsifying/deployment.ts';
import { levels, type Falsification, type Knowledge } from './falsifying/falsification.ts';
import { falsifications } from './falsifying/index.ts';
import { scenariosFor } from './falsifying/narrow.ts';
import { startFalsifyingProxy, type FalsifyingProxy } from './falsifying/proxy.ts';
import { survivors } from './falsifying/survivors.ts';
import { runContract, type ContractReport, type Profile, type TargetOptions } from './index.ts';

const recorded = JSON.parse(readFileSync(fixturePath('recordings/world-v5.70.250.json'), 'utf8')) as World;
const world: World = {
  ...recorded,
  // The first domain is the one that client-side requests come from.
  sites: recorded.sites?.map((site) => ({ ...site, domain_names: [...(site.domain_names ?? [])].sort() })),
  optout_service_configured: true,
  optout_status_max_request_size: 5,
  opted_out_identities: [
    { email: 'gone.person@example.com', opted_out_at_seconds: 1_761_000_000 },
    { email: 'gone.again@example.com', opted_out_at_seconds: 1_761_001_111 },
    { phone: '+14155559999', opted_out_at_seconds: 1_761_002_222 },
  ],
};

interface Stage {
  mock: MockOperator;
  proxy: FalsifyingProxy;
}
const stages = new Map<Profile, Stage>();

beforeAll(async () => {
  for (const profile of ['current', 'local'] as const) {
    const mock = await startMockOperator({ profile, world });
    stages.set(profile, { mock, proxy: await startFalsifyingProxy(mock.url, new Deployment(world)) });
  }
});

afterAll(async () => {
  for (const { mock, proxy } of stages.values()) {
    await proxy.close();
    await mock.close();
  }
});

/** One publisher with its key pair. */
const PUBLISHER = 'Example Publisher';
const SUBSCRIPTION = 'exPub1002a';

function knownBy(
  level: Knowledge,
  { credentials, clientSideKeypairs }: MockOperator,
): Partial<TargetOptions> {
  if (level === 'world') return { world };
  if (level === 'participants') return { credentials, clientSideKeypairs };
  return {
    credentials: credentials.filter(({ name }) => name === PUBLISHER),
    clientSideKeypairs: clientSideKeypairs.filter(({ subscription_id: id }) => id === SUBSCRIPTION),
  };
}

/** A run in front of an operator with this falsification, or with none. */
async function run(
  profile: Profile,
  level: Knowledge,
  falsification?: Falsification,
  filter?: readonly string[],
): Promise<{ report: ContractReport; changed: number }> {
  const stage = stages.get(profile);
  if (!stage) throw new Error(`no operator of profile ${profile}`);
  stage.proxy.falsify(falsification);
  const report = await runContract({
    targets: [{ url: stage.proxy.url, profile, ...knownBy(level, stage.mock) }],
    as: level === 'publisher' ? ['publisher'] : 'all',
    concurrency: 4,
    filter,
  });
  return { report, changed: stage.proxy.changed };
}

/** Every twentieth; all of them, with whole runs, in the endurance tests. */
const count = scaled(falsifications.length);
const isWhole = count === falsifications.length;
const stride = falsifications.length / count;
const chosen = Array.from({ length: count }, (_, i) => falsifications[Math.floor((i + 0.5) * stride)]).filter(
  (one) => one !== undefined,
);

/** The number of findings of each falsification that was noticed. */
const findings: number[] = [];

/** There is a finding, or the look before the run says why nothing can be judged. */
const isNoticed = ({ exitCode, totals }: ContractReport): boolean =>
  exitCode === 1 || (exitCode === 3 && totals.passed + totals.failed === 0 && totals.skipped === 0);

/** Those of `level` and above that notice nothing, from the lowest up: what one notices, those above do too. */
async function unnoticed(falsification: Falsification): Promise<Knowledge[]> {
  const { id, profile, seenBy } = falsification;
  const missed: Knowledge[] = [];
  for (const level of levels.slice(levels.indexOf(seenBy))) {
    const attempts = isWhole ? [undefined] : [scenariosFor(id), undefined];
    for (const filter of attempts) {
      const { report, changed } = await run(profile, level, falsification, filter);
      if (!isNoticed(report)) continue;
      expect(changed, `${id}: exchanges that were changed`).toBeGreaterThan(0);
      if (report.exitCode === 1) findings.push(report.findings.length);
      return missed;
    }
    missed.push(level);
  }
  return missed;
}

/** Milliseconds; a whole run takes a second on an idle machine, and many times that on a busy one. */
const LONG = isWhole ? 3_600_000 : 240_000;

describe('a falsified operator', () => {
  it.each(levels)(
    'is not seen by %s where nothing is falsified',
    async (level) => {
      const { report } = await run('current', level);
      expect(report.findings).toEqual([]);
      expect(report.exitCode).toBe(0);
    },
    120_000,
  );

  it.each(levels)(
    'is noticed by %s, except for the survivors in the table',
    async (level) => {
      const missed: string[] = [];
      for (const one of chosen.filter(({ seenBy }) => seenBy === level))
        missed.push(...(await unnoticed(one)).map((by) => `${one.id} by ${by}`));
      const known = survivors.filter(({ id }) => chosen.some((one) => one.id === id && one.seenBy === level));
      expect(missed.sort()).toEqual(known.map(({ id, level: by }) => `${id} by ${by}`).sort());
    },
    LONG,
  );

  it('is one finding in most cases, and three at most in 95 of 100', () => {
    const sorted = [...findings].sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBe(1);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThanOrEqual(3);
  });
});

describe('the table of survivors', () => {
  it.each([
    ['publisher', 0.97],
    ['participants', 0.97],
    ['world', 1],
  ] as const)('leaves what %s notices at %d or more', (level, share) => {
    const seen = falsifications.filter(({ seenBy }) => levels.indexOf(seenBy) <= levels.indexOf(level));
    const missed = survivors.filter(({ level: by }) => by === level);
    expect(1 - missed.length / seen.length).toBeGreaterThanOrEqual(share);
  });

  it('names falsifications that are there, each once', () => {
    const ids = falsifications.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(survivors.map(({ id }) => id).filter((id) => !ids.includes(id))).toEqual([]);
  });
});
