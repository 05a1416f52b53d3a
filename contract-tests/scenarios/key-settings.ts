/** The members of key/sharing and key/bidstream besides the keys (Protocol §8.10). */
import { z } from 'zod';
import { ownKeyset } from '../target/callers.ts';
import { hasRole } from '../target/roles.ts';
import { expectedSiteData, visibleKeys } from '../target/world-keys.ts';
import { type Check } from '../check/departure.ts';
import { expectEqual, expectObject, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askEveryCaller, masterInAnswers } from '../steps/key-requests.ts';
import { theme } from './theme.ts';

/** A number of the operator's settings: that of the world, or any positive one if the world does not have it. */
function expectNumber(check: Check, name: string, value: unknown, expected: number | undefined): void {
  if (expected !== undefined) expectEqual(check, `${name}:`, value, expected);
  else
    expectThat(
      check,
      typeof value === 'number' && Number.isSafeInteger(value) && value > 0,
      `${name}: whole seconds`,
      value,
    );
}

async function sharing(ctx: ScenarioContext): Promise<void> {
  const { world, scope } = ctx.target;
  for (const { answer, caller, check: asked } of await askEveryCaller(ctx, 'sharing')) {
    const check = { ...asked, cause: 'the settings in the answer of key/sharing' };
    const body = expectObject(answer);
    const keyset = world?.keysets ? ownKeyset(world, caller.siteId) : body['default_keyset_id'];
    const sharer = hasRole(caller, 'SHARER');
    const names = [
      'allow_clock_skew_seconds',
      'caller_site_id',
      ...(keyset === undefined ? [] : ['default_keyset_id']),
      'identity_scope',
      'keys',
      'master_keyset_id',
      ...(sharer ? ['max_sharing_lifetime_seconds'] : []),
      ...('site_data' in body ? ['site_data'] : []),
      'token_expiry_seconds',
    ];
    expectEqual(check, 'members', Object.keys(body).sort(), names.sort());
    expectNumber(check, 'caller_site_id', body['caller_site_id'], caller.siteId);
    expectEqual(check, 'master_keyset_id', body['master_keyset_id'], masterInAnswers(ctx));
    if (keyset !== undefined)
      expectNumber(check, 'default_keyset_id', body['default_keyset_id'], world && Number(keyset));
    expectEqual(check, 'identity_scope', body['identity_scope'], scope === 1 ? 'EUID' : 'UID2');
    expectNumber(
      check,
      'allow_clock_skew_seconds',
      body['allow_clock_skew_seconds'],
      world?.allow_clock_skew_seconds,
    );
    const expiry = body['token_expiry_seconds'];
    expectThat(
      check,
      typeof expiry === 'string' && /^\d+$/.test(expiry),
      'token_expiry_seconds: a text of digits',
      expiry,
    );
    const configured = world?.sharing_token_expiry_seconds;
    if (configured !== undefined) expectEqual(check, 'token_expiry_seconds', expiry, String(configured));
    if (!sharer) continue;
    const lifetime = world?.max_sharing_lifetime_seconds ?? configured;
    expectNumber(
      check,
      'max_sharing_lifetime_seconds',
      body['max_sharing_lifetime_seconds'],
      lifetime === undefined ? undefined : lifetime + (world?.token_lifetime_tolerance_seconds ?? 10),
    );
  }
}

async function bidstream(ctx: ScenarioContext): Promise<void> {
  const { world, scope } = ctx.target;
  for (const { answer, check: asked } of await askEveryCaller(ctx, 'bidstream')) {
    const check = { ...asked, cause: 'the settings in the answer of key/bidstream' };
    const body = expectObject(answer);
    const names = [
      'allow_clock_skew_seconds',
      'identity_scope',
      'keys',
      'max_bidstream_lifetime_seconds',
      ...('site_data' in body ? ['site_data'] : []),
    ];
    expectEqual(check, 'members', Object.keys(body).sort(), names);
    expectEqual(check, 'identity_scope', body['identity_scope'], scope === 1 ? 'EUID' : 'UID2');
    expectNumber(
      check,
      'allow_clock_skew_seconds',
      body['allow_clock_skew_seconds'],
      world?.allow_clock_skew_seconds,
    );
    const lifetime = world?.max_bidstream_lifetime_seconds ?? world?.identity_token_expires_after_seconds;
    expectNumber(
      check,
      'max_bidstream_lifetime_seconds',
      body['max_bidstream_lifetime_seconds'],
      lifetime === undefined ? undefined : lifetime + (world?.token_lifetime_tolerance_seconds ?? 10),
    );
  }
}

/** Without a world only the order can be checked: sites by id, names by their text. */
function expectSorted(check: Check, data: readonly unknown[]): void {
  const rows = z
    .array(z.strictObject({ id: z.int(), domain_names: z.array(z.string()).min(1) }))
    .safeParse(data);
  expectThat(check, rows.success, 'site_data: sites with id and domain_names', data);
  const sorted = rows.data
    .map((site) => ({ id: site.id, domain_names: [...site.domain_names].sort() }))
    .sort((a, b) => a.id - b.id);
  expectEqual(check, 'site_data in order:', rows.data, sorted);
}

async function siteData(ctx: ScenarioContext): Promise<void> {
  const { world } = ctx.target;
  for (const { answer, caller, check: asked } of await askEveryCaller(ctx, 'sharing', 'bidstream')) {
    const check = { ...asked, cause: 'the domains and apps of sites' };
    const data = expectObject(answer)['site_data'];
    if (!ctx.target.clientGenerate) {
      expectEqual(check, 'site_data where client-side generation is off:', data, undefined);
      continue;
    }
    expectThat(check, Array.isArray(data), 'site_data: a list', data);
    const keys = world && visibleKeys(world, { siteId: caller.siteId, roles: caller.roles ?? [] });
    const expected = world && keys && expectedSiteData(world, keys);
    if (expected) expectEqual(check, 'site_data', data, expected);
    else expectSorted(check, data);
  }
}

export const keySettingScenarios = [
  ...theme('keys', 'dsp', [
    ['bidstream', 'R67', 'v2', 'key/bidstream has exactly its members and numbers', bidstream],
    [
      'site-data',
      'R70',
      'v2',
      'site_data lists the domains and apps of the sites whose keys are listed',
      siteData,
    ],
  ]),
  ...theme('keys', 'sharer', [
    ['sharing', 'R66', 'v2', 'key/sharing has exactly its members, numbers and texts', sharing],
  ]),
];
