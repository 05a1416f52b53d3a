/** Requests that are read, mapped and answered in turns answer as short ones do (Protocol §8.7 to §8.9). */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from './index.ts';
import { ask, bearer, companyOf, embeddedWorld, post } from './testing/caller.ts';

const LONG = 1500;

/** Addresses that are mapped, opted out and invalid, in turn. */
const addressOf = (i: number): string | number => {
  if (i % 10 === 3) return 'optout@example.com';
  if (i % 10 === 7) return i % 20 === 7 ? `no address ${i} \u{1f4a5}` : i;
  return `some.user.${i}@example.com`;
};
const email = Array.from({ length: LONG }, (_, i) => addressOf(i));

let today: MockOperator;
let before: MockOperator;
beforeAll(async () => {
  const world = embeddedWorld();
  const buckets = world.salts.buckets.map((bucket) => ({ ...bucket, salt: 'salt', key: null }));
  today = await startMockOperator({ profile: 'current' });
  before = await startMockOperator({
    profile: 'v5.56',
    world: { ...world, salts: { ...world.salts, buckets } },
  });
});
afterAll(() => Promise.all([today.close(), before.close()]));

/** The answers to a list cut into lists of ten, put together again. */
async function inTens(mock: MockOperator, path: string): Promise<Record<string, unknown[]>> {
  const whole: Record<string, unknown[]> = {};
  for (let from = 0; from < LONG; from += 10) {
    const { json } = await post(mock, path, { email: email.slice(from, from + 10) });
    for (const [name, items] of Object.entries<unknown[]>(json.body)) {
      whole[name] = [...(whole[name] ?? []), ...items];
    }
  }
  return whole;
}

describe('a long identity map', () => {
  it.each([false, true])('of v2 answers as many short ones do; binary: %s', async (binary) => {
    for (const mock of [today, before]) {
      const { status, json } = await post(mock, '/v2/identity/map', { email }, { binary });
      expect([status, json.status]).toEqual([200, 'success']);
      expect(json.body).toEqual(await inTens(mock, '/v2/identity/map'));
      expect(json.body.mapped.length + json.body.unmapped.length).toBe(LONG);
    }
  });

  it.each([false, true])('of v3 answers as many short ones do; binary: %s', async (binary) => {
    const payload = { phone: ['+12345678901', ...Array<string>(200).fill('1')], email };
    const { status, text, json } = await post(today, '/v3/identity/map', payload, { binary });
    expect([status, json.status]).toEqual([200, 'success']);
    const { email: mapped } = await inTens(today, '/v3/identity/map');
    expect(json.body.email).toEqual(mapped);
    expect(json.body.phone).toHaveLength(201);
    expect(text).toMatch(
      /^\{"body":\{"email_hash":\[\],"phone":\[\{"u":"[^"]+","p":(null|"[^"]+"),"r":\d+\},/,
    );
    expect(text).toMatch(/\],"phone_hash":\[\],"email":\[\{"u".*\]\},"status":"success"\}$/);
  });

  it('of v0 and v1 answers as that of v2 does', async () => {
    const { json } = await post(before, '/v2/identity/map', { email });
    const request = {
      method: 'POST',
      headers: bearer(companyOf(before)),
      body: JSON.stringify({ email }),
    };
    const v1 = await ask(before, '/v1/identity/map', request);
    expect([v1.status, v1.type]).toEqual([200, 'application/json']);
    expect(v1.json).toEqual(json);
    const v0 = await ask(before, '/identity/map', request);
    expect([v0.status, v0.type]).toEqual([200, 'application/json']);
    expect(v0.json).toEqual(json.body);
  });

  it.each(['/v2/identity/map', '/v3/identity/map', '/v2/token/generate'])(
    'that is no JSON at its end is refused on %s',
    async (path) => {
      const text = `${JSON.stringify({ email })}x`;
      expect(await post(today, path, undefined, { text })).toMatchObject({
        status: 400,
        json: { message: 'Invalid payload in body: Data is not valid json string.' },
      });
    },
  );

  it.each(['/identity/map', '/v1/identity/map'])('that is no JSON at its end fails on %s', async (path) => {
    const body = `${JSON.stringify({ email })}x`;
    const request = { method: 'POST', headers: bearer(companyOf(before)), body };
    expect((await ask(before, path, request)).status).toBe(500);
  });

  it('with a null at its end fails', async () => {
    expect((await post(today, '/v2/identity/map', { email: [...email, null] })).status).toBe(500);
    const { json } = await post(today, '/v2/identity/map', { phone: [...email, null] });
    expect(json.body.unmapped).toHaveLength(LONG + 1);
  });

  it('gets its own answer, at the same time as others', async () => {
    const lists = Array.from({ length: 4 }, (_, k) => email.map((item) => `${k}.${item}`));
    const asked = lists.map((list) => post(today, '/v2/identity/map', { email: list }));
    for (const [k, answer] of asked.entries()) {
      const { json } = await answer;
      const given = [...json.body.mapped, ...json.body.unmapped].map(({ identifier }) => identifier);
      expect(given.sort()).toEqual([...(lists[k] ?? [])].sort());
    }
  });
});

it('a long payload that names one identity is read as a short one', async () => {
  const { json } = await post(today, '/v2/token/generate', {
    email: 'user@example.com',
    comment: 'x'.repeat(100_000),
  });
  expect(json.status).toBe('success');
});
