/**
 * Requests of a test id: by the header `X-UID2-Test-Id`, or by a base URL `http://host:port/__test/ID` for clients that
 * cannot send a header. They see a state of their own.
 */

/** The header that names a test id. */
export const TEST_ID = 'x-uid2-test-id';
const PREFIX = '/__test/';
/** The form of a test id. */
export const ID = /^[A-Za-z0-9._~-]{1,100}$/;
/** A segment that is empty or `.` or `..`, which every client and server takes for a folder. */
const NOT_AN_ID = /^(?:\.|%2e){0,2}$/i;

/** The same for messages. */
export const EXPECTED_ID = '1 to 100 letters, digits and . _ ~ -';

/** Whether a text has the form of a test id. */
export const isTestId = (text: string): boolean => ID.test(text);

/** The test id and the target of a request. */
export interface Addressed {
  /** '' for the common state */
  readonly testId: string;
  /** the target without the prefix */
  readonly target: string;
}

/** Splits the prefix of a test id from a request target. A target without an id stays as it is. */
export function addressed(target: string): Addressed {
  if (!target.startsWith(PREFIX)) return { testId: '', target };
  const end = target.slice(PREFIX.length).search(/[/?#]/);
  const testId = end < 0 ? target.slice(PREFIX.length) : target.slice(PREFIX.length, PREFIX.length + end);
  if (NOT_AN_ID.test(testId)) return { testId: '', target };
  const rest = end < 0 ? '' : target.slice(PREFIX.length + end);
  return { testId, target: rest.startsWith('/') ? rest : `/${rest}` };
}
