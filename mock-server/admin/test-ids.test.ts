/** The life of test ids: what each has of its own, who sees it, and when it ends. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Composed, compose } from '../compose.ts';
import { type MockOperator, startMockOperator } from '../index.ts';
import { listen } from '../listen.ts';
import { admin, adminOk } from '../testing/admin.ts';
import { companyOf, get, post } from '../testing/caller.ts';
import { scaled } from '../testing/scale.ts';

const HOUR_MS = 3_600_000;
const machine = { now: Date.UTC(2027, 0, 1) };
let composed: Composed;
let mock: MockOperator;
beforeAll(async () => {
  composed = await compose({}, { machine: () => machine.now });
  mock = await listen(composed);
});
afterAll(() => mock.close());
afterEach(async () => {
  await mock.reset();
  for (const { id } of await mock.testIds.list()) await mock.testIds.delete(id);
});

const ids = async (): Promise<string[]> => (await mock.testIds.list()).map(({ id }) => id);
const under = (testId: string): MockOperator => ({ ...mock, url: `${mock.url}/__test/${testId}` });
const health = (testId: string) => get(under(testId), '/ops/healthcheck');

describe('a test id', () => {
  it('is in use from its first request on, by header or prefix, until it is deleted', async () => {
    await health('by-prefix');
    await get(mock, '/ops/healthcheck', {}, { headers: { 'x-uid2-test-id': 'by-header' } });
    expect((await adminOk(mock, 'GET /tests')).tests).toEqual([
      { id: 'by-prefix', used_at: machine.now },
      { id: 'by-header', used_at: machine.now },
    ]);
    expect(await adminOk(mock, 'DELETE /tests/by-prefix')).toEqual({ deleted: 'by-prefix' });
    expect(await ids()).toEqual(['by-header']);
    const again = await admin(mock, 'DELETE /tests/by-prefix');
    expect([again.status, again.json.error]).toEqual([
      404,
      {
        field: 'id',
        expected: 'a test id in use, as GET tests lists them',
        got: '"by-prefix"',
        message: 'id: expected a test id in use, as GET tests lists them; got "by-prefix"',
      },
    ]);
  });

  it('begins again as the common state when it is used after its end', async () => {
    const one = mock.isolate('one');
    await one.clock.set(0);
    await one.optOuts.add({ email: 'mine@example.com' });
    await mock.testIds.delete('one');
    expect(await one.clock.get()).toMatchObject({ frozen: false });
    expect(await one.optOuts.list()).toEqual(await mock.optOuts.list());
  });

  it('ends after an hour without use; a use in between keeps it', async () => {
    await health('idle');
    await health('busy');
    machine.now += HOUR_MS / 2;
    await health('busy');
    await composed.states.sweep();
    expect(await ids()).toEqual(['idle', 'busy']);
    machine.now += HOUR_MS / 2;
    await composed.states.sweep();
    expect(await ids()).toEqual(['busy']);
    machine.now += HOUR_MS;
    await composed.states.sweep();
    expect(await ids()).toEqual([]);
  });

  it('is reset alone', async () => {
    const [one, two] = [mock.isolate('one'), mock.isolate('two')];
    for (const control of [one, two, mock]) await control.clock.set(1000);
    await one.reset();
    expect(await one.clock.get()).toMatchObject({ now_ms: 1000, frozen: true });
    await two.clock.set(2000);
    await mock.clock.set(3000);
    await one.clock.set(4000);
    await one.reset();
    const now = async (control: Pick<MockOperator, 'isolate'> | typeof one) =>
      (await (control as typeof one).clock.get()).now_ms;
    expect([await now(one), await now(two), await now(mock)]).toEqual([3000, 2000, 3000]);
    await mock.reset();
    expect([(await one.clock.get()).frozen, await now(two)]).toEqual([false, 2000]);
  });

  it('that is no valid one is refused on /__admin too', async () => {
    for (const testId of ['a b', 'x'.repeat(101), 'ö']) {
      const { status, json } = await admin(mock, 'GET /clock', undefined, {
        testId: encodeURI(testId),
      });
      expect(status, testId).toBe(400);
      expect(json.error.field).toBe('X-UID2-Test-Id');
    }
  });
});

it('thousands come and go without growth', async () => {
  const count = scaled(10_000);
  const { replica } = composed.states;
  const round = async (name: string) => {
    for (let done = 0; done < count; done += 50) {
      const some = Array.from({ length: 50 }, (_, index) => mock.isolate(`${name}-${done + index}`));
      await Promise.all(some.map((control) => control.clock.advance('1d')));
      await Promise.all(some.map((control) => control.optOuts.add({ email: 'many@example.com' })));
      await health(`${name}-${done}`);
    }
    expect(replica.tests.size).toBe(count);
    machine.now += HOUR_MS;
    await composed.states.sweep();
    expect(replica.tests.size).toBe(0);
  };
  await round('first');
  const optOuts = await mock.optOuts.list();
  await round('second');
  expect(await mock.optOuts.list()).toEqual(optOuts);
  expect(await mock.clock.get()).toMatchObject({ frozen: false, rate: 1 });
});

it('64 parallel testers see only what is their own', async () => {
  const own = await startMockOperator({ now: '2027-01-01' });
  const company = companyOf(own);
  const tester = async (index: number): Promise<void> => {
    const id = `tester-${index}`;
    const control = own.isolate(id);
    const byHeader = index % 2 === 0;
    const url = byHeader ? own.url : `${own.url}/__test/${id}`;
    const headers = byHeader ? { 'x-uid2-test-id': id } : {};
    const status = async (email: string): Promise<string> => {
      const how = { credential: company, timestampMs: now, headers };
      return (await post({ ...own, url }, '/v2/token/generate', { email }, how)).json.status;
    };
    const now = Date.UTC(2028, 0, 1 + index);
    await adminOk({ url }, 'POST /clock', { set: now }, byHeader ? { testId: id } : {});
    await control.optOuts.add({ email: `user${index}@example.com` });
    for (let round = 0; round < 3; round += 1) {
      const statuses = await Promise.all(
        [index, index + 1, index + 17].map((one) => status(`user${one % 64}@example.com`)),
      );
      expect(statuses).toEqual(['optout', 'success', 'success']);
      expect((await control.optOuts.list()).filter(({ at }) => at === now)).toHaveLength(1);
      expect((await adminOk({ url }, 'GET /clock', undefined, byHeader ? { testId: id } : {})).now_ms).toBe(
        now,
      );
    }
    if (index % 3 === 0) await control.reset();
    expect((await control.clock.get()).now_ms === now).toBe(index % 3 !== 0);
  };
  await Promise.all(Array.from({ length: 64 }, (_, index) => tester(index)));
  expect(await own.optOuts.list()).toHaveLength(1);
  expect((await own.clock.get()).frozen).toBe(false);
  await own.close();
});

it('with admin off neither header nor prefix has an effect', async () => {
  const off = await startMockOperator({ admin: false });
  const { json } = await post(off, '/v2/token/generate', { email: 'a@example.com' });
  expect(json.status).toBe('success');
  expect((await get(off, '/__test/one/ops/healthcheck')).status).toBe(404);
  const headers = { 'x-uid2-test-id': 'not valid' };
  expect((await get(off, '/ops/healthcheck', {}, { headers })).status).toBe(200);
  await off.close();
});
