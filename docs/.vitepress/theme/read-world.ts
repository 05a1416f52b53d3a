/** Reads a world as a user pastes it: only so far as the doctors look at it. */

import type { DoctorWorld } from '../../../mock-server/doctor.ts';

const EXPECTED = 'expected a world file, or the line that uid2-mock start --json prints';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The lists of a world whose elements have these texts. */
const lists = {
  clients: ['name', 'key', 'secret'],
  keysets: [],
  keyset_keys: ['secret'],
  client_side_keypairs: ['subscription_id', 'public_key', 'private_key'],
  sites: [],
} as const;

function checkList(name: keyof typeof lists, value: unknown): void {
  if (value === undefined) return;
  const isRight =
    Array.isArray(value) &&
    value.every((one) => isObject(one) && lists[name].every((member) => typeof one[member] === 'string'));
  if (!isRight) throw new Error(`${EXPECTED}; its ${name} are not what a world has`);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${EXPECTED}, got what is not JSON`);
  }
  if (!isObject(value)) throw new Error(`${EXPECTED}, got JSON that is no object`);
  return value;
}

/**
 * The world that a text holds.
 *
 * @throws Error saying what was expected
 */
export function readWorld(text: string): DoctorWorld {
  const { credentials, ...given } = parsed(text);
  // start --json prints clients as credentials, and public keys without their private ones
  const world = credentials === undefined ? given : { clients: credentials };
  if (!('clients' in world || 'keyset_keys' in world))
    throw new Error(`${EXPECTED}, got neither clients nor keys`);
  for (const name of ['clients', 'keysets', 'keyset_keys', 'client_side_keypairs', 'sites'] as const) {
    checkList(name, world[name]);
  }
  return world;
}
