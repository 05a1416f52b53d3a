/** The test identities of a target (Protocol §1.4), and the identities that are opted out in its world. */
import { email, emailHash, isPhone, phone, phoneHash, type Identity } from '../target/identities.ts';
import type { ScenarioContext } from '../context/context.ts';
import { ContractError } from '../spec/contract-error.ts';
import { supportsIdentity } from './tokens.ts';

const isLocal = (ctx: ScenarioContext): boolean => ctx.target.profile === 'local';
const isSeed = (ctx: ScenarioContext): boolean => ctx.target.profile === 'seed-v1';

/** Spellings that all name the same test identity. */
const spellings = (address: string): Identity[] => [
  email(address),
  emailHash(address),
  email(` ${address.toUpperCase()} `),
];

/** The address of a test identity in the target's profile; `local` has that of seed-v1 too. */
const addresses = (ctx: ScenarioContext, name: string): Identity[] => [
  ...(isSeed(ctx) ? [] : spellings(`${name}@example.com`)),
  ...(isSeed(ctx) || isLocal(ctx) ? spellings(`${name}@email.com`) : []),
];

const known = (ctx: ScenarioContext, identities: Identity[]): Identity[] =>
  identities.filter((identity) => supportsIdentity(ctx, identity));

/** Identities for which validate answers true. */
export const validateIdentities = (ctx: ScenarioContext): Identity[] =>
  known(ctx, [...addresses(ctx, 'validate'), phone('+12345678901'), phoneHash('+12345678901')]);

/** Opted out in v2 generate, identity map and refresh. */
export const optOutIdentities = (ctx: ScenarioContext): Identity[] =>
  isSeed(ctx)
    ? spellings('optout@email.com')
    : known(ctx, [...spellings('optout@example.com'), phone('+00000000000'), phoneHash('+00000000000')]);

/** The opt-out identity of seed-v1, which always gets tokens and is opted out at refresh only (Protocol §11, S15). */
const seedOptOut = (ctx: ScenarioContext): Identity[] => (isLocal(ctx) ? spellings('optout@email.com') : []);

/** Always get tokens from generate of v0 and v1, and never from refresh. */
export const plainOptOutIdentities = (ctx: ScenarioContext): Identity[] =>
  [...optOutIdentities(ctx), ...seedOptOut(ctx)].filter(
    (identity) => ctx.target.tokenVersion !== 2 || !isPhone(identity),
  );

/** Opted out at refresh, in every generation that issues tokens for them. */
export function refreshOptOutIdentities(ctx: ScenarioContext): Identity[] {
  if (isSeed(ctx)) return optOutIdentities(ctx);
  const late = [
    ...spellings('refresh-optout@example.com'),
    ...seedOptOut(ctx),
    ...known(ctx, [phone('+00000000002'), phoneHash('+00000000002')]),
  ];
  const all = ctx.sealed ? late : [...late, ...optOutIdentities(ctx)];
  // V2 tokens have no identity type: they count as tokens of an address.
  return ctx.target.tokenVersion === 2 ? all.filter((identity) => !isPhone(identity)) : all;
}

/** Identities that are opted out in the world, as far as the suite may use their addresses. */
export const optedOutInWorld = (ctx: ScenarioContext): Identity[] =>
  (ctx.target.world?.opted_out_identities ?? []).flatMap((person) =>
    person.email?.endsWith('@example.com') ? [email(person.email), emailHash(person.email)] : [],
  );

/** The same, at least one. */
export function someOptedOutInWorld(ctx: ScenarioContext): Identity[] {
  const people = optedOutInWorld(ctx);
  if (people.length > 0) return people;
  throw new ContractError(
    'not_applicable',
    'no world was given that has an opted-out identity at example.com',
  );
}

/** When an identity of the world opted out, milliseconds; undefined when the world does not say. */
export function optedOutAt(ctx: ScenarioContext, identity: Identity): number | undefined {
  const found = ctx.target.world?.opted_out_identities?.find(
    (person) =>
      person.email !== undefined && [person.email, emailHash(person.email).value].includes(identity.value),
  );
  return found?.opted_out_at_seconds === undefined ? undefined : found.opted_out_at_seconds * 1000;
}
