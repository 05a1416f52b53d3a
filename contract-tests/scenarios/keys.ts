/** key/latest, key/sharing and key/bidstream (Protocol §8.10, §4.3). */
import { isDeepStrictEqual } from 'node:util';
import { needError } from '../spec/contract-error.ts';
import type { Caller } from '../target/credentials.ts';
import { hasRole } from '../target/roles.ts';
import { siteOfKey, visibleKeys } from '../target/world-keys.ts';
import type { WorldKey } from '../target/world.ts';
import { expectEqual, expectError, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { askParticipants, masterInAnswers } from '../steps/key-requests.ts';
import { agree, decrypts } from '../steps/key-agreement.ts';
import { askKeys, readKeys, type KeyEndpoint } from '../steps/keys.ts';
import { theme } from './theme.ts';

const SECONDS = ['created', 'activates', 'expires'] as const;

async function keyObjects(ctx: ScenarioContext): Promise<void> {
  for (const { endpoint, keys, check: asked } of await askParticipants(ctx)) {
    const check = { ...asked, cause: 'the members or the order of key objects' };
    expectThat(check, keys.length > 0, 'at least the master key', 'no key');
    const ids = keys.map((key) => Number(key['id']));
    expectEqual(
      check,
      'key ids, ascending,',
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
    for (const key of keys) {
      const own =
        endpoint === 'latest'
          ? ['site_id']
          : endpoint === 'sharing' && 'keyset_id' in key
            ? ['keyset_id']
            : [];
      expectEqual(
        check,
        'members',
        Object.keys(key).sort(),
        ['activates', 'created', 'expires', 'id', ...own, 'secret'].sort(),
      );
      for (const name of ['id', ...SECONDS, ...own]) {
        expectThat(check, Number.isSafeInteger(key[name]), `${name}: a whole number`, key[name]);
      }
      for (const name of SECONDS) expectThat(check, Number(key[name]) < 1e11, `${name}: seconds`, key[name]);
      expectThat(
        check,
        Number(key['activates']) < Number(key['expires']),
        'activates before expires',
        key['expires'],
      );
      const secret = key['secret'];
      expectThat(
        check,
        typeof secret === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(secret),
        'secret: base64 of 32 bytes',
        typeof secret,
      );
    }
  }
}

function extra(
  ctx: ScenarioContext,
  endpoint: KeyEndpoint,
  caller: Caller,
  key: WorldKey,
): Record<string, number> {
  const { world } = ctx.target;
  const site = world && siteOfKey(world, key.id);
  if (endpoint === 'latest') return site === undefined ? {} : { site_id: site };
  if (endpoint === 'bidstream') return {};
  if (key.keyset_id === world?.master_keyset_id) return { keyset_id: masterInAnswers(ctx) };
  return site === caller.siteId ? { keyset_id: key.keyset_id } : {};
}

async function visible(ctx: ScenarioContext): Promise<void> {
  const { world } = ctx.target;
  if (!world?.keysets || !world.keyset_keys) throw needError('world', 'this needs the keysets of a world');
  for (const { endpoint, caller, keys, check: asked } of await askParticipants(ctx)) {
    const check = { ...asked, cause: 'which keysets the caller may see' };
    const expected = visibleKeys(world, { siteId: caller.siteId, roles: caller.roles ?? [] }) ?? [];
    expectEqual(
      check,
      `ids of the keys for site ${String(caller.siteId)}`,
      keys.map((key) => key['id']),
      expected.map((key) => key.id),
    );
    expected.forEach((key, i) => {
      const { keyset_id: _, ...own } = key;
      const wanted: Record<string, unknown> = { ...own, ...extra(ctx, endpoint, caller, key) };
      const names = Object.keys({ ...wanted, ...keys[i] });
      const differs = names.find((name) => keys[i]?.[name] !== wanted[name]);
      expectEqual(
        { ...check, cause: "a key's own values" },
        `key ${String(key.id)}: member that differs`,
        differs,
        undefined,
      );
    });
  }
}

async function reservedSite(ctx: ScenarioContext): Promise<void> {
  const caller = ctx.target.callers.find(
    (one) => !one.disabled && one.siteId !== undefined && one.siteId <= 2 && hasRole(one, 'ID_READER'),
  );
  if (!caller) throw needError('other key', 'no credential of a reserved site was given');
  expectError(
    await askKeys(ctx, 'latest', caller),
    401,
    'invalid_client',
    `Unexpected client site id ${String(caller.siteId)}`,
  );
}

async function binary(ctx: ScenarioContext): Promise<void> {
  const caller = ctx.caller();
  for (const endpoint of ['latest', 'sharing', 'bidstream'] as const) {
    const plain = await askKeys(ctx, endpoint, caller);
    const answer = await askSealed(ctx, `/v2/key/${endpoint}`, {}, { caller, binary: true });
    const check = { sent: answer.sent, cause: 'the payload or the content type changes the answer' };
    readKeys(answer, endpoint);
    expectThat(
      check,
      isDeepStrictEqual(answer.json, plain.json),
      'the same answer as without a payload, in text',
      'a different one',
    );
  }
}

export const keyScenarios = [
  ...theme('keys', 'dsp', [
    [
      'objects',
      'R64',
      'v0 v1 v2',
      'keys have their members, with times in seconds, sorted by id',
      keyObjects,
    ],
    [
      'visible',
      'R65',
      'v0 v1 v2',
      'the answer has exactly the keys that the caller may see, with their values',
      visible,
    ],
    [
      'agree',
      'R68',
      'v0 v1 v2',
      'the key endpoints agree with each other and do not change from request to request',
      agree,
    ],
    ['decrypt', 'S6', 'v0 v1 v2', 'the keys of the key endpoints decrypt advertising tokens', decrypts],
    ['reserved-site', 'R69', 'v0 v1 v2', 'clients of reserved sites are refused', reservedSite],
    ['any-payload', 'R68', 'v2', 'an empty object as payload, in bytes, does not change the answer', binary],
  ]),
  ...theme('keys', 'sharer', [
    [
      'sharer-sees',
      'R65',
      'v2',
      'a sharer sees the master keys, its own keys and those shared with it',
      visible,
    ],
    ['sharer-objects', 'R64', 'v2', 'only own keys and master keys name their keyset', keyObjects],
  ]),
];
