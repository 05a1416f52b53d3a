/** The files that the package ships beside its code. The single executable has `assets.ts` in place of this file. */

import { readFileSync } from 'node:fs';

/** The package's root is one folder up from the sources, two from the bundles. */
const ROOTS = [new URL('../', import.meta.url), new URL('../../', import.meta.url)];

/** Whether Node and the package are one file, which has to be run without a script. */
export const isSingleExecutable: boolean = false;

/**
 * The content of a file; undefined when there is none.
 *
 * @param name path from the package's root, such as `fixtures/causes.json`
 */
export function packageFile(name: string): Buffer | undefined {
  for (const root of ROOTS) {
    try {
      return readFileSync(new URL(name, root));
    } catch {
      continue;
    }
  }
  return undefined;
}
