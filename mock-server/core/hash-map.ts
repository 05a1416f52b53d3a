/**
 * A map by hashes in base64, most of which are not in it when they are looked up. Such a look-up mostly ends at the first
 * two characters: a `Map` has to compute a hash of the text, which takes several times as long.
 */
export class HashMap<Value> extends Map<string, Value> {
  /** whether some key begins with two characters, by six bits of each */
  readonly #heads = new Uint8Array(4096);

  override get(key: string): Value | undefined {
    return this.#heads[headOf(key)] === 0 ? undefined : super.get(key);
  }

  override set(key: string, value: Value): this {
    this.#heads[headOf(key)] = 1;
    return super.set(key, value);
  }
}

const headOf = (key: string): number => ((key.charCodeAt(0) & 63) << 6) | (key.charCodeAt(1) & 63);
