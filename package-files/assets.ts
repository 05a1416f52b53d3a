/** The same as `read.ts`, for the single executable: its files are inside, as assets. */

import { getAsset } from 'node:sea';

export const isSingleExecutable: boolean = true;

export function packageFile(name: string): Buffer | undefined {
  try {
    return Buffer.from(getAsset(name));
  } catch {
    return undefined;
  }
}
