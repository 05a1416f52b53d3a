/** The refusals of control calls, as tests compare them. */

import { expect } from 'vitest';
import { ControlError } from '../index.ts';

/** The refusal that a call ends in. */
export async function refusalOf(call: Promise<unknown>): Promise<object> {
  const error: unknown = await call.then(
    () => new Error('expected a ControlError; the call was done'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ControlError)) throw error;
  const { code, field, expected, got, message } = error;
  expect(message.split('\n')[0]).toBe(`${field}: expected ${expected}; got ${got}`);
  return { code, field, got };
}
