/** TCF strings (Protocol §8.1.5): vendor 21, purposes 1, 2, 3, 4, 7 and 10. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../index.ts';
import { embeddedWorld, post } from '../testing/caller.ts';

const CONSENT = 'COztr8AOztr8AAHABAENAwCoAPJAAAAAAAYgAKgAACAAIAAA';

let today: MockOperator;
let before: MockOperator;
beforeAll(async () => {
  const world = embeddedWorld('euid');
  const buckets = world.salts.buckets.map((bucket) => ({ ...bucket, salt: 'salt', key: null }));
  today = await startMockOperator({ world, profile: 'current' });
  before = await startMockOperator({
    world: { ...world, salts: { ...world.salts, buckets } },
    profile: 'v5.56',
  });
});
afterAll(() => Promise.all([today.close(), before.close()]));

async function answer(mock: MockOperator, tcf_consent_string: unknown): Promise<string> {
  const { json } = await post(mock, '/v2/token/generate', { email: 'user@example.com', tcf_consent_string });
  return json.message ?? json.status;
}

const invalid = 'User consent is invalid';
const unknown = 'Unknown error while generating token v2';

describe('a consent string', () => {
  it.each([
    ['of all purposes by consent', CONSENT, 'success'],
    ['of a provider with a low id', 'CPhJRpMPhJRpMABAMBFRACBoALAAAEJAAIYgAKwAQAKgArABAAqAAA', 'success'],
    ['of an unlikely language and country', 'COztr8AOztr8AAHABAENAwCsAP_AAAAAAXYgAQABACAEAAQAAA', 'success'],
    ['with a good segment', `${CONSENT}.YAAAAAAAAAA`, 'success'],
    ['with a segment of unknown type', `${CONSENT}.gAAA`, 'success'],
    ['with empty segments at the end', `${CONSENT}..`, 'success'],
    ['with a segment that is no base64', `${CONSENT}.!`, invalid],
    ['without purpose 7', 'COztr8AOztr8AAHABAENAwCoAPBAAAAAAAYgAKgAACAAIAAA', 'insufficient_user_consent'],
    ['cut off in its lists', CONSENT.slice(0, 46), invalid],
    ['cut off in front of them', CONSENT.slice(0, 30), invalid],
    ['of one character more, which is no base64', `${CONSENT}A`, invalid],
    ['of one byte more', `${CONSENT}AA`, 'success'],
    ['with wrong padding', `${CONSENT}=`, invalid],
    ['with a space', ` ${CONSENT}`, invalid],
    ['in the standard alphabet', `${CONSENT.slice(0, 20)}+${CONSENT.slice(21)}`, invalid],
    ['of version 1', `B${CONSENT.slice(1)}`, unknown],
    ['of version 1, cut off', 'BOOO', unknown],
    ['of version 1, with a broken segment', `B${CONSENT.slice(1)}.!`, unknown],
    ['of version 1 that is no base64', 'B', invalid],
    ['of version 3', `D${CONSENT.slice(1)}`, invalid],
    ['of version 34', `i${CONSENT.slice(1)}`, invalid],
    ['that is empty', '', invalid],
    ['of dots', '..', invalid],
    ['that is a number', 5, invalid],
    ['that is a list', [CONSENT], invalid],
    ['that is null', null, invalid],
  ])('%s', async (_what, text, expected) => expect(await answer(today, text)).toBe(expected));

  it('needs special feature 1 in 5.56 only', async () => {
    const withoutFeature = 'COztr8AOztr8AAHABAENAwCgAPJAAAAAAAYgAKgAACAAIAAA';
    expect(await answer(before, CONSENT)).toBe('success');
    expect(await answer(before, withoutFeature)).toBe('insufficient_user_consent');
    expect(await answer(today, withoutFeature)).toBe('success');
  });
});
