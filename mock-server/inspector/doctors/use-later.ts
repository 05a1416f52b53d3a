/** Results of long computations: computed when the user pauses, so that typing never waits for them. */

import { useEffect, useState } from 'preact/hooks';
import { messageFrom } from '../text.ts';

/** ms without a key after which a result is computed */
const PAUSE = 150;

interface Later<T> {
  /** undefined before the first one */
  readonly value: T | undefined;
  readonly error: string | undefined;
}

/**
 * The result of a function, computed again when one of the inputs changes.
 *
 * @param make gives undefined where there is nothing to look at
 */
export function useLater<T>(make: () => T | undefined, inputs: readonly unknown[]): Later<T> {
  const [later, setLater] = useState<Later<T>>({ value: undefined, error: undefined });
  useEffect(() => {
    const timer = setTimeout(() => {
      try {
        setLater({ value: make(), error: undefined });
      } catch (error) {
        setLater({ value: undefined, error: `the doctor failed: ${messageFrom(error)}` });
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, inputs);
  return later;
}
