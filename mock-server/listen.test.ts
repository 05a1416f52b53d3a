/** The API of a started operator: its opt-outs, credentials and clock, and where it listens. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ControlError,
  type MockOperator,
  type OptOutRequest,
  type RecordedOptOut,
  startMockOperator,
} from './index.ts';
import { ask, embeddedWorld, post } from './testing/caller.ts';

const NOW = Date.UTC(2027, 0, 1);
const optedOutInWorld = 'local-mock-optout@example.com';

describe('opt-outs', () => {
  let mock: MockOperator;
  beforeEach(async () => {
    mock = await startMockOperator({ profile: 'current' });
    await mock.clock.set(NOW);
  });
  afterEach(() => mock.close());

  const times = async (): Promise<number[]> => (await mock.optOuts.list()).map(({ at }) => at).sort();
  const ofWorld = Date.UTC(2023, 0, 1);
  const status = async (identifier: object): Promise<string> =>
    (await post(mock, '/v2/token/generate', identifier)).json.status;

  it('are listed as in optout/status, with those of the world', async () => {
    await mock.optOuts.add({ email: 'jane.doe@example.com', at: NOW - 5000 });
    const list: readonly RecordedOptOut[] = await mock.optOuts.list();
    expect(list).toEqual(
      Array.from({ length: 2 }, () => ({
        first_level_hash: expect.stringMatching(/^[\w+/]{43}=$/),
        raw_uid: expect.any(String),
        at: expect.any(Number),
      })),
    );
    const advertising_ids = list.map(({ raw_uid }) => raw_uid);
    const { body } = (await post(mock, '/v2/optout/status', { advertising_ids })).json;
    expect(body.opted_out).toEqual(
      list.map(({ raw_uid, at }) => ({ advertising_id: raw_uid, opted_out_since: at })),
    );
    expect(await times()).toEqual([ofWorld, NOW - 5000]);
  });

  it.each<[string, OptOutRequest['at'], number]>([
    ['now by the clock of the operator, if not said', undefined, NOW],
    ['at epoch ms', 1234, 1234],
    ['at 0', 0, 0],
    ['at a date in ISO 8601', '2020-01-01T00:00:00Z', Date.UTC(2020, 0, 1)],
    ['at a Date', new Date(99), 99],
  ])('happened %s', async (_when, at, expected) => {
    await mock.optOuts.add({ email: 'jane.doe@example.com', ...(at !== undefined && { at }) });
    expect(await times()).toEqual([ofWorld, expected].sort());
  });

  it('are added many at once, or none when one of them is invalid', async () => {
    await mock.optOuts.add([{ email: 'a@example.com' }, { phone: '+12345678901', at: 7 }]);
    expect(await times()).toEqual([ofWorld, NOW, 7].sort());
    const wrong: OptOutRequest[] = [{ email: 'b@example.com' }, { email: 'nobody' }];
    await expect(mock.optOuts.add(wrong)).rejects.toThrow('optOuts[1].email: expected a valid email');
    const never: OptOutRequest[] = [{ email: 'b@example.com' }, { email: 'c@example.com', at: 'never' }];
    await expect(mock.optOuts.add(never)).rejects.toThrow('.at: expected epoch ms or an ISO 8601 date');
    expect(await mock.optOuts.list()).toHaveLength(3);
    await mock.optOuts.add([]);
    expect(await status({ email: 'b@example.com' })).toBe('success');
  });

  it('count for every request as soon as the promise resolves, and so does their removal', async () => {
    const email = 'jane.doe@example.com';
    await mock.optOuts.add({ email });
    expect(await status({ email })).toBe('optout');
    await mock.optOuts.clear();
    expect(await status({ email })).toBe('success');
    expect(await status({ email: optedOutInWorld })).toBe('success');
    expect(await mock.optOuts.list()).toEqual([]);
    await mock.reset();
    expect(await status({ email: optedOutInWorld })).toBe('optout');
    expect(await times()).toEqual([ofWorld]);
  });

  it.each<[unknown, string]>([
    [undefined, 'optOuts: expected an object; got nothing'],
    [null, 'optOuts: expected an object; got null'],
    ['jane.doe@example.com', 'optOuts: expected an object; got a string'],
    [[null], 'optOuts[0]: expected an object; got null'],
    [{ emial: 'jane.doe@example.com' }, 'got "emial"; did you mean email?'],
    [
      {},
      'optOuts: expected exactly one of email, email_hash, phone, phone_hash, first_level_hash, raw_uid; got none',
    ],
  ])('of %j are refused in a sentence', async (given, message) => {
    await expect(mock.optOuts.add(given as OptOutRequest)).rejects.toThrow(message);
    await expect(mock.optOuts.remove(given as OptOutRequest)).rejects.toThrow(ControlError);
  });
});

describe('credentialFor', () => {
  it.each([
    ['GENERATOR', 'Example Publisher'],
    ['MAPPER', 'Example Advertiser'],
    ['ID_READER', 'Example DSP'],
    ['SHARER', 'Example Sharer'],
    ['OPTOUT', 'Opt-out Service'],
  ])('gives one that has only %s: %s', async (role, name) => {
    const mock = await startMockOperator();
    expect(mock.credentialFor(role)).toMatchObject({ name, roles: [role] });
    expect(mock.credentials).toContainEqual(mock.credentialFor(role));
    await mock.close();
  });

  it('gives a client with several roles if none has only that role, never a disabled client, and fails if none has it', async () => {
    const world = embeddedWorld();
    const clients = world.clients.map((client) => ({
      ...client,
      disabled: client.roles.length === 1 && client.roles[0] === 'MAPPER',
      roles: client.roles.filter((role) => role !== 'OPTOUT'),
    }));
    const mock = await startMockOperator({ world: { ...world, clients } });
    expect(mock.credentialFor('MAPPER').roles).toEqual(['GENERATOR', 'MAPPER', 'ID_READER', 'SHARER']);
    expect(() => mock.credentialFor('OPTOUT')).toThrow(
      new RangeError(
        'credentialFor: expected a role of this world, GENERATOR, MAPPER, ID_READER, SHARER; got OPTOUT',
      ),
    );
    await mock.close();
  });
});

it('the operator is not affected by changes to its credentials object', async () => {
  const mock = await startMockOperator();
  const credential = mock.credentialFor('MAPPER');
  Object.assign(credential.roles, ['GENERATOR']);
  Object.assign(credential, { key: 'other' });
  expect(mock.credentialFor('MAPPER').roles).toEqual(['MAPPER']);
  expect(mock.world.clients.find(({ name }) => name === credential.name)?.roles).toEqual(['MAPPER']);
  await mock.close();
});

it('the clock is not moved beyond the last possible date', async () => {
  const mock = await startMockOperator();
  for (const ms of [8.64e15, -1e300, Infinity, '1' as unknown as number]) {
    await expect(mock.clock.advance(ms)).rejects.toThrow(ControlError);
  }
  expect(Math.abs(mock.clock.now() - Date.now())).toBeLessThan(10_000);
  await mock.close();
});

it('listens on localhost by that name', async () => {
  const mock = await startMockOperator({ host: 'localhost' });
  expect(mock.url).toMatch(/^http:\/\/localhost:\d+$/);
  const { port } = new URL(mock.url);
  for (const url of [mock.url, `http://127.0.0.1:${port}`]) {
    expect((await ask({ ...mock, url }, '/ops/healthcheck')).status).toBe(200);
  }
  await mock.close();
});
