/** What a contract scenario is: data about an obligation of the operator, and a function which checks it. */
import type { Api, Level, Participant } from './api.ts';

/** `Context` is what a running scenario works with. */
export interface Scenario<Context> {
  /** Stable, unique, theme first: `refresh/opted-out-identity`. */
  readonly id: string;
  /** Id of a requirement (requirements.ts): S1-S22 of Protocol §11, or R1 and up. */
  readonly requirement: string;
  readonly level: Level;
  readonly participant: Participant;
  readonly apis: readonly Api[];
  readonly description: string;
  /** Resolves when the target conforms; throws a ContractError otherwise. */
  run(ctx: Context): Promise<void>;
}
