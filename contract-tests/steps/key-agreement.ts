/** The key endpoints agree with each other, and with the tokens that their keys decrypt (Protocol §8.10). */
import { isContractError, needError } from '../spec/contract-error.ts';
import { decodeAdvertisingToken, type AdvertisingTokenFields } from '../wire/index.ts';
import type { Caller } from '../target/credentials.ts';
import { email, ORDINARY_EMAIL } from '../target/identities.ts';
import { fail, type Check } from '../check/departure.ts';
import { expectEqual, expectObject, expectOneOf, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askEveryCaller, masterInAnswers, type Asked } from './key-requests.ts';
import { askKeys, readKeys, toKeyMap } from './keys.ts';
import { generate } from './tokens.ts';

const MASTER_SITE = -1;
const FALLBACK_SITE = 2;

/** Settings of key/sharing and key/bidstream that are the same for every caller, and for one caller in both. */
function expectSameSettings(asked: readonly Asked[]): void {
  const bodies = asked
    .filter(({ endpoint }) => endpoint !== 'latest')
    .map((one) => ({ ...one, body: expectObject(one.answer) }));
  const [first] = bodies;
  for (const { caller, body, check: own } of bodies) {
    const check = { ...own, cause: 'the settings differ between callers or endpoints' };
    const name = 'allow_clock_skew_seconds';
    expectEqual(check, `${name}, as in other answers:`, body[name], first?.body[name]);
    const same = bodies.find((one) => one.caller === caller);
    expectEqual(check, 'site_data, as in other answers:', body['site_data'], same?.body['site_data']);
  }
}

/** Master keys are of site -1 and of one keyset; of the others, keys of the caller's site have a keyset id. */
function expectSameOwners(ctx: ScenarioContext, asked: readonly Asked[]): void {
  for (const { caller, keys: latest, check: own } of asked.filter(({ endpoint }) => endpoint === 'latest')) {
    const hasMaster = latest.some((key) => key['site_id'] === MASTER_SITE);
    expectThat(own, hasMaster, 'a key of site -1', 'none');
    const sharing = asked.find((one) => one.endpoint === 'sharing' && one.caller === caller);
    if (!sharing) continue;
    const check = { ...sharing.check, cause: 'the owner of a key differs between endpoints' };
    for (const key of sharing.keys) {
      const site = latest.find(({ id }) => id === key['id'])?.['site_id'];
      const isMaster = key['keyset_id'] === masterInAnswers(ctx);
      const what = `key ${String(key['id'])}, of site ${String(site)} by key/latest:`;
      expectEqual(check, `${what} master keyset`, isMaster, site === MASTER_SITE);
      if (caller.siteId === undefined || isMaster) continue;
      expectEqual(check, `${what} keyset_id`, 'keyset_id' in key, site === caller.siteId);
    }
  }
}

/** All key endpoints give a client the same keys. */
export async function agree(ctx: ScenarioContext): Promise<void> {
  const asked = await askEveryCaller(ctx, 'latest', 'sharing', 'bidstream');
  expectSameSettings(asked);
  expectSameOwners(ctx, asked);
  const plain = (keys: Record<string, unknown>[]): string =>
    JSON.stringify(
      keys.map(({ id, created, activates, expires, secret }) => [id, created, activates, expires, secret]),
    );
  const known = new Map<unknown, string>();
  for (const { keys, check } of asked) {
    for (const key of keys) {
      const text = known.get(key['id']) ?? plain([key]);
      known.set(key['id'], text);
      const cause = 'one key has different values in different answers';
      expectEqual(
        { ...check, cause },
        `key ${String(key['id'])}, as in other answers:`,
        plain([key]) === text,
        true,
      );
    }
  }
  for (const one of asked) {
    const again = await askKeys(ctx, one.endpoint, one.caller);
    expectEqual(
      { ...one.check, cause: 'the keys change from request to request' },
      'the same keys again',
      plain(readKeys(again, one.endpoint)) === plain(one.keys),
      true,
    );
    for (const other of asked.filter((each) => each.caller === one.caller)) {
      const check = { ...one.check, cause: 'the key endpoints disagree' };
      expectEqual(check, `the keys of key/${other.endpoint}`, plain(one.keys) === plain(other.keys), true);
    }
  }
}

/** The outer layer of a token has a master key, and the inner one a key of the publisher or of the fallback site. */
function expectOwners(
  check: Check,
  token: AdvertisingTokenFields,
  keys: readonly Record<string, unknown>[],
  publisher: Caller,
): void {
  const siteOf = (id: number): unknown => keys.find((key) => key['id'] === id)?.['site_id'];
  const why = { ...check, cause: 'the key of a token is of another site' };
  expectEqual(why, 'site of the key of the outer layer:', siteOf(token.master_key_id), MASTER_SITE);
  if (publisher.siteId === undefined) return;
  const allowed = [publisher.siteId, FALLBACK_SITE];
  expectOneOf(why, 'site of the key of the inner layer:', siteOf(token.site_key_id), allowed);
}

/** The keys of an endpoint decrypt a token, if the client may see both keys of the token. */
export async function decrypts(ctx: ScenarioContext): Promise<void> {
  const publisher = ctx.caller('GENERATOR');
  const tokens = await generate(ctx, email(ORDINARY_EMAIL), publisher);
  let decrypted = 0;
  for (const { endpoint, caller, keys, check } of await askEveryCaller(
    ctx,
    'latest',
    'sharing',
    'bidstream',
  )) {
    try {
      const token = decodeAdvertisingToken(tokens.advertisingToken, toKeyMap(keys));
      decrypted++;
      if (endpoint === 'latest') expectOwners(check, token, keys, publisher);
    } catch (error) {
      if (isContractError(error, 'unknown_key')) continue;
      if (!isContractError(error, 'malformed')) throw error;
      const why = { ...check, cause: 'the endpoint gives other keys than those that encrypt tokens' };
      fail(why, `a token that the keys of key/${endpoint} decrypt, as ${caller.name}`, error.message);
    }
  }
  if (decrypted === 0) throw needError('keys', 'no given credential can see the keys of this token');
}
