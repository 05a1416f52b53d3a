/**
 * Checks what a caller without type checks gives a doctor, as far as the doctor cannot do without it. No text is shown,
 * because it may be a secret.
 */

import { profileNames } from '../profile-names.ts';
import { came, quoted } from '../words.ts';
import type { EnvelopeCase } from './envelope-case.ts';
import type { HashOptions } from './hash-doctor.ts';
import { rulesOf } from './hash/normal-form.ts';
import type { TokenCase } from './token-inspector.ts';

/** The lists of a world, and the members of their elements that have a form. */
const lists = {
  sites: {},
  clients: { name: 'a string', key: 'a string', secret: 'a string' },
  keysets: {},
  keyset_keys: { secret: 'a string', activates: 'a number', expires: 'a number' },
  client_side_keypairs: { subscription_id: 'a string', public_key: 'a string', private_key: 'a string' },
  opted_out_identities: {},
} as const;

type Form = 'a string' | 'a number';

const isForm: Readonly<Record<Form, (value: unknown) => boolean>> = {
  'a string': (value) => typeof value === 'string',
  'a number': Number.isFinite,
};

/** Dates end there, in ms. */
const LAST_DATE_MS = 8.64e15;

const wrong = (path: string, expected: string, got: string): TypeError =>
  new TypeError(`${path}: expected ${expected}; got ${got}`);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkList(path: string, list: unknown, members: Readonly<Record<string, Form>>): void {
  if (!Array.isArray(list)) throw wrong(path, 'a list', came(list));
  for (const [index, element] of list.entries()) {
    const place = `${path}[${index}]`;
    if (!isObject(element)) throw wrong(place, 'an object', came(element));
    for (const [name, form] of Object.entries(members)) {
      const value = element[name];
      if (!isForm[form](value)) throw wrong(`${place}.${name}`, form, came(value));
    }
  }
}

function checkWorld(world: unknown): void {
  if (!isObject(world)) throw wrong('world', 'an object', came(world));
  for (const [name, members] of Object.entries(lists)) {
    if (world[name] != null) checkList(`world.${name}`, world[name], members);
  }
}

function checkName(path: string, name: unknown, names: readonly string[]): void {
  if (names.some((one) => one === name)) return;
  throw wrong(path, names.join(', '), typeof name === 'string' ? quoted(name) : came(name));
}

function checkCommon({ now, profile }: { readonly now: unknown; readonly profile?: unknown }): void {
  if (typeof now !== 'number' || !(Math.abs(now) <= LAST_DATE_MS))
    throw wrong('now', 'milliseconds since 1970', came(now));
  if (profile !== undefined) checkName('profile', profile, profileNames);
}

/** @throws TypeError in one sentence, for what the hash doctor cannot work with */
export function checkHashCase(identity: unknown, { expect, kind }: HashOptions = {}): void {
  if (typeof identity !== 'string') throw wrong('identity', 'a string', came(identity));
  if (expect !== undefined && typeof expect !== 'string') throw wrong('expect', 'a string', came(expect));
  if (kind !== undefined) checkName('kind', kind, Object.keys(rulesOf));
}

/** @throws TypeError in one sentence, for what the token inspector cannot work with */
export function checkTokenCase(text: unknown, given: TokenCase): void {
  if (typeof text !== 'string') throw wrong('text', 'a string', came(text));
  if (!isObject(given)) throw wrong('given', 'an object with now', came(given));
  checkCommon(given);
  if (given.world !== undefined) checkWorld(given.world);
}

/** @throws TypeError in one sentence, for what the envelope doctor cannot work with */
export function checkEnvelopeCase(given: EnvelopeCase): void {
  if (!isObject(given)) throw wrong('given', 'an object with body, clients and now', came(given));
  const { body, clients, keypairs } = given;
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw wrong('body', 'a string or bytes', came(body));
  checkCommon(given);
  checkList('clients', clients, { name: 'a string', secret: 'a string' });
  if (keypairs !== undefined) checkList('keypairs', keypairs, lists.client_side_keypairs);
}
