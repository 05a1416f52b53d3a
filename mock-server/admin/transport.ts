/** How control calls reach an operator: in this process, or over HTTP. */

import type { z } from 'zod';
import {
  type Call,
  type CallSchemas,
  type Controlled,
  type Given,
  type Stream,
  type StreamCall,
  type StreamSchemas,
  inputOf,
  streamInputOf,
} from './calls/call.ts';
import { withoutStore } from './calls/control-error.ts';

export interface Transport {
  /**
   * Makes a call.
   *
   * @throws ControlError
   */
  readonly send: <S extends CallSchemas>(call: Call<S>, given?: Given) => Promise<z.output<S['answer']>>;
  /**
   * Follows a stream from now on.
   *
   * @throws ControlError
   */
  readonly follow: <S extends StreamSchemas>(
    call: StreamCall<S>,
    given?: Given,
  ) => Promise<Stream<z.output<S['event']>>>;
  /** The same for the state of a test id. */
  readonly isolate: (testId: string) => Transport;
}

/** Calls an operator in this process. */
export const localTransport = (controlled: Controlled, testId = ''): Transport => ({
  async send(call, given = {}) {
    const context = { ...controlled, state: controlled.states.of(testId) };
    try {
      return await call.run(context, inputOf(call, given));
    } catch (error) {
      throw withoutStore(error);
    }
  },
  async follow(call, given = {}) {
    const context = { ...controlled, state: controlled.states.of(testId) };
    return call.open(context, streamInputOf(call, given));
  },
  isolate: (id) => localTransport(controlled, id),
});
