/** Tokens of an embedded world, with one mistake each or several: the inspector names those that were made. */

import { describe, expect, it } from 'vitest';
import { nativePrimitives as primitives } from '../../native/primitives.ts';
import { defaultWorld } from '../../operator/world/embedded.ts';
import { type Dice, dice } from '../../testing/random.ts';
import { encodeAdvertisingToken } from '../advertising-token.ts';
import { encodeRefreshToken, wrapRefreshToken } from '../refresh-token.ts';
import { type Scope, rawUidV2, rawUidV3, rawUidV4 } from '../raw-uid.ts';
import { firstLevelHash } from '../salts.ts';
import { type TokenCase, inspectToken } from './token-inspector.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const worldOf = (scope: 'uid2' | 'euid', seed = 'tokens') =>
  defaultWorld({ seed, scope, now: NOW, v4Buckets: true }, primitives);
const world = worldOf('uid2');
const euid = worldOf('euid');
const others = worldOf('uid2', 'another');
const given: TokenCase = { world, now: NOW };

type AnyWorld = typeof world;

function keyIn(from: AnyWorld, keysetId: number) {
  const key = from.keyset_keys.find(({ keyset_id }) => keyset_id === keysetId);
  if (key === undefined) throw new Error(`keyset ${keysetId}: expected a key, got none`);
  return { id: key.id, secret: Buffer.from(key.secret, 'base64') };
}

const fields = (roll: Dice, scope: Scope = 0, created = NOW - MINUTE) => ({
  scope,
  type: roll.oneIn(2) ? (1 as const) : (0 as const),
  siteId: 1001,
  privacyBits: 1,
  established: created - HOUR,
  created,
  refreshed: created,
  expires: created + HOUR,
});

const versions = [2, 3, 4] as const;

function advertising(
  roll: Dice,
  version: 2 | 3 | 4 = roll.pick([3, 4]),
  from = world,
  scope: Scope = 0,
  created?: number,
) {
  const token = fields(roll, scope, created);
  const v2 = roll.bytes(32).toString('base64');
  const rawUid = roll.oneIn(2) || version === 2 ? v2 : rawUidV3(v2, 'salt', scope, token.type, primitives);
  const length = version === 2 ? 16 : 12;
  const keys = { master: keyIn(from, -1), site: keyIn(from, 2101) };
  const ivs = { outer: roll.bytes(length), inner: roll.bytes(length) };
  return encodeAdvertisingToken(version, { ...token, rawUid }, keys, ivs, primitives);
}

function refresh(roll: Dice, from = world, change: { scope?: Scope; created?: number; flh?: string } = {}) {
  const { scope = 0, created, flh = roll.bytes(32).toString('base64') } = change;
  const token = { ...fields(roll, scope, created), flh };
  return encodeRefreshToken(
    3,
    change.flh === undefined ? token : { ...token, type: 0 },
    keyIn(from, -2),
    roll.bytes(12),
    primitives,
  );
}

function wrapped(roll: Dice, from = world, scope: Scope = 0) {
  const inner = { refreshToken: refresh(roll, from, { scope }), responseKey: roll.bytes(32) };
  return wrapRefreshToken(inner, scope, keyIn(from, -2), roll.bytes(12), primitives);
}

const anyToken = (roll: Dice, from = world): string =>
  roll.pick([
    () => advertising(roll, undefined, from),
    () => refresh(roll, from),
    () => wrapped(roll, from),
  ])();

