/** What a contract scenario is: data about an obligation of the operator, and a function which checks it. */
import { apis, type Api, type Level, type Participant } from './api.ts';
import type { ScenarioContext } from './context.ts';

export { apis, participants, type Api, type Level, type Participant } from './api.ts';

export interface Scenario {
  /** Stable, unique, theme first: `refresh/opted-out-identity`. */
  readonly id: string;
  /** Id of an entry of requirements.ts: S1-S22 of Protocol §11, or R1 and up. */
  readonly requirement: string;
  readonly level: Level;
  readonly participant: Participant;
  readonly apis: readonly Api[];
  readonly description: string;
  /** Resolves when the target conforms; throws a ContractFailure, a NotApplicable or an Incomplete otherwise. */
  run(ctx: ScenarioContext): Promise<void>;
}

type Row = readonly [
  id: string,
  requirement: string,
  apis: string,
  description: string,
  run: (ctx: ScenarioContext) => Promise<void>,
];

const isApi = (text: string): text is Api => apis.some((api) => api === text);

/** A theme's scenarios as a table; `apis` separated by spaces. SHOULD where the requirement is one. */
export function theme(
  name: string,
  participant: Participant,
  rows: readonly Row[],
  level: Level = 'MUST',
): Scenario[] {
  return rows.map(([id, requirement, served, description, run]) =>
    Object.freeze({
      id: `${name}/${id}`,
      requirement,
      level,
      participant,
      apis: served.split(' ').filter(isApi),
      description,
      run,
    }),
  );
}
