/** State in memory passes the tests of every store. */

import { describe } from 'vitest';
import { testState } from '../../testing/state-tests.ts';
import { memoryState } from './memory.ts';

describe('memory', () => {
  testState(memoryState);
});
