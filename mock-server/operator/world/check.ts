/** Checks of a world beyond its schema, for mistakes that would be seen only later, in the answer to a request. */

import type { Directory } from './directory.ts';
import type { ParsedWorld } from './parse.ts';
import type { World } from './schema.ts';

/** A world as the checks see it. */
export interface Checked {
  readonly world: World;
  readonly directory: Directory;
  /** ms; a key that is active at one of these times is active */
  readonly times: readonly number[];
  /** path of an element of a list */
  readonly elementPath: ParsedWorld['elementPath'];
}

/** A line for each mistake: `field: expected…; got…`. */
export type Problems = Iterable<string>;

export interface Check {
  /** members that have to be complete: in the others an element may be missing, because it is invalid */
  readonly needs: readonly (keyof World)[];
  /**
   * `written`: worlds without `recorded_at_ms`. A recorded world is the state of a real operator, and the mock has to
   * play it as it was.
   */
  readonly of: 'every world' | 'written';
  readonly problems: (checked: Checked) => Problems;
}

/** Path and site of every key pair that requests may use. */
export function usableKeypairs({ world, elementPath }: Checked): { path: string; site: number }[] {
  if (!world.client_side_token_generate) return [];
  return world.client_side_keypairs.flatMap(({ site_id: site, disabled }, index) =>
    disabled ? [] : [{ path: elementPath('client_side_keypairs', index), site }],
  );
}
