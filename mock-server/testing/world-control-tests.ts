/** The tests of world, rotation and journal that control has to pass over every transport. */

import { expect, it } from 'vitest';
import type { Control, MockOperator } from '../index.ts';
import { companyOf, embeddedWorld, get, post } from './caller.ts';
import { refusalOf } from './refusals.ts';

/** An operator with its control over the transport under test. */
export interface Controlled {
  readonly mock: MockOperator;
  readonly control: Control;
}

const USER = { email: 'rotated@example.com', policy: 1 };

export function testWorld(use: () => Controlled): void {
  it('is the one that the operator runs with, masked unless its secrets are asked for', async () => {
    const { control, mock } = use();
    const world = await control.world.get({ secrets: true });
    expect(world).toEqual(JSON.parse(JSON.stringify(mock.world)));
    const masked = await control.world.get();
    expect(masked.sites).toEqual(world.sites);
    expect(JSON.stringify(masked)).not.toContain(companyOf(mock).secret);
  });

  it('is replaced, and patched with what new elements leave out', async () => {
    const { control, mock } = use();
    await control.world.replace({ ...embeddedWorld(), tcf_vendor_id: 22 });
    expect(mock.world.tcf_vendor_id).toBe(22);
    const made = await control.world.patch({
      clients: [{ name: 'New DSP', site_id: 1003, roles: ['ID_READER'] }],
    });
    expect(made.clients).toEqual([{ name: 'New DSP', key: expect.any(String), secret: expect.any(String) }]);
    expect(mock.credentials.map(({ name }) => name)).toContain('New DSP');
    await control.reset(['world']);
    expect(mock.credentials.map(({ name }) => name)).not.toContain('New DSP');
  });

  it('is refused with all its problems at once, and stays', async () => {
    const { control, mock } = use();
    const before = await mock.world.get({ secrets: true });
    for (const change of [
      () => control.world.replace({ ...embeddedWorld(), sitez: [], tcf_vendor_id: 0 }),
      () => control.world.patch({ sitez: [], tcf_vendor_id: 0 }),
    ]) {
      const error: unknown = await change().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'invalid', problems: [expect.any(String), expect.any(String)] });
      expect(error).toMatchObject({
        message: expect.stringMatching(
          /^[^\n]+sitez[^\n]*\n[^\n]*tcf_vendor_id[^\n]*$|^[^\n]*tcf_vendor_id[^\n]*\n[^\n]*sitez[^\n]*$/,
        ),
      });
    }
    expect(await mock.world.get({ secrets: true })).toEqual(before);
  });

  it('gets new keys for every keyset, or for one from a time on', async () => {
    const { control, mock } = use();
    const before = mock.world.keyset_keys.length;
    expect(await control.keys.rotate()).toHaveLength(mock.world.keysets.length);
    const keyset = mock.world.keysets[0]?.id ?? 0;
    const activates = new Date(Date.UTC(2030, 0, 1));
    const [key, ...others] = await control.keys.rotate({ keyset, activates });
    expect(key).toMatchObject({ keyset_id: keyset, activates: activates.getTime() / 1000 });
    expect(others).toEqual([]);
    expect(mock.world.keyset_keys).toHaveLength(before + mock.world.keysets.length + 1);
    expect(await refusalOf(control.keys.rotate({ keyset: 987_654 }))).toMatchObject({
      code: 'missing',
      got: '987654',
    });
  });

  it('gets new salts for all buckets, for a share of them, or for those that are named', async () => {
    const { control, mock } = use();
    const uid = async (): Promise<string> =>
      (await post(mock, '/v2/identity/map', { email: [USER.email], policy: 1 })).json.body.mapped[0]
        .advertising_id;
    const former = await uid();
    const all = await control.salts.rotate();
    expect(all).toHaveLength(mock.world.salts.buckets.length);
    expect(await uid()).not.toBe(former);
    expect(await control.salts.rotate({ buckets: all.slice(0, 2) })).toEqual(all.slice(0, 2));
    expect((await control.salts.rotate({ share: 0.5 })).length).toBeLessThan(all.length);
    expect(await refusalOf(control.salts.rotate({ share: 2 }))).toMatchObject({ code: 'invalid' });
  });

  it('test ids in use are listed and deleted', async () => {
    const { control } = use();
    await control.isolate('listed').clock.freeze();
    expect((await control.testIds.list()).map(({ id }) => id)).toContain('listed');
    await control.testIds.delete('listed');
    expect((await control.testIds.list()).map(({ id }) => id)).not.toContain('listed');
    expect(await refusalOf(control.testIds.delete('listed'))).toMatchObject({ code: 'missing' });
  });
}

export function testJournal(use: () => Controlled): void {
  const path = '/v1/token/generate';
  const served = (mock: MockOperator, testId = '') =>
    get({ ...mock, url: `${mock.url}${testId && `/__test/${testId}`}` }, path, USER, {
      credential: companyOf(mock),
    });

  it('has the exchanges in order, chosen by filters, and each in full', async () => {
    const { control, mock } = use();
    await served(mock);
    await get(mock, path, USER);
    expect(await control.journal.list()).toMatchObject([
      { path, status: 200, reason: 'served', client: companyOf(mock).name },
      { path, status: 401, reason: 'header_absent', client: null },
    ]);
    const [refused, ...others] = await control.journal.list({ status: '4xx', path: '/v1/*' });
    expect(others).toEqual([]);
    expect(await control.journal.get(refused?.id ?? '')).toMatchObject({
      status: 401,
      request: { headers: {} },
    });
    expect(await control.journal.list({ since: new Date(8e12) })).toEqual([]);
    expect(await refusalOf(control.journal.get('0'))).toMatchObject({ code: 'missing' });
    expect(await refusalOf(control.journal.list({ status: 'bad' }))).toMatchObject({
      field: 'journal.status',
    });
    expect(await control.journal.clear({ reason: 'served' })).toBe(1);
    expect(await control.journal.list()).toHaveLength(1);
  });

  it('waits for requests, and gives those that have come when the time is over', async () => {
    const { control, mock } = use();
    const waiting = control.journal.wait({ path }, { count: 2, timeout: '20s' });
    await served(mock);
    await served(mock);
    expect(await waiting).toHaveLength(2);
    expect(await control.journal.wait({ path }, { count: 3, timeout: 1 })).toHaveLength(2);
  });

  it('is followed, with the requests of a test id or all', async () => {
    const { control, mock } = use();
    const followed = control.journal.follow({ after: 0 })[Symbol.asyncIterator]();
    const isolated = control.isolate('one').journal.follow({ after: 0 })[Symbol.asyncIterator]();
    await served(mock);
    await served(mock, 'one');
    const tests = [await followed.next(), await followed.next(), await isolated.next()];
    expect(tests.map(({ value }) => (value === undefined ? '' : value.test_id))).toEqual([
      null,
      'one',
      'one',
    ]);
    await Promise.all([followed.return?.(undefined), isolated.return?.(undefined)]);
  });
}
