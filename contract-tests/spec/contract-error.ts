/** The one error of the contract suite. Code tells errors apart by `code`, never by their text. */

import type { Need } from './needs.ts';

export type ContractErrorCode =
  /** The suite was called wrongly: options, a world file. Exit code 2. */
  | 'usage'
  /** No connection to the target. */
  | 'unreachable'
  /** The target took the request and did not answer. */
  | 'no_answer'
  /** Bytes or text that are not in the wire format, or that the key does not decrypt. */
  | 'malformed'
  /** Encrypted with a key that is not among the given ones. */
  | 'unknown_key'
  /** The target cannot have this scenario: it is listed as skipped. */
  | 'not_applicable'
  /** The target lacks a prerequisite that it should have: the scenario could not be judged. */
  | 'incomplete'
  /** An answer that the scenario needs departs from another rule, which reports it: the scenario is skipped. */
  | 'spoiled'
  /** The target broke the rule that the scenario checks; the error has a `departure`. */
  | 'departure';

/** What came in place of what was expected. No member holds a secret, a whole token or a private identifier. */
export interface Departure {
  sent: string;
  expected: string;
  got: string;
  likelyCause: string;
}

/** An option of the suite, and what is wrong with it. */
interface Misuse {
  option: 'target' | 'world';
  reason: string;
}

export class ContractError extends Error {
  override name = 'ContractError';
  readonly code: ContractErrorCode;
  readonly departure: Departure | undefined;
  /** With the code `usage`, if one option is wrong. */
  readonly misuse: Misuse | undefined;
  /** With the code `not_applicable`, if the user could give the suite what it lacks. */
  readonly needs: Need | undefined;
  constructor(
    code: ContractErrorCode,
    message: string,
    departure?: Departure,
    misuse?: Misuse,
    needs?: Need,
  ) {
    super(message);
    this.code = code;
    this.needs = needs;
    this.departure = departure;
    this.misuse = misuse;
  }
}

/** The suite was not given what a scenario needs. */
export const needError = (need: Need, message: string): ContractError =>
  new ContractError('not_applicable', message, undefined, undefined, need);

/** The error of one wrong option. */
export const misuse = (option: Misuse['option'], reason: string): ContractError =>
  new ContractError('usage', `${option}: ${reason}`, undefined, { option, reason });

export const isContractError = (error: unknown, ...codes: ContractErrorCode[]): error is ContractError =>
  error instanceof ContractError && codes.includes(error.code);
