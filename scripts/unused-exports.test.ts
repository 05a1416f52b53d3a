import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-exports-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const files: Readonly<Record<string, string>> = {
  'package.json': '{"type":"module"}',
  'tsconfig.json': JSON.stringify({
    compilerOptions: { module: 'nodenext', allowImportingTsExtensions: true, noEmit: true, types: [] },
    include: ['.'],
  }),
  'mock-server/index.ts': `
    import { direct, type Shape } from './core/used.ts';
    import * as all from './core/used.ts';
    import { throughBarrel } from './core/barrel.ts';
    export { reexported } from './core/used.ts';
    const { lazy } = await import('./core/used.ts');
    const shape: Shape = {};
    export const entry = { direct, lazy, shape, throughBarrel, whole: all.byNamespace };`,
  'mock-server/core/used.ts': `
    export const direct = 1;
    export const byNamespace = 1;
    export const lazy = 1;
    export const reexported = 1;
    export const throughBarrel = 1;
    export const throughBarrelForTests = 1;
    export const own = 1;
    export const nobodys = own;
    export const testedOnly = 1;
    export const testedAndOwn = 1;
    export const user = () => testedAndOwn;
    export interface Shape {}`,
  'mock-server/core/barrel.ts': `export { throughBarrel, throughBarrelForTests } from './used.ts';`,
  'mock-server/core/used.test.ts': `
    import { testedOnly, testedAndOwn, user } from './used.ts';
    import { throughBarrelForTests } from './barrel.ts';
    import { helper } from '../testing/helper.ts';
    import { loose } from './tested-file.ts';
    export const nobody = [testedOnly, testedAndOwn, user, throughBarrelForTests, helper, loose];`,
  'mock-server/core/tested-file.ts': 'export const loose = 1;',
  'mock-server/core/forgotten.ts': 'export const forgotten = 1;',
  'mock-server/testing/helper.ts': 'export const helper = 1;\nexport const unneeded = 1;',
};
for (const [name, text] of Object.entries(files)) {
  mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

it('names what is exported for nobody or for tests alone, and files that nothing imports', async () => {
  const script = path.resolve(import.meta.dirname, 'unused-exports.js');
  const { code, text } = await new Promise<{ code: unknown; text: string }>((resolve) => {
    execFile(process.execPath, [script], { cwd: folder }, (error, _out, err) => {
      resolve({ code: error?.code, text: err });
    });
  });
  expect(text.trimEnd().split('\n').sort()).toEqual(
    [
      'mock-server/core/barrel.ts:1 throughBarrelForTests: only tests use it: move it to where they are, or delete it',
      'mock-server/core/forgotten.ts: nothing imports it',
      'mock-server/core/tested-file.ts: only tests import it',
      'mock-server/core/used.ts:12 user: only tests use it: move it to where they are, or delete it',
      'mock-server/core/used.ts:8 own: no other file uses it: delete it, or do not export it',
      'mock-server/core/used.ts:9 nobodys: no other file uses it: delete it, or do not export it',
      'mock-server/core/used.ts:10 testedOnly: only tests use it: move it to where they are, or delete it',
      'mock-server/testing/helper.ts:2 unneeded: no other file uses it: delete it, or do not export it',
    ].sort(),
  );
  expect(code).toBe(1);
});
