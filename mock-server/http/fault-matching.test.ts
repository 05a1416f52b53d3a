/** Which requests meet an ordered fault: by every matcher, by counts and chances, and by test id. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Control, type FaultRequest, type MockOperator, startMockOperator } from '../index.ts';
import { bearer, clientGenerate, companyOf, credentialOf, post } from '../testing/caller.ts';
import { rawAnswer, sealedAnswer } from '../testing/raw-answers.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

const EMAIL = 'met@example.com';
const PHONE = '+12345678977';
const GENERATE = '/v2/token/generate';
const FAULTY = 599;

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator();
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

/** Orders a fault whose answer no operator gives. */
const order = (fault: FaultRequest, control: Control = mock) =>
  control.faults.add({ status: FAULTY, ...fault });

const get = async (target: string, headers: object = bearer(companyOf(mock)), method = 'GET') =>
  (await rawAnswer(mock.url, target, { method, headers: { ...headers } })).status;
const generateV1 = (headers?: object, email = EMAIL) => get(`/v1/token/generate?email=${email}`, headers);
const sealed = async (path: string, payload: object, name?: string) => {
  const credential = name === undefined ? companyOf(mock) : credentialOf(mock, name);
  return (await sealedAnswer(mock, path, payload, { credential })).status;
};
const generateV2 = (identity: object = { email: EMAIL }) => sealed(GENERATE, { ...identity, policy: 1 });
const healthcheck = () => get('/ops/healthcheck');

describe('by route', () => {
  it.each<[route: string, v1: boolean, v2: boolean]>([
    ['/v1/token/generate', true, false],
    ['/v2/*', false, true],
    ['/v2/token/*', false, true],
    ['*/generate', true, true],
    ['/*/token/generate', true, true],
    ['**', true, true],
    ['/v1*token*', true, false],
    ['/v1', false, false],
    ['/v1/token/generate/*', false, false],
    ['/V1/token/generate', false, false],
    ['*generate*generate', false, false],
    [`/${'*'.repeat(199)}x`, false, false],
  ])('%s', async (route, v1, v2) => {
    await order({ route });
    expect([await generateV1(), await generateV2()]).toEqual([v1 ? FAULTY : 200, v2 ? FAULTY : 200]);
  });

  it('the path as the operator reads it', async () => {
    await order({ route: '/v1/token/generate' });
    expect(await get(`/v1//token/./%67enerate?email=${EMAIL}`)).toBe(FAULTY);
  });

  it('no path that has no route, and nothing under /__admin', async () => {
    await order({ route: '**' });
    expect([await get('/nowhere'), await get(GENERATE)]).toEqual([404, 405]);
    expect([await get('/__admin/health', {}), await get('/__admin/nothing', {})]).toEqual([200, 404]);
  });

  it('the health check only where it is named, so that probes use up no fault', async () => {
    await order({ times: 1 });
    expect([await healthcheck(), await generateV1(), await healthcheck()]).toEqual([200, FAULTY, 200]);
    for (const route of ['/ops/healthcheck', '/ops/*', '*']) {
      await order({ route, times: 1 });
      expect([await healthcheck(), await healthcheck()]).toEqual([FAULTY, 200]);
    }
  });
});

