/** Values that components read and that calls change. */

import { useEffect, useState } from 'preact/hooks';

export class Store<T> {
  #value: T;
  readonly #readers = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const read of this.#readers) read();
  }

  /** Calls a function after every change. Returns what ends that. */
  subscribe(read: () => void): () => void {
    this.#readers.add(read);
    return () => {
      this.#readers.delete(read);
    };
  }
}

/** The value of a store; the component is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, draw] = useState(0);
  useEffect(() => {
    const before = store.get();
    const end = store.subscribe(() => {
      draw((count) => count + 1);
    });
    // it may have changed between the first drawing and this effect
    if (!Object.is(before, store.get())) draw((count) => count + 1);
    return end;
  }, [store]);
  return store.get();
}

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A store whose text stays in this browser, where the browser allows that. */
export class KeptStore extends Store<string> {
  readonly #key: string;

  constructor(key: string, otherwise: string) {
    super(read(key) ?? otherwise);
    this.#key = key;
  }

  override set(value: string): void {
    super.set(value);
    try {
      localStorage.setItem(this.#key, value);
    } catch {
      return;
    }
  }
}
