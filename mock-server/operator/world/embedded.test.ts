/** What the embedded world promises to clients, for every seed, scope and profile. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../../index.ts';
import { nativePrimitives } from '../../native/primitives.ts';
import { profileNames } from '../profile.ts';
import { defaultWorld } from './embedded.ts';

const MILLISECONDS = ['last_updated', 'refresh_from'];

/** Every number of a world that is not in milliseconds, by its path. */
function numbersOf(value: unknown, path = ''): [path: string, value: number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    MILLISECONDS.includes(name) ? [] : numbersOf(member, `${path}.${name}`),
  );
}

const variants = profileNames.flatMap((profile) =>
  (['uid2', 'euid'] as const)
    .filter((scope) => profile !== 'seed-v1' || scope === 'uid2')
    .flatMap((scope) => [undefined, 'a', 'another seed'].map((seed) => ({ profile, scope, seed }))),
);

describe.each(variants)('the embedded world of $profile, $scope, seed $seed', (options) => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator(options);
  });
  afterAll(() => mock.close());

  it('has no number that clients with 32 bits misread', () => {
    const numbers = numbersOf(mock.world);
    const expiries = numbers.filter(([path]) => path.endsWith('.expires'));
    expect(expiries.length).toBe(mock.world.keyset_keys.length);
    expect(numbers.filter(([, number]) => number >= 2 ** 31 || number < -(2 ** 31))).toEqual([]);
  });

  it('has every character of base64 that clients break on in the key of every client', () => {
    for (const { name, key } of mock.world.clients) {
      expect(key, name).toMatch(/^(UID2|EUID)-C-L-\d+-[\w+/]{6}\.[\w+/]{37}=$/);
      for (const character of '+/=') expect(key, name).toContain(character);
    }
  });
});

describe('the whole embedded world', () => {
  const digestOf = (scope: 'uid2' | 'euid', v4Buckets: boolean): string => {
    const now = Date.UTC(2026, 10, 23, 12);
    const world = defaultWorld({ seed: 'uid2-mock', scope, now, v4Buckets }, nativePrimitives);
    return nativePrimitives.sha256Base64(JSON.stringify(world));
  };

  it.each([
    ['uid2', true, '7yqvdwJv4Urd64MKCa+V0+UZ2AMGZYibPBuBr+O6f/M='],
    ['uid2', false, 'E/huTof2vVu5F2uQ6uaxZjVAta+VRC2dS8nuu9kWqOw='],
    ['euid', true, '3wKlbgm6JVRtivzJBXK7+omMCx/arYqoCifHln78gjs='],
  ] as const)('of %s, with v4 buckets: %s, is the same in every release', (scope, v4Buckets, digest) => {
    expect(digestOf(scope, v4Buckets)).toBe(digest);
  });
});

/** Tests and configurations of users carry these keys. */
it('has the same keys in every release', async () => {
  const mock = await startMockOperator();
  expect(mock.credentials.map(({ key }) => key)).toEqual([
    'UID2-C-L-1001-DbRLvg.iVebYUxDAUiAJvZOO9BDlmUKljx6Lg+/Y5hAs=',
    'UID2-C-L-1002-gbAkWx.ha7OvXcf0OXzZ215Hc2P9M54d+5oQLkN9l/UI=',
    'UID2-C-L-1004-FNUxT+.4HWxqDgW5q0hGJnqlsy6lba9L8T0uxbBw/PrI=',
    'UID2-C-L-1003-FBGjWH.xESPHyJelRdvjY/nEsla5yZbxeNlPtyyfT+bw=',
    'UID2-C-L-1005-8v3ZBS.W21DN+psK8TpkFpGINvNmxr/78BGHIuDkc5AQ=',
    'UID2-C-L-1006-r7dDWl.SF+OabR+9f+3ZWP762hW4c/xHQPVoaxZdSCGQ=',
    'UID2-C-L-1007-a3xi0/.axYRNW0xZzxTqaI09BWh4QHiHx+xFqSD4KipQ=',
    'UID2-C-L-1009-+UqGrk.GQY//f18jSLT+j+Cu9bfx1MqPE0f08O3PHwLc=',
    'UID2-C-L-1010-yfEeEi.yREk+ap578Ff36H/6q2S13X0F4osfFRyzE9NI=',
  ]);
  await mock.close();
});
