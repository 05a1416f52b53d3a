/** identity/buckets (Protocol §8.6). */
import { ContractError } from '../spec/contract-error.ts';
import type { Answer } from '../check/answer.ts';
import { clientError, expectEqual, expectList, expectText, expectThat } from '../check/expect.ts';
import { sentItem } from '../check/sent.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { askMap, readMapped } from '../steps/maps.ts';
import { theme } from './theme.ts';

const askBuckets = (ctx: ScenarioContext, params: Record<string, string> | undefined): Promise<Answer> =>
  ctx.sealed
    ? askSealed(ctx, '/v2/identity/buckets', params, { caller: ctx.caller('MAPPER') })
    : askPlain(ctx, 'GET', '/v1/identity/buckets', { caller: ctx.caller('MAPPER'), query: params ?? {} });

const isoLocal = (ms: number): string => new Date(ms).toISOString().replace('Z', '');

async function readBuckets(ctx: ScenarioContext, since: string): Promise<{ id: string; updated: string }[]> {
  const answer = await askBuckets(ctx, { since_timestamp: since });
  const check = { sent: answer.sent, cause: 'the form of the items of buckets' };
  return expectList({ ...answer, wrapped: true }).map((item) => {
    expectEqual(check, 'members', Object.keys(item).sort(), ['bucket_id', 'last_updated']);
    const { bucket_id: id, last_updated: updated } = item;
    expectThat(check, typeof id === 'string' && id.length >= 9, 'bucket_id: a text', id);
    const form =
      ctx.target.profile === 'seed-v1'
        ? /^\d{4}(-\d\d){2}T\d\d(:\d\d){2}(\.\d{3})?$/
        : /^\d{4}(-\d\d){2}T\d\d(:\d\d){2}\.\d{3}$/;
    expectThat(
      check,
      typeof updated === 'string' && form.test(updated),
      'last_updated: yyyy-MM-ddTHH:mm:ss.SSS',
      updated,
    );
    return { id, updated };
  });
}

async function buckets(ctx: ScenarioContext): Promise<void> {
  const all = await readBuckets(ctx, '1970-01-01T00:00:00');
  const check = { sent: 'buckets since 1970', cause: 'which buckets are listed, or their times' };
  const ids = all.map(({ id }) => id);
  expectEqual(check, 'number of different bucket ids:', new Set(ids).size, ids.length);
  const expected = ctx.target.world?.salts?.buckets;
  if (expected) {
    expectEqual(
      check,
      'buckets',
      all.map((item) => Date.parse(`${item.updated}Z`)),
      expected.map((bucket) => bucket.last_updated),
    );
    if (expected.every((bucket) => bucket.bucket_id))
      expectEqual(
        check,
        'bucket ids',
        all.map((item) => item.id),
        expected.map((bucket) => bucket.bucket_id),
      );
  }
  const times = [...new Set(all.map((item) => Date.parse(`${item.updated}Z`)))].sort((a, b) => a - b);
  for (const at of [times[0], times[Math.floor(times.length / 2)], times.at(-1)]) {
    if (at === undefined) continue;
    for (const [since, kept] of [
      [at, (time: number) => time >= at],
      [at + 1, (time: number) => time > at],
    ] as const) {
      const listed = await readBuckets(ctx, isoLocal(since));
      const wanted = all.filter((item) => kept(Date.parse(`${item.updated}Z`)));
      expectEqual({ ...check, sent: `buckets since ${isoLocal(since)}` }, 'buckets', listed, wanted);
    }
  }
  for (const since of ['1970-01-01T00:00', '1970-01-01T00:00:00.000000001']) {
    expectEqual(
      { ...check, sent: `buckets since ${since}` },
      'number of buckets',
      (await readBuckets(ctx, since)).length,
      all.length,
    );
  }
}

async function badTimes(ctx: ScenarioContext): Promise<void> {
  clientError(await askBuckets(ctx, {}), 'missing parameter since_timestamp');
  for (const since of [
    '2021-01-01',
    '2021-01-01T00:00:00Z',
    '2021-01-01T00:00:00+01:00',
    '2021-01-01 00:00:00',
    '',
    '1609459200',
    '2021-02-30T00:00:00',
    ' 2021-01-01T00:00:00',
  ]) {
    clientError(await askBuckets(ctx, { since_timestamp: since }), 'invalid date, must conform to ISO 8601');
  }
  if (ctx.sealed) expectText(await askBuckets(ctx, undefined), 500, 'Internal Server Error');
}

async function bucketIds(ctx: ScenarioContext): Promise<void> {
  if (!ctx.sealed && !ctx.target.served.v1)
    throw new ContractError('not_applicable', 'only v1 and v2 have identity/buckets');
  if (ctx.api === 'v0' && ctx.target.profile === 'seed-v1')
    throw new ContractError('not_applicable', 'v0 map of seed-v1 has no bucket ids');
  const listed = new Set((await readBuckets(ctx, '1970-01-01T00:00:00')).map((item) => item.id));
  const people = Array.from({ length: 20 }, (_, i) => `contract.user${String(i)}@example.com`);
  const answer = await askMap(ctx, { email: people });
  const cause = 'map and buckets have different bucket ids';
  for (const { identifier, bucketId = '' } of readMapped(ctx, answer).mapped) {
    const check = { sent: sentItem(answer.sent, identifier), cause };
    expectThat(check, listed.has(bucketId), 'a bucket_id that buckets lists', bucketId);
  }
}

export const bucketScenarios = theme('buckets', 'advertiser', [
  [
    'since',
    'R60',
    'v1 v2',
    'buckets lists what changed at or after the time, in table order, with milliseconds',
    buckets,
  ],
  [
    'bad-time',
    'R61',
    'v1 v2',
    'a missing time, and one that is not a date and time without zone, are refused',
    badTimes,
  ],
  ['ids', 'R62', 'v0 v1 v2', 'buckets lists the bucket ids that map gives', bucketIds],
]);
