/** Every control call. */

import { clockCalls } from './clock.ts';
import { faultCalls } from './faults.ts';
import { importCalls } from './import.ts';
import { optOutCalls } from './opt-outs.ts';
import { requestCalls, requestStreams } from './requests.ts';
import { serviceCalls } from './service.ts';
import { testIdCalls } from './test-ids.ts';
import { rotateCalls } from './rotate.ts';
import { worldCalls } from './world.ts';

export const calls = {
  ...serviceCalls,
  ...clockCalls,
  ...optOutCalls,
  ...importCalls,
  ...faultCalls,
  ...requestCalls,
  ...worldCalls,
  ...rotateCalls,
  ...testIdCalls,
};

/** Every call that answers with a stream of events. */
export const streams = { ...requestStreams };
