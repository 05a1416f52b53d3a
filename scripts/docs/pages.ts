/** The pages of the documentation, and what they may link to. */

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');

const isPage = (name: string): boolean => name.endsWith('.md') && !/(^|\/)(\.|node_modules\/)/.test(name);

function pagesBelow(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return names
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter(isPage)
    .sort();
}

/** Pages whose blocks run. */
export const pagesWithBlocks: readonly string[] = [
  'README.md',
  'contract-tests/README.md',
  ...pagesBelow('docs'),
];

/** Pages whose links are checked. */
export const allPages: readonly string[] = [
  ...pagesWithBlocks,
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'fixtures/README.md',
  ...pagesBelow('examples'),
];

export const textOf = (page: string): string => readFileSync(path.join(repository, page), 'utf8');
