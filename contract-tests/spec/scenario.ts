/** A scenario: data about a requirement of the operator, and a function that checks it. */
import type { Api, Level, Participant } from './api.ts';

/** `Context` is what a running scenario works with. */
export interface Scenario<Context> {
  /** Unique, with its theme first: `refresh/opted-out-identity`. Never changes. */
  readonly id: string;
  /** Id of a requirement (requirements.ts): S1-S22 of Protocol §11, or R1 and up. */
  readonly requirement: string;
  readonly level: Level;
  readonly participant: Participant;
  readonly apis: readonly Api[];
  readonly description: string;
  /** @throws ContractError `departure` when the target does not conform; `not_applicable` or `incomplete`. */
  run(ctx: Context): Promise<void>;
}
