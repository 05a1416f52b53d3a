/** Who the test identities are in a target's era (Protocol §1.4), and what follows from an identity on a target. */
import { withRole } from '../target/callers.ts';
import {
  email,
  emailHash,
  identityHash,
  isPhone,
  phone,
  phoneHash,
  type Identity,
} from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import type { Tokens } from '../check/answer.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askOnce } from '../context/run-memory.ts';
import { keyMap } from './keys.ts';
import { askMap, readMapped } from './maps.ts';
import { openAdvertisingToken } from './open-tokens.ts';
import { supportsIdentity } from './tokens.ts';

const isLocal = (ctx: ScenarioContext): boolean => ctx.target.profile === 'local';
const isSeed = (ctx: ScenarioContext): boolean => ctx.target.profile === 'seed-v1';

/** An address in the spellings which all name the same test identity. */
const spellings = (address: string): Identity[] => [
  email(address),
  emailHash(address),
  email(` ${address.toUpperCase()} `),
];

/** The era's address of a test identity; `local` knows the seed's as well. */
const addresses = (ctx: ScenarioContext, name: string): Identity[] => [
  ...(isSeed(ctx) ? [] : spellings(`${name}@example.com`)),
  ...(isSeed(ctx) || isLocal(ctx) ? spellings(`${name}@email.com`) : []),
];

const known = (ctx: ScenarioContext, identities: Identity[]): Identity[] =>
  identities.filter((identity) => supportsIdentity(ctx, identity));

/** Validated as true. */
export const validateIdentities = (ctx: ScenarioContext): Identity[] =>
  known(ctx, [...addresses(ctx, 'validate'), phone('+12345678901'), phoneHash('+12345678901')]);

/** Opted out wherever opt-outs are looked at: by v2 generate, identity map and refresh. */
export const optOutIdentities = (ctx: ScenarioContext): Identity[] =>
  isSeed(ctx)
    ? spellings('optout@email.com')
    : known(ctx, [...spellings('optout@example.com'), phone('+00000000000'), phoneHash('+00000000000')]);

/** The seed's own, which always gets tokens and is opted out at refresh only (Protocol §11, S15). */
const seedOptOut = (ctx: ScenarioContext): Identity[] => (isLocal(ctx) ? spellings('optout@email.com') : []);

/** Always get tokens from the plain generate, and never from refresh. */
export const plainOptOutIdentities = (ctx: ScenarioContext): Identity[] =>
  [...optOutIdentities(ctx), ...seedOptOut(ctx)].filter(
    (identity) => ctx.target.tokenVersion !== 2 || !isPhone(identity),
  );

/** Opted out when refreshed, in every generation that can get a token for them. */
export function refreshOptOutIdentities(ctx: ScenarioContext): Identity[] {
  if (isSeed(ctx)) return optOutIdentities(ctx);
  const late = [
    ...spellings('refresh-optout@example.com'),
    ...seedOptOut(ctx),
    ...known(ctx, [phone('+00000000002'), phoneHash('+00000000002')]),
  ];
  const all = ctx.sealed ? late : [...late, ...optOutIdentities(ctx)];
  // V2 tokens do not say that they are of a phone number.
  return ctx.target.tokenVersion === 2 ? all.filter((identity) => !isPhone(identity)) : all;
}

/** People whom the world has opted out and whose addresses the suite may use. */
export const optedOutPeople = (ctx: ScenarioContext): Identity[] =>
  (ctx.target.world?.opted_out_identities ?? []).flatMap((person) =>
    person.email?.endsWith('@example.com') ? [email(person.email), emailHash(person.email)] : [],
  );

/** When a person of the world opted out, milliseconds; undefined when it does not say. */
export function optedOutAt(ctx: ScenarioContext, identity: Identity): number | undefined {
  const found = ctx.target.world?.opted_out_identities?.find(
    (person) =>
      person.email !== undefined && [person.email, emailHash(person.email).value].includes(identity.value),
  );
  return found?.opted_out_at_seconds === undefined ? undefined : found.opted_out_at_seconds * 1000;
}

/** The raw UID an identity has to have here: by the world's salts, else by identity map; undefined if neither is at hand. */
export async function expectedRawUid(ctx: ScenarioContext, identity: Identity): Promise<string | undefined> {
  const expected = expectedIdentity(
    ctx.target.world,
    identityHash(identity),
    isPhone(identity) ? 1 : 0,
    Date.now(),
  );
  if (expected) return expected.rawUid;
  const mapper = withRole(ctx.target, 'MAPPER')[0];
  if (ctx.api === 'v0' && isPhone(identity)) return undefined;
  if (!mapper || (ctx.sealed && !mapper.secret)) return undefined;
  return askOnce(ctx.memory, `uid ${ctx.api} ${identity.kind} ${identity.value}`, async () => {
    const { mapped } = readMapped(ctx, await askMap(ctx, { [identity.kind]: [identity.value] }, mapper));
    return mapped[0]?.advertisingId;
  });
}

/** The raw UID inside a token; undefined when nobody given can decrypt it. */
export async function rawUidIn(ctx: ScenarioContext, tokens: Tokens): Promise<string | undefined> {
  if ((await keyMap(ctx)).size === 0) return undefined;
  return (await openAdvertisingToken(ctx, tokens.advertisingToken, tokens.answer.sent)).raw_uid;
}