function altered(roll: Dice, text: string): string {
  const at = roll.below(text.length - 4);
  const other = roll.pick(
    [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'].filter((c) => c !== text[at]),
  );
  return text.slice(0, at) + other + text.slice(at + 1);
}

/** A mistake as an integrator makes it, by the cause that names it. */
const mistakes: Readonly<Record<string, (roll: Dice) => string>> = {
  base64_percent_encoded: (roll) => encodeURIComponent(withSpecial(roll)),
  base64_plus_lost: (roll) => withSpecial(roll).replaceAll('+', ' '),
  base64_quoted: (roll) => `"${anyToken(roll)}"`,
  base64_white_space: (roll) => anyToken(roll).replace(/(.{76})/g, '$1\n'),
  base64_url_alphabet: (roll) => withSpecial(roll).replaceAll('+', '-').replaceAll('/', '_'),
  token_standard_alphabet: (roll) =>
    untilHas(/[-_]/, () => advertising(roll, 4))
      .replaceAll('-', '+')
      .replaceAll('_', '/'),
  base64_form_field: (roll) => `advertising_token=${anyToken(roll)}`,
  token_in_json: (roll) => JSON.stringify({ body: { advertising_token: anyToken(roll), refresh_from: 1 } }),
  token_after_word: (roll) => `Bearer ${anyToken(roll)}`,
  token_escaped: (roll) => untilHas(/\//, () => wrapped(roll)).replaceAll('/', '\\/'),
  token_encoded_twice: (roll) => Buffer.from(anyToken(roll)).toString('base64'),
  token_html: (roll) => withSpecial(roll).replaceAll('+', '&#43;').replaceAll('/', '&#x2F;'),
  token_in_hex: (roll) => Buffer.from(wrapped(roll), 'base64').toString('hex'),
  token_with_more: (roll) => `${anyToken(roll)};path`,
  token_character_added: (roll) => {
    const text = wrapped(roll);
    const at = 20 + roll.below(300);
    return `${text.slice(0, at)}Q${text.slice(at)}`;
  },
};

/** A token in the standard alphabet with a plus in it. */
const withSpecial = (roll: Dice): string => untilHas(/\+/, () => wrapped(roll));

function untilHas(form: RegExp, make: () => string): string {
  for (;;) {
    const text = make();
    if (form.test(text)) return text;
  }
}

const ids = ({ causes }: { causes: readonly { id: string }[] }): string[] => causes.map(({ id }) => id);
const TIMES = 20;

describe.each(Object.entries(mistakes))('%s', (id, make) => {
  it('is named first and proved', () => {
    const roll = dice(id.length * 7);
    for (let i = 0; i < TIMES; i++) {
      const inspected = inspectToken(primitives, make(roll), given);
      expect([ids(inspected), inspected.causes[0]?.proved, inspected.opens]).toEqual([[id], true, false]);
      expect(inspected.found).toHaveProperty('expires');
    }
  });
});

it('names two mistakes one upon the other', () => {
  const roll = dice(5);
  for (let i = 0; i < TIMES; i++) {
    const text = ` "${encodeURIComponent(withSpecial(roll))}"`;
    expect(ids(inspectToken(primitives, text, given)).sort()).toEqual([
      'base64_percent_encoded',
      'base64_quoted',
    ]);
    const inJson = JSON.stringify({ token: `Bearer ${anyToken(roll)}` });
    expect(ids(inspectToken(primitives, inJson, given))).toEqual(['token_in_json', 'token_after_word']);
  }
});

describe('a whole token', () => {
  it.each(versions)('of version %i is right', (version) => {
    const roll = dice(version);
    const inspected = inspectToken(primitives, advertising(roll, version), {
      ...given,
      route: '/v2/token/validate',
    });
    expect(inspected).toMatchObject({ kind: 'advertising_token', opens: true, refusal: null, causes: [] });
    expect(inspected.found).toMatchObject({
      version,
      scope: 'uid2',
      site_id: 1001,
      site: 'Example Company',
      is_expired: false,
      expires_in_seconds: 3540,
      privacy: { legacy: true, client_side_generated: false, opted_out: false },
      keys: [
        { id: 101, use: 'master', active: true },
        { id: 111, use: 'site', site_id: 1001, active: true },
      ],
    });
  });

  it('for refresh would refresh, wrapped or bare', () => {
    const roll = dice(1);
    for (const text of [refresh(roll), wrapped(roll)]) {
      const inspected = inspectToken(primitives, text, given);
      expect(inspected).toMatchObject({
        opens: true,
        refusal: null,
        causes: [],
        found: { would_refresh: true, why_not: null },
      });
    }
  });

  it('without a world shows its layout alone', () => {
    const roll = dice(2);
    const inspected = inspectToken(primitives, advertising(roll, 4), { now: NOW });
    expect(inspected).toMatchObject({ kind: 'advertising_token', opens: false, refusal: null, causes: [] });
    expect(inspected.found).toEqual({ version: 4, key_id: 101 });
  });
});

describe('what a refresh would end in', () => {
  const refreshed = (text: string, change: Partial<TokenCase> = {}) => {
    const { refusal, causes, found } = inspectToken(primitives, text, { ...given, ...change });
    return [refusal, causes.map(({ id }) => id), found['would_refresh']];
  };

  it('expired', () => {
    const text = refresh(dice(1), world, { created: NOW - 2 * HOUR });
    const refusal = { status: 400, message: 'Expired Token presented' };
    expect(refreshed(text)).toEqual([refusal, ['token_expired'], false]);
  });

  it('of the other scope', () => {
    const refusal = { status: 400, message: 'Invalid Token presented' };
    expect(refreshed(refresh(dice(1), world, { scope: 1 }))).toEqual([refusal, ['token_other_scope'], false]);
    expect(refreshed(refresh(dice(1), euid, { scope: 1 }), { world: euid })).toEqual([null, [], true]);
  });

  it('begun before March 2021', () => {
    const created = Date.UTC(2021, 1, 1);
    const text = refresh(dice(1), world, { created });
    expect(refreshed(text, { now: created + MINUTE })).toEqual([null, ['chain_too_old'], false]);
  });

  it('of a user who is opted out, in the world or as a test identity', () => {
    const flhOf = (email: string): string =>
      firstLevelHash(primitives.sha256Base64(email), world.salts.first_level, primitives);
    const text = (email: string) => refresh(dice(1), world, { flh: flhOf(email) });
    expect(refreshed(text('optout@example.com'))).toEqual([null, ['opted_out_in_world'], false]);
    expect(refreshed(text('validate@example.com'))).toEqual([null, [], true]);
    expect(refreshed(text('a@b.c'))).toEqual([null, [], true]);
    const optedOut = { ...world, opted_out_identities: [{ email: 'A@b.c', opted_out_at_seconds: 1 }] };
    expect(refreshed(text('a@b.c'), { world: optedOut })).toEqual([null, ['opted_out_in_world'], false]);
  });

  it('without an active key', () => {
    const keyset_keys = world.keyset_keys.map((key) => ({ ...key, expires: NOW / 1000 }));
    const refusal = { status: 500, message: 'No active encryption key available' };
    expect(refreshed(wrapped(dice(1)), { world: { ...world, keyset_keys } })).toEqual([
      refusal,
      ['no_active_master_key'],
      false,
    ]);
  });
});

describe('one altered character', () => {
  it.each(['advertising', 'refresh', 'wrapped'] as const)(
    'of a token for %s is found by its place',
    (kind) => {
      const roll = dice(9);
      const make = {
        advertising: () => advertising(roll),
        refresh: () => refresh(roll),
        wrapped: () => wrapped(roll),
      }[kind];
      let found = 0;
      for (let i = 0; i < TIMES; i++) {
        const right = make();
        const wrong = altered(roll, right);
        const at = [...right].findIndex((character, place) => character !== wrong[place]) + 1;
        const inspected = inspectToken(primitives, wrong, given);
        if (inspected.causes.some(({ says, proved }) => proved && says.includes(`at character ${at} `)))
          found++;
        expect(inspected.causes, wrong).not.toEqual([]);
      }
      // the first bytes of a token say what it is: with them altered it has another form
      expect(found).toBeGreaterThanOrEqual(TIMES - 2);
    },
  );

  it('is found twice', () => {
    const right = wrapped(dice(3));
    const wrong = `${right.slice(0, 60)}${right[60] === 'A' ? 'B' : 'A'}${right.slice(61, 200)}${right[200] === 'A' ? 'B' : 'A'}${right.slice(201)}`;
    expect(inspectToken(primitives, wrong, given).causes).toMatchObject([
      {
        id: 'token_characters_altered',
        proved: true,
        says: expect.stringContaining('character 61 and 201') as string,
      },
    ]);
  });
});

it('finds an altered character of version 2, which has no tag', () => {
  const roll = dice(12);
  for (let i = 0; i < 3; i++) {
    const right = advertising(roll, 2);
    // behind the first IV, whose bits would only change the times
    const at = 40 + roll.below(100);
    const wrong = `${right.slice(0, at)}${right[at] === 'Q' ? 'g' : 'Q'}${right.slice(at + 1)}`;
    const { causes, found } = inspectToken(primitives, wrong, given);
    expect(causes).toMatchObject([{ id: 'token_characters_altered', proved: true }]);
    expect(found).toMatchObject({ version: 2, site_id: 1001 });
  }
});

it('finds two characters that changed places', () => {
  const right = wrapped(dice(13));
  const at = [...right].findIndex((character, place) => place > 100 && character !== right[place + 1]);
  const wrong = right.slice(0, at) + right.charAt(at + 1) + right.charAt(at) + right.slice(at + 2);
  const [cause] = inspectToken(primitives, wrong, given).causes;
  expect(cause?.says).toContain(`character ${at + 1} and ${at + 2} `);
});

describe('a token that cannot be fixed', () => {
  const first = (text: string, change: Partial<TokenCase> = {}) =>
    inspectToken(primitives, text, { ...given, ...change }).causes[0];

  it('is truncated, in lower case, or in upper case', () => {
    const roll = dice(4);
    for (let i = 0; i < 5; i++) {
      const text = advertising(roll, 4);
      for (const length of [text.length - 2, 200, Math.floor(text.length / 2), 80]) {
        expect(first(text.slice(0, length))).toMatchObject({ id: 'token_cut', proved: true });
      }
      for (const length of [255, 150]) {
        expect(first(wrapped(roll).slice(0, length))).toMatchObject({ id: 'token_cut', proved: true });
      }
      expect(first(`${text.slice(0, 60)}...`)?.id).toBe('token_elided');
      expect(first(text.toLowerCase())?.id).toBe('token_lower_case');
      expect(first(wrapped(roll).toUpperCase())?.id).toBe('token_upper_case');
    }
  });

  it('was issued by another operator: its key is unknown, or has another secret', () => {
    const roll = dice(6);
    const keyset_keys = world.keyset_keys.map((key) => ({ ...key, id: key.id + 7000 }));
    for (let i = 0; i < 4; i++) {
      expect(first(advertising(roll, undefined, others))).toMatchObject({
        id: 'token_of_other_operator',
        proved: false,
      });
      expect(first(advertising(roll, undefined, { ...world, keyset_keys }))).toMatchObject({
        id: 'token_key_unknown',
      });
      expect(first(wrapped(roll, { ...world, keyset_keys }))).toMatchObject({ id: 'wrapper_key_unknown' });
    }
    const text = wrapped(roll, { ...world, keyset_keys });
    expect(inspectToken(primitives, text, given).refusal).toEqual({
      status: 400,
      message: 'Invalid key: Generator of this token (Key ID: 7102) does not exist.',
    });
  });

  it('has expired, or comes from the future', () => {
    const roll = dice(7);
    expect(first(advertising(roll, 4, world, 0, NOW - 3 * HOUR))).toMatchObject({
      id: 'advertising_token_expired',
      proved: true,
      says: expect.stringContaining('expired 2 h ago') as string,
    });
    expect(first(advertising(roll, 4, world, 0, NOW + HOUR))?.id).toBe('token_from_future');
    expect(first(advertising(roll, 4, world, 1))?.id).toBe('token_other_scope');
  });
});

describe('a text in place of another', () => {
  const roll = dice(8);
  const uid = rawUidV2(roll.bytes(32).toString('base64'), 'salt', primitives);
  it.each([
    ['/v2/token/validate', refresh(roll), 'token_is_refresh', 'Invalid token'],
    ['/v2/token/validate', wrapped(roll), 'token_is_refresh', 'Invalid token'],
    ['/v2/token/validate', uid, 'token_is_raw_uid', 'Invalid token'],
    ['/v2/token/refresh', advertising(roll, 4), 'token_is_advertising', 'Invalid Token presented'],
    ['/v2/optout/status', advertising(roll, 3), 'status_asked_with_token', undefined],
    ['/token/refresh', wrapped(roll), 'token_is_wrapped', undefined],
  ])('%s %#', (route, text, id, message) => {
    const { causes, refusal } = inspectToken(primitives, text, { ...given, route });
    expect([causes[0]?.id, refusal?.message]).toEqual([id, message]);
  });

  it('belongs to another site than that of the client', () => {
    const at = (client: string) => {
      const { causes, refusal } = inspectToken(primitives, advertising(roll, 4), {
        ...given,
        client,
        route: '/v2/token/validate',
      });
      return [causes.map(({ id }) => id), refusal?.message];
    };
    expect(at('Example Company')).toEqual([[], undefined]);
    expect(at('Example Publisher')).toEqual([['token_of_other_site'], 'Unauthorised to validate token']);
    expect(at('Example Publisher without keyset')).toEqual([
      ['site_without_keyset'],
      'Unauthorised to validate token',
    ]);
  });
});

describe('another text', () => {
  const of = (text: string, change: Partial<TokenCase> = {}) => {
    const { kind, opens, causes } = inspectToken(primitives, text, { ...given, ...change });
    return [kind, opens, causes.map(({ id }) => id)];
  };
  const [client] = world.clients;
  const [pair] = world.client_side_keypairs;
  const saltKey = world.salts.buckets.find(({ key }) => key !== null)?.key;
  if (client === undefined || pair === undefined || !saltKey)
    throw new Error('world: expected all, got less');
  const hash = dice(1).bytes(32).toString('base64');

  it.each([
    [client.key, 'api_key', true, []],
    [client.secret, 'client_secret', true, []],
    [pair.subscription_id, 'subscription_id', true, []],
    [pair.public_key, 'public_key', true, []],
    [pair.private_key, 'private_key', true, ['private_key_shown']],
    [pair.public_key.slice(9), 'public_key', true, ['public_key_form']],
    ['UID2-C-P-123-abcdef.0123456789', 'api_key', false, ['key_other_environment']],
    ['EUID-C-L-123-abcdef.0123456789', 'api_key', false, ['key_other_scope']],
    ['UID2-C-L-123-abcdef.0123456789', 'api_key', false, ['key_unknown']],
    [rawUidV2(hash, 'x', primitives), 'raw_uid_or_hash', false, []],
    [rawUidV3(hash, 'x', 1, 1, primitives), 'raw_uid', false, []],
    [rawUidV4(hash, saltKey, 0, 1, 0, primitives), 'raw_uid', true, []],
    ['user@example.com', 'email_address', false, ['token_is_identifier']],
    ['+12345678901', 'phone_number', false, ['token_is_identifier']],
    ['1780315200', 'time_in_seconds', false, ['map_r_as_milliseconds']],
    [new Date(1780315200).toISOString(), 'time_of_1970', false, ['map_r_as_milliseconds']],
    ['hello', 'unknown', false, ['token_too_short']],
    ['undefined', 'unknown', false, ['token_placeholder']],
    [client.key.toLowerCase(), 'api_key', false, ['key_case']],
    [client.key.slice(0, 30), 'api_key', false, ['key_cut']],
    [`${client.key}\n`, 'api_key', false, ['base64_white_space']],
  ])('%# is read', (text, kind, opens, causes) => expect(of(text)).toEqual([kind, opens, causes]));

  it('tells environment, scope and owner of a key', () => {
    expect(inspectToken(primitives, 'EUID-C-I-77-abcdef.0123456789', { now: NOW })).toMatchObject({
      causes: [],
      found: { scope: 'euid', environment: 'integration', site_id: 77 },
    });
    expect(inspectToken(primitives, client.key, given).found).toMatchObject({
      client: client.name,
      environment: 'local',
    });
    expect(inspectToken(primitives, rawUidV4(hash, saltKey, 1, 1, 2, primitives), given).found).toMatchObject(
      { version: 4, scope: 'euid', identity_type: 'phone', environment: 'prod', salt_key_id: saltKey.id },
    );
  });

  it('is a public key in PEM, a JWK or a bare point', () => {
    const point = Buffer.from(pair.public_key.slice(9), 'base64').subarray(26);
    expect(of(`-----BEGIN PUBLIC KEY-----\n${pair.public_key.slice(9)}`)).toEqual([
      'public_key',
      false,
      ['public_key_form'],
    ]);
    expect(of('{"kty":"EC","crv":"P-256"}')).toEqual(['public_key', false, ['public_key_form']]);
    expect(of(point.toString('base64'))).toEqual(['public_key', false, ['public_key_form']]);
  });
});

it('proves nothing of random texts', () => {
  const roll = dice(10);
  for (let i = 0; i < 500; i++) {
    const bytes = roll.bytes(roll.pick([32, 33, 124, 133, 163, 291, roll.below(300)]));
    const text = bytes.toString(roll.pick(['base64', 'base64url', 'hex', 'latin1'] as const));
    const { causes, opens } = inspectToken(primitives, text, given);
    expect([opens, causes.filter(({ proved }) => proved)]).toEqual([false, []]);
  }
});
