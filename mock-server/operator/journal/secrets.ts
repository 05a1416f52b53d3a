/** Finds the secrets of a world in texts. */

import type { World } from '../world/schema.ts';

/** Secrets are found by their last characters, because many begin alike. */
const TAIL = 6;

/** A table of salts with more buckets is left out: an index of it would take as much memory as the world. */
const MOST_BUCKETS = 10_000;

/** Where a secret begins and ends in a text. */
interface Place {
  readonly from: number;
  readonly end: number;
}

const padding = /=+$/;

/** Forms in which a text of base64 may come. */
const formsOf = (secret: string): string[] => {
  const bare = secret.replace(padding, '');
  const urlSafe = bare.replaceAll('+', '-').replaceAll('/', '_');
  return [bare, urlSafe, encodeURIComponent(bare), encodeURIComponent(bare).toLowerCase()];
};

function secretsOf({ clients, keyset_keys, client_side_keypairs, salts }: World): string[] {
  const buckets = salts.buckets.length > MOST_BUCKETS ? [] : salts.buckets;
  return [
    ...clients.flatMap(({ key, secret }) => [key, encodeURIComponent(key), ...formsOf(secret)]),
    ...keyset_keys.flatMap(({ secret }) => formsOf(secret)),
    ...client_side_keypairs.flatMap(({ private_key }) => formsOf(private_key.slice(9))),
    ...[salts.first_level, salts.id_secret].flatMap((salt) => [salt, encodeURIComponent(salt)]),
    ...buckets.flatMap(({ salt, previous_salt, key, previous_key }) =>
      [salt, previous_salt, key?.key, key?.salt, previous_key?.key, previous_key?.salt].filter(
        (text) => typeof text === 'string',
      ),
    ),
  ].filter((text) => text !== '');
}

const NUMBERS = 65_536;

/** A number of the last three characters of a text that ends at a place: most texts are passed over by it. */
const endNumber = (text: string, end: number): number =>
  ((text.charCodeAt(end - 1) * 31 + text.charCodeAt(end - 2)) * 31 + text.charCodeAt(end - 3)) % NUMBERS;

export class SecretIndex {
  readonly #byTail = new Map<string, string[]>();
  readonly #short = new Set<string>();
  /** whether some secret ends with three characters of this number */
  readonly #ends = new Uint8Array(NUMBERS);

  constructor(world: World) {
    for (const secret of new Set(secretsOf(world))) {
      if (secret.length <= TAIL) this.#short.add(secret);
      else {
        const tail = secret.slice(-TAIL);
        this.#ends[endNumber(secret, secret.length)] = 1;
        const same = this.#byTail.get(tail);
        if (same) same.push(secret);
        else this.#byTail.set(tail, [secret]);
      }
    }
  }

  /** The first secret in a text from a place on. A very short one counts only where it is the whole text. */
  find(text: string, from: number): Place | undefined {
    if (this.#short.has(text)) return { from: 0, end: text.length };
    for (let end = from + TAIL; end <= text.length; end++) {
      if (this.#ends[endNumber(text, end)] === 0) continue;
      const found = this.#byTail
        .get(text.slice(end - TAIL, end))
        ?.find((secret) => end - secret.length >= from && text.endsWith(secret, end));
      if (found !== undefined) return { from: end - found.length, end };
    }
    return undefined;
  }
}

const indexes = new WeakMap<World, SecretIndex>();

/** The index of a world, made when it is first asked for. */
export function secretIndexOf(world: World): SecretIndex {
  const known = indexes.get(world) ?? new SecretIndex(world);
  indexes.set(world, known);
  return known;
}
