/** How `uid2-mock verify` reads files, and refuses flags. */

import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../mock-server/options.ts';

export const wrong = (flag: string, expected: string, got: string): ConfigurationError =>
  new ConfigurationError(`${flag}: expected ${expected}; got ${got === '' ? 'nothing' : got}`);

/** @throws ConfigurationError, naming `flag`, for a file that cannot be read or is not JSON */
export function readJson(flag: string, file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw wrong(flag, 'a file that can be read', `${file} (${code})`);
  }
  if (text.trim() === '') throw wrong(flag, 'a file of JSON', `${file}, which is empty`);
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch {
    throw wrong(flag, 'a file of JSON', `${file}, which is not`);
  }
}
