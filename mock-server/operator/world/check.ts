/** Checks of a world beyond its schema, for mistakes that would be seen only later, in the answer to a request. */

import type { Directory } from './directory.ts';
import type { ParsedWorld } from './parse.ts';
import type { World } from './schema.ts';

/** What a check works with. */
export interface Checked {
  readonly world: World;
  readonly directory: Directory;
  /** ms; a key counts as active when it is active at one of these times */
  readonly times: readonly number[];
  /** path of an element of a list */
  readonly elementPath: ParsedWorld['elementPath'];
}

/** A line for each mistake: `field: expected…; got…`. */
export type Problems = Iterable<string>;

export interface Check {
  readonly problems: (checked: Checked) => Problems;
  /** members that must be complete for the check; elsewhere invalid elements may be missing */
  readonly needs?: readonly (keyof World)[];
  /**
   * Whether worlds with `recorded_at_ms` are left out. They are the state of a real operator, and the mock has to play
   * it as it was.
   */
  readonly onlyWritten?: true;
}

/** Path and site of every key pair that requests can use. */
export function usableKeypairs({ world, elementPath }: Checked): { path: string; site: number }[] {
  if (!world.client_side_token_generate) return [];
  return world.client_side_keypairs.flatMap(({ site_id: site, disabled }, index) =>
    disabled ? [] : [{ path: elementPath('client_side_keypairs', index), site }],
  );
}
