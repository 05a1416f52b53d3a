/** The version of the package. */

import { packageFile } from '../package-files/read.ts';

function read(): string {
  try {
    const manifest: unknown = JSON.parse(packageFile('package.json')?.toString() ?? '');
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
      return String(manifest.version);
  } catch {
    // said below
  }
  return 'unknown';
}

export const version: string = read();
