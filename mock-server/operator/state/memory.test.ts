/** State in memory does what every store has to. */

import { describe } from 'vitest';
import { testState } from '../../testing/state-tests.ts';
import { memoryState } from './memory.ts';

describe('memory', () => {
  testState(memoryState);
});
