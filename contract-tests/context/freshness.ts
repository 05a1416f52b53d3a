/** Random values: IVs, tokens, response keys. */
import { expectThat, type Check } from '../check/expect.ts';
import type { ScenarioContext } from './context.ts';

/** The value (hex or text) did not come before in this run and is not one byte repeated. `what` names it. */
export function expectFresh({ memory }: ScenarioContext, check: Check, what: string, value: string): void {
  const why = { ...check, cause: 'a value that has to be random is repeated' };
  expectThat(why, !/^(..)\1+$/.test(value), `a random ${what}`, 'the same byte repeated');
  expectThat(why, !memory.random.has(value), `a new ${what}`, 'one that was used before');
  memory.random.add(value);
}