describe('by method', () => {
  it('GET and POST', async () => {
    await order({ method: 'POST' });
    expect([await generateV1(), await generateV2()]).toEqual([200, FAULTY]);
    await mock.faults.clear();
    await order({ method: 'GET' });
    expect([await generateV1(), await generateV2()]).toEqual([FAULTY, 200]);
  });

  it('preflights only where OPTIONS is named', async () => {
    const headers = { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' };
    const preflight = () => get(GENERATE, headers, 'OPTIONS');
    await order({ route: '**' });
    expect(await preflight()).toBe(204);
    await order({ method: 'OPTIONS', route: '/v3/*' });
    expect(await preflight()).toBe(204);
    await order({ method: 'OPTIONS', route: '/v2/*', client: 'Example Company' });
    expect(await preflight()).toBe(204);
    await order({ method: 'OPTIONS', identity: EMAIL });
    expect(await preflight()).toBe(204);
    await order({ method: 'OPTIONS', route: '/v2/*', times: 1 });
    expect([await preflight(), await preflight()]).toEqual([FAULTY, 204]);
    await mock.faults.add({ method: 'OPTIONS', reset: 'after' });
    expect(await rawAnswer(mock.url, GENERATE, { method: 'OPTIONS', headers })).toMatchObject({
      status: 204,
    });
    // a request with this method that is no preflight has no route
    expect(await get(GENERATE, {}, 'OPTIONS')).toBe(405);
  });
});

describe('by client', () => {
  it('whose API key it is, whatever the client may do', async () => {
    await order({ client: 'Example DSP' });
    const [dsp, company] = [credentialOf(mock, 'Example DSP'), companyOf(mock)];
    expect(await generateV1(bearer(dsp))).toBe(FAULTY);
    expect([await generateV1(bearer(company)), await generateV1({})]).toEqual([200, 401]);
    expect(await generateV1({ authorization: 'Bearer none' })).toBe(401);
  });

  it('a disabled one too', async () => {
    const { name, key } = mock.world.clients.find(({ disabled }) => disabled) ?? { name: '', key: '' };
    await order({ client: name });
    expect(await generateV1({ authorization: `bearer ${key}` })).toBe(FAULTY);
  });
});

describe('by identity', () => {
  it.each<[identity: string, ...met: object[]]>([
    [EMAIL, { email: EMAIL }, { email: ` ${EMAIL.toUpperCase()}` }, { email_hash: hashOf(EMAIL) }],
    [` ${EMAIL.toUpperCase()}`, { email: EMAIL }],
    [hashOf(EMAIL), { email: EMAIL }, { email_hash: hashOf(EMAIL) }],
    [PHONE, { phone: PHONE }, { phone_hash: hashOf(PHONE) }],
    [hashOf(PHONE), { phone: PHONE }],
  ])('%s', async (identity, ...met) => {
    await order({ identity });
    for (const one of met) expect(await generateV2(one)).toBe(FAULTY);
    expect([
      await generateV2({ email: 'other@example.com' }),
      await generateV2({ phone: '+12345678901' }),
    ]).toEqual([200, 200]);
    expect(await generateV2({})).toBe(400);
  });

  it('in every endpoint that reads identities', async () => {
    const company = { headers: bearer(companyOf(mock)) };
    const { body } = (await post(mock, GENERATE, { email: EMAIL, policy: 1 })).json;
    const refresh = async () =>
      (await rawAnswer(mock.url, '/v2/token/refresh', { method: 'POST', body: body.refresh_token })).status;
    const map = (path: string, list: string[]) => sealed(path, { email: list });
    const mapV1 = async (list: string[]) =>
      (
        await rawAnswer(mock.url, '/v1/identity/map', {
          method: 'POST',
          ...company,
          body: JSON.stringify({ email: list }),
        })
      ).status;
    const validate = { email: EMAIL, token: body.advertising_token };
    const many = Array.from({ length: 200 }, (_, index) => `other${index}@example.com`);
    await order({ identity: EMAIL });
    expect(await refresh()).toBe(FAULTY);
    expect(await generateV1()).toBe(FAULTY);
    expect(await sealed('/v2/token/validate', validate)).toBe(FAULTY);
    expect(await sealed('/v2/token/logout', { email: EMAIL })).toBe(FAULTY);
    expect((await clientGenerate(mock, { email_hash: hashOf(EMAIL) })).status).toBe(FAULTY);
    for (const path of ['/v2/identity/map', '/v3/identity/map']) {
      expect([await map(path, [...many, EMAIL]), await map(path, many)]).toEqual([FAULTY, 200]);
    }
    expect([await mapV1(['no address', EMAIL]), await mapV1(many)]).toEqual([FAULTY, 200]);
    expect(await sealed('/v2/key/latest', {})).toBe(200);
    expect((await mock.faults.list())[0]?.hits).toBe(8);
  });

  it('after the others: a request that they exclude is not counted', async () => {
    await order({ identity: EMAIL, method: 'POST', client: 'Example Publisher', times: 1 });
    expect([await generateV1(), await generateV2()]).toEqual([200, 200]);
    expect(await sealed(GENERATE, { email: EMAIL, policy: 1 }, 'Example Publisher')).toBe(FAULTY);
  });

  it('in a new world too', async () => {
    await using other = await startMockOperator({ seed: 'another' });
    await other.faults.add({ identity: EMAIL, status: FAULTY });
    expect((await post(other, GENERATE, { email: EMAIL, policy: 1 })).status).toBe(FAULTY);
  });

  it('with an effect inside the envelope', async () => {
    await mock.faults.add({ identity: EMAIL, optout: true, skew: '1h' });
    const now = mock.clock.now();
    const opened = async (email: string) => (await sealedAnswer(mock, GENERATE, { email, policy: 1 })).open();
    const met = await opened(EMAIL);
    expect([met.json.status, met.timestampMs]).toEqual([
      'optout',
      expect.toSatisfy((ms) => ms >= now + 3_600_000),
    ]);
    expect((await opened('other@example.com')).json.status).toBe('success');
  });
});

describe('by counts', () => {
  const statuses = async (count: number): Promise<(number | undefined)[]> => {
    const found = [];
    for (let index = 0; index < count; index++) found.push(await generateV1());
    return found;
  };
  const reported = async () =>
    (await mock.faults.list()).map(({ hits, applied, left }) => [hits, applied, left]);

  it('times: it is used up, and stays listed', async () => {
    await order({ times: 2 });
    expect(await statuses(3)).toEqual([FAULTY, FAULTY, 200]);
    expect(await reported()).toEqual([[2, 2, 0]]);
  });

  it('after: the first ones are spared', async () => {
    await order({ after: 2, times: 1 });
    expect(await statuses(4)).toEqual([200, 200, FAULTY, 200]);
    expect(await reported()).toEqual([[3, 1, 0]]);
  });

  it('neither: it is never used up', async () => {
    await order({});
    expect(await statuses(3)).toEqual([FAULTY, FAULTY, FAULTY]);
    expect(await reported()).toEqual([[3, 3, null]]);
  });

  it('the next fault is met when the first is used up, or spares the request', async () => {
    await mock.faults.add([
      { status: 501, times: 1 },
      { status: 502, after: 1, times: 1 },
      { status: 503, times: 2 },
    ]);
    // the second spares the second request, which the third then takes
    expect(await statuses(5)).toEqual([501, 503, 502, 503, 200]);
  });

  it('only requests that match are counted', async () => {
    await order({ route: '/v2/*', times: 1 });
    expect([...(await statuses(2)), await generateV2(), await generateV2()]).toEqual([200, 200, FAULTY, 200]);
  });

  it('two requests at once do not share the last time', async () => {
    await order({ times: 7 });
    const all = await Promise.all(Array.from({ length: 40 }, () => generateV1()));
    expect(all.filter((status) => status === FAULTY)).toHaveLength(7);
    expect(all.filter((status) => status === 200)).toHaveLength(33);
  });

  it('probability: of 0 none, of 1 all, else a share, the same in every run and for every operator', async () => {
    await order({ probability: 0 });
    expect(await statuses(5)).toEqual([200, 200, 200, 200, 200]);
    await mock.reset(['faults']);
    await order({ probability: 1 });
    expect(await statuses(3)).toEqual([FAULTY, FAULTY, FAULTY]);

    const draw = async (probability: number) => {
      await mock.reset(['faults']);
      await order({ probability });
      return statuses(60);
    };
    const drawn = await draw(0.5);
    const faulty = drawn.filter((status) => status === FAULTY).length;
    expect(faulty).toBeGreaterThan(15);
    expect(faulty).toBeLessThan(45);
    expect((await reported())[0]?.slice(0, 2)).toEqual([60, faulty]);
    expect(await draw(0.5)).toEqual(drawn);
    await using seeded = await startMockOperator({ seed: 'another' });
    await seeded.faults.add({ status: FAULTY, probability: 0.5 });
    const others = [];
    for (let index = 0; index < 60; index++) {
      const headers = bearer(companyOf(seeded));
      others.push((await rawAnswer(seeded.url, `/v1/token/generate?email=${EMAIL}`, { headers })).status);
    }
    expect(others).not.toEqual(drawn);
  });

  it('times beside probability: as many are applied, however many are spared', async () => {
    await order({ probability: 0.5, times: 3 });
    const found = await statuses(40);
    expect(found.filter((status) => status === FAULTY)).toHaveLength(3);
    expect(found.slice(-5)).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('by test id', () => {
  const as = (testId: string) => generateV1({ ...bearer(companyOf(mock)), 'x-uid2-test-id': testId });
  const underPrefix = (testId: string) => get(`/__test/${testId}/v1/token/generate?email=${EMAIL}`);

  it('its own faults are met by its requests only, and before the common ones', async () => {
    await mock.faults.add({ status: 501, times: 3 });
    await mock.isolate('a').faults.add({ status: 502, times: 1 });
    expect([await generateV1(), await as('b'), await as('a'), await as('a'), await as('a')]).toEqual([
      501, 501, 502, 501, 200,
    ]);
  });

  it('a common fault may name it', async () => {
    await order({ test_id: 'c' });
    expect([await generateV1(), await as('d'), await as('c'), await underPrefix('c')]).toEqual([
      200,
      200,
      FAULTY,
      FAULTY,
    ]);
  });

  it('removing one state takes its faults away, and leaves the others', async () => {
    await order({}, mock.isolate('e'));
    await order({}, mock.isolate('f'));
    await mock.isolate('e').faults.clear();
    expect([await as('e'), await as('f'), await generateV1()]).toEqual([200, FAULTY, 200]);
    await mock.isolate('f').reset();
    expect(await as('f')).toBe(200);
  });
});
