/** A theme's scenarios, written as a table. */
import { apis, type Api, type Level, type Participant } from '../spec/api.ts';
import type { Scenario } from '../spec/scenario.ts';
import type { ScenarioContext } from '../context/context.ts';

export type ContractScenario = Scenario<ScenarioContext>;

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
): ContractScenario[] {
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
