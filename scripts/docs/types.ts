/** Type-checks the TypeScript blocks of all pages in one run, as strict as a user may be. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runAsUser } from '../packed-package.ts';
import type { Block } from './blocks.ts';
import { repository } from './pages.ts';

const compilerOptions = {
  target: 'es2023',
  module: 'nodenext',
  lib: ['es2023', 'dom', 'esnext.disposable'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: [path.join(repository, 'node_modules/@types')],
};

const isTypeScript = /\.m?ts$/;

/** The name of a block's file, where the block is TypeScript to be checked. */
function fileOf({ language, line, marker }: Block): string | undefined {
  if (marker.kind === 'file') return isTypeScript.test(marker.name) ? marker.name : undefined;
  return language === 'ts' && (marker.kind === 'run' || marker.kind === 'exit code')
    ? `block-${line}.mts`
    : undefined;
}

/** What the compiler prints about the blocks: nothing when their types are right. */
export async function typeProblems(root: string, blocks: readonly Block[]): Promise<string> {
  const folder = path.join(root, 'types');
  const files: string[] = [];
  for (const block of blocks) {
    const name = fileOf(block);
    if (name === undefined) continue;
    const file = path.join(folder, block.page.replaceAll('/', '-'), name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${block.text}\nexport {};\n`);
    files.push(file);
  }
  if (files.length === 0) return '';
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
  return runAsUser(folder, process.execPath, [tsc, '-p', '.']).catch(
    (error: { stdout: string }) => error.stdout,
  );
}
