/**
 * Changes to a world that is in use: elements added or replaced by their id. New elements get the secrets that are left
 * out.
 */

import { writePkcs8, writeSpki } from '../../core/client-keys.ts';
import type { Primitives } from '../../core/primitives.ts';
import type { World } from './schema.ts';

/** What new secrets are made with. */
export interface Making {
  readonly primitives: Primitives;
  /** ms, by the operator's clock */
  readonly now: number;
}

/** An object of JSON that is not yet checked. */
export type Json = Readonly<Record<string, unknown>>;
type Element = Json;

/** A change of a world, as JSON that is not yet checked. */
type WorldPatch = Json;

/** The lists of a world whose elements have an id, and the members that tell them apart, the first before the second. */
const idsOf = {
  sites: [['id']],
  clients: [['key'], ['name']],
  keysets: [['id']],
  keyset_keys: [['id']],
  client_side_keypairs: [['subscription_id']],
  services: [['service_id']],
  service_links: [['service_id', 'link_id']],
} as const;

type ListName = keyof typeof idsOf;
const lists = Object.keys(idsOf) as ListName[];

/** Whether a value is an object, not a list. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The elements of a list by what tells them apart: a patch may name thousands of them. */
class Places {
  readonly #byMembers: readonly (readonly [members: readonly string[], places: Map<string, number[]>])[];

  constructor(name: ListName, list: readonly Element[]) {
    this.#byMembers = idsOf[name].map((members) => [members, new Map()]);
    for (const [at, element] of list.entries()) this.add(at, element);
  }

  add(at: number, element: Element): void {
    for (const [members, places] of this.#byMembers) {
      const id = idOf(members, element);
      if (id !== undefined) places.set(id, [...(places.get(id) ?? []), at]);
    }
  }

  remove(at: number, element: Element): void {
    for (const [members, places] of this.#byMembers) {
      const id = idOf(members, element);
      if (id !== undefined) places.set(id, places.get(id)?.filter((place) => place !== at) ?? []);
    }
  }

  /** The places of the elements that a given element names. */
  of(given: Element): readonly number[] {
    for (const [members, places] of this.#byMembers) {
      const id = idOf(members, given);
      const found = id === undefined ? undefined : places.get(id);
      if (found !== undefined && found.length > 0) return found;
    }
    return [];
  }
}

/** The values of some members as a text; undefined when one is missing. */
function idOf(members: readonly string[], element: Element): string | undefined {
  const values = members.map((member) => element[member]);
  return values.includes(undefined) ? undefined : JSON.stringify(values);
}

/** An element with some members replaced. What was derived from a former API key goes with it. */
function merged(former: Element, given: Element): Element {
  if (given.key === undefined || given.key === former.key) return { ...former, ...given };
  const { key_id: _id, key_hash: _hash, key_salt: _salt, ...rest } = former;
  return { ...rest, ...given };
}

interface Merged {
  readonly list: readonly unknown[];
  /** place in the patch by place in the list */
  readonly given: ReadonlyMap<number, number>;
  readonly problems: readonly string[];
}

function mergedList(
  name: ListName,
  former: readonly Element[],
  elements: readonly unknown[],
  complete: (given: Element) => Element,
): Merged {
  const list: unknown[] = [...former];
  const given = new Map<number, number>();
  const problems: string[] = [];
  const known = new Places(name, former);
  const label = idsOf[name].map((members) => members.join(' and ')).join(' or ');
  for (const [index, element] of elements.entries()) {
    const places = isObject(element) ? known.of(element) : [];
    const [at = list.length] = places;
    if (places.length > 1) {
      problems.push(
        `${name}[${index}]: expected the ${label} of one element; got one that ${places.length} have`,
      );
    } else if (given.has(at)) {
      const other = `${name}[${given.get(at)}]`;
      problems.push(`${name}[${index}]: expected another ${label} than ${other}; got the same`);
    } else {
      const present = list[at];
      if (isObject(element)) {
        const changed = isObject(present) ? merged(present, element) : complete(element);
        if (isObject(present)) known.remove(at, present);
        known.add(at, changed);
        list[at] = changed;
      } else list.push(element);
      given.set(at, index);
    }
  }
  return { list, given, problems };
}

const KEY_TEXT_START = 6;

/** An API key in the form of the operator's: scope, kind, environment, site and 44 characters. */
function newApiKey({ identity_scope: scope }: World, site: unknown, { primitives }: Making): string {
  const text = primitives.toBase64(primitives.randomBytes(32));
  return `${scope}-C-L-${String(site)}-${text.slice(0, KEY_TEXT_START)}.${text.slice(KEY_TEXT_START)}`;
}

