/** State in memory passes the tests of every store. */

import { describe } from 'vitest';
import { testState } from '../../testing/state-tests.ts';
import { createStates } from './states.ts';

describe('memory', () => {
  testState(async (wall, start) => {
    const clock =
      start === undefined
        ? {}
        : { clock: { at: start, since: wall(), rate: 1, envelopes: 'clock' } as const };
    return (await createStates({ wall, ...clock })).common;
  });
});
