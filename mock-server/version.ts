/** The version of the package. */

import { readFileSync } from 'node:fs';

function read(): string {
  // The package's root is one folder up from the sources, two from the build.
  for (const up of ['../package.json', '../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
        return String(manifest.version);
    } catch {
      continue;
    }
  }
  return 'unknown';
}

export const version: string = read();