function newKeypair({ identity_scope: scope }: World, { primitives }: Making) {
  const scalar = Uint8Array.from(primitives.randomBytes(32));
  // keeps the scalar below the order of the curve, and above 0
  scalar[0] = 0;
  scalar[1] = 1;
  const point = primitives.p256PublicPoint(scalar);
  return {
    public_key: `${scope}-X-L-${primitives.toBase64(writeSpki(point))}`,
    private_key: `${scope}-Y-L-${primitives.toBase64(writePkcs8(scalar, point))}`,
  };
}

/** What a new element gets where it says nothing. */
function completed(name: ListName, given: Element, world: World, making: Making): Element {
  if (name === 'clients') {
    return {
      key: newApiKey(world, given.site_id, making),
      secret: making.primitives.toBase64(making.primitives.randomBytes(32)),
      ...given,
    };
  }
  const needsKeys = given.public_key === undefined && given.private_key === undefined;
  return name === 'client_side_keypairs' && needsKeys ? { ...newKeypair(world, making), ...given } : given;
}

const YEAR_S = 31_536_000;

/**
 * A new key of a keyset. It lasts as long as the one before it, at least a year.
 *
 * @param activates ms
 */
export function newKeysetKey(
  keys: readonly { readonly id: number; readonly keyset_id: number; readonly expires: number }[],
  keyset: number,
  activates: number,
  { primitives, now }: Making,
): World['keyset_keys'][number] {
  const from = Math.floor(activates / 1000);
  const ends = keys.filter(({ keyset_id }) => keyset_id === keyset).map(({ expires }) => expires);
  return {
    id: Math.max(0, ...keys.map(({ id }) => id)) + 1,
    keyset_id: keyset,
    created: Math.floor(now / 1000),
    activates: from,
    expires: Math.max(from + YEAR_S, ...ends),
    secret: primitives.toBase64(primitives.randomBytes(32)),
  };
}

interface KeyPlace {
  readonly id: number;
  readonly keyset_id: number;
  readonly expires: number;
}

const isKey = (value: unknown): value is KeyPlace =>
  isObject(value) && typeof value.id === 'number' && typeof value.keyset_id === 'number';

/** Keys for the keysets of a patch that have none. */
function keysForKeysets(
  keysets: readonly unknown[],
  keys: readonly unknown[],
  making: Making,
): World['keyset_keys'] {
  const known = keys.filter(isKey);
  const made: World['keyset_keys'] = [];
  for (const keyset of keysets) {
    const id = isObject(keyset) ? keyset.id : undefined;
    if (typeof id !== 'number' || known.some(({ keyset_id }) => keyset_id === id)) continue;
    made.push(newKeysetKey([...known, ...made], id, making.now, making));
  }
  return made;
}

export interface PatchedWorld {
  /** in the format of a world file, not yet checked */
  readonly world: Json;
  readonly problems: readonly string[];
  /** A line about the patched world, as one about the patch. */
  readonly inPatch: (line: string) => string;
}

const PLACE = new RegExp(`\\b(${lists.join('|')})\\[(\\d+)\\]`, 'g');

/** A world with the members and elements of a patch; the elements of lists are found by their ids. */
export function patchedWorld(world: World, patch: WorldPatch, making: Making): PatchedWorld {
  const changed = new Map<string, Merged>();
  for (const name of lists) {
    const elements = patch[name];
    if (!Array.isArray(elements)) continue;
    const complete = (given: Element): Element => completed(name, given, world, making);
    changed.set(name, mergedList(name, world[name], elements, complete));
  }
  const listsOfPatch = Object.fromEntries([...changed].map(([name, { list }]) => [name, list]));
  const whole: Json = { ...world, ...patch, ...listsOfPatch };
  const keys: readonly unknown[] = Array.isArray(whole.keyset_keys) ? whole.keyset_keys : [];
  const keysets: readonly unknown[] = Array.isArray(patch.keysets) ? patch.keysets : [];
  return {
    world: { ...whole, keyset_keys: [...keys, ...keysForKeysets(keysets, keys, making)] },
    problems: [...changed.values()].flatMap(({ problems }) => problems),
    inPatch: (line) =>
      line.replace(PLACE, (place, name: string, at: string) => {
        const given = changed.get(name)?.given.get(Number(at));
        return given === undefined ? `${place} of the world` : `${name}[${given}]`;
      }),
  };
}
