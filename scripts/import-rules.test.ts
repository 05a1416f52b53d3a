import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { groupsOf, halves } from './layers.js';

// The project's own configuration, without the rules that need type information: the files do not exist.
const eslint = new ESLint({
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: null } },
  },
  ruleFilter: ({ ruleId }) => ruleId.startsWith('imports/') || /^no-(console|restricted)/.test(ruleId),
});

async function complaints(filePath: string, code: string) {
  const [result] = await eslint.lintText(code, { filePath });
  const messages = result?.messages ?? [];
  expect(messages.filter((message) => message.fatal)).toEqual([]);
  return messages;
}

async function rulesBroken(filePath: string, code: string): Promise<string[]> {
  return (await complaints(filePath, code)).map((message) => message.ruleId ?? 'none');
}

/** A file of a folder of `root`; the name of a single file stands for that file. */
const probeIn = (root: string, folder: string, singleFiles: string[]) =>
  singleFiles.includes(folder) ? `${root}/${folder}.ts` : `${root}/${folder}/probe.ts`;

const forbidden: [file: string, imported: string][] = [
  ['mock-server/core/probe.ts', 'node:crypto'],
  ['mock-server/core/probe.ts', 'crypto'],
  ['mock-server/core/probe.ts', 'zod'],
  ['mock-server/core/probe.ts', '@noble/ciphers/aes.js'],
  ['mock-server/core/probe.ts', 'fastify'],
  ['mock-server/core/probe.ts', '../operator/world/schema.ts'],
  ['mock-server/core/probe.ts', '../native/primitives.ts'],
  ['mock-server/core/probe.ts', '../../fixtures/load.ts'],
  ['mock-server/operator/probe.ts', 'node:fs'],
  ['mock-server/operator/probe.ts', 'fastify'],
  ['mock-server/operator/probe.ts', '@noble/hashes/sha2.js'],
  ['mock-server/operator/probe.ts', '../http/token.ts'],
  ['mock-server/operator/probe.ts', '../compose.ts'],
  ['mock-server/http/probe.ts', 'node:crypto'],
  ['mock-server/http/probe.ts', '../compose.ts'],
  ['mock-server/http/probe.ts', '../native/primitives.ts'],
  ['mock-server/http/probe.ts', '../../contract-tests/wire/index.ts'],
  ['mock-server/native/primitives.ts', 'node:fs'],
  ['mock-server/native/primitives.ts', '../operator/world/schema.ts'],
  ['mock-server/compose.ts', '../cli/start.ts'],
  ['mock-server/compose.ts', '../contract-tests/index.ts'],
  ['mock-server/index.ts', '../cli/main.ts'],
  ['mock-server/index.ts', '../contract-tests/index.ts'],
  ['mock-server/index.ts', './testing/replay/replay.ts'],
  ['cli/probe.ts', '../mock-server/http/token.ts'],
  ['cli/probe.ts', '../mock-server/core/bytes.ts'],
  ['cli/probe.ts', '../mock-server/admin/remote.ts'],
  ['cli/probe.ts', '../contract-tests/sdks/java.ts'],
  ['cli/probe.ts', '../contract-tests/run.ts'],
  ['cli/probe.ts', '../contract-tests/reporters/console.ts'],
  ['test-runners/probe.ts', '../mock-server/listen.ts'],
  ['test-runners/probe.ts', '../cli/start.ts'],
  ['test-runners/probe.ts', 'fastify'],
  ['contract-tests/run.ts', '../mock-server/index.ts'],
  ['contract-tests/run.ts', '../mutants/index.ts'],
  ['contract-tests/run.ts', '../cli/verify.ts'],
  ['contract-tests/spec/probe.ts', 'node:util'],
  ['contract-tests/wire/probe.ts', '../../mock-server/core/bytes.ts'],
  ['contract-tests/wire/probe.ts', '@noble/hashes/sha2.js'],
  ['contract-tests/target/probe.ts', '../../mock-server/operator/world/schema.ts'],
  ['contract-tests/target/probe.ts', '../../fixtures/load.ts'],
  ['contract-tests/steps/probe.ts', 'vitest'],
  ['contract-tests/steps/probe.ts', '../pact/verification.ts'],
  ['contract-tests/pact/probe.ts', '../target/client.ts'],
  ['contract-tests/falsifying/probe.ts', '../target/client.ts'],
  ['contract-tests/scenarios/probe.ts', '../../mock-server/core/bytes.ts'],
  ['contract-tests/probe.test.ts', '../mock-server/core/bytes.ts'],
  ['contract-tests/probe.test.ts', '../mock-server/compose.ts'],
  ['contract-tests/sdks/probe.ts', '../../mock-server/index.ts'],
  ['contract-tests/sdks/probe.test.ts', '../../mock-server/http/token.ts'],
  ['fixtures/load.ts', '../mock-server/core/bytes.ts'],
  ['fixtures/load.ts', '../mock-server/operator/world/schema.ts'],
];

const allowed: [file: string, imported: string][] = [
  ['mock-server/core/probe.ts', 'hashids'],
  ['mock-server/core/probe.ts', './bytes.ts'],
  ['mock-server/operator/probe.ts', '../core/bytes.ts'],
  ['mock-server/operator/world/probe.ts', 'zod'],
  ['mock-server/http/probe.ts', 'fastify'],
  ['mock-server/http/probe.ts', '../operator/world/schema.ts'],
  ['mock-server/native/primitives.ts', 'node:crypto'],
  ['mock-server/compose.ts', './http/token.ts'],
  ['mock-server/index.ts', './compose.ts'],
  ['cli/probe.ts', '../mock-server/index.ts'],
  ['cli/probe.ts', '../mock-server/compose.ts'],
  ['cli/probe.ts', '../contract-tests/index.ts'],
  ['cli/probe.ts', '../mock-server/admin/connect.ts'],
  ['cli/probe.ts', '../mock-server/admin/calls/index.ts'],
  ['test-runners/probe.ts', '../mock-server/index.ts'],
  ['test-runners/probe.ts', 'vitest'],
  ['mock-server/probe.test.ts', '../fixtures/load.ts'],
  ['cli/probe.ts', '../contract-tests/reporters/index.ts'],
  ['contract-tests/wire/probe.ts', 'node:crypto'],
  ['contract-tests/target/probe.ts', 'zod'],
  ['contract-tests/scenarios/probe.ts', '../../fixtures/load.ts'],
  ['contract-tests/pact/probe.ts', '../wire/index.ts'],
  ['contract-tests/falsifying/probe.ts', '../wire/index.ts'],
  ['contract-tests/probe.test.ts', '../mock-server/index.ts'],
  ['contract-tests/sdks/probe.test.ts', '../../mock-server/index.ts'],
];

function importLine(file: string, target: string): string {
  const way = path.posix.relative(path.posix.dirname(file), target);
  return `import '${way.startsWith('.') ? way : `./${way}`}';`;
}

const isByLayer = ({ ruleId }: { ruleId: string | null }) => ruleId === 'imports/by-layer';

const orders = [
  {
    root: 'mock-server',
    order: [
      ['core/sentences'],
      ['core'],
      ['core/doctor/cause'],
      ['core/doctor/causes/reasons'],
      ['core/doctor/causes'],
      ['core/doctor/hash'],
      ['core/doctor'],
      ['native', 'portable'],
      ['doctor'],
      ['operator/world', 'operator/state'],
      ['operator'],
      ['operator/journal'],
      ['operator/store'],
      ['version'],
      ['http', 'admin/calls'],
      ['admin'],
      ['options'],
      ['watch'],
      ['mount-admin'],
      ['worlds'],
      ['open-store'],
      ['explain'],
      ['compose'],
      ['serve'],
      ['proxy'],
      ['inspect'],
      ['listen'],
      ['index'],
    ],
    singleFiles: [
      'core/doctor/cause',
      'doctor',
      'version',
      'options',
      'watch',
      'mount-admin',
      'worlds',
      'open-store',
      'explain',
      'compose',
      'serve',
      'listen',
      'index',
    ],
    // Fewer than the order allows.
    only: { http: ['core', 'core/doctor', 'operator/world', 'operator/state', 'operator'] },
  },
  {
    root: 'contract-tests',
    order: [
      ['spec'],
      ['wire'],
      ['target'],
      ['check'],
      ['context'],
      ['steps'],
      ['look', 'scenarios', 'reporters', 'provider-states'],
      ['run'],
      ['index'],
    ],
    singleFiles: ['run', 'index'],
    only: { reporters: ['spec'], 'provider-states': ['wire'] },
  },
];

const edges = orders.flatMap(({ root, order, singleFiles, only }) =>
  order.flatMap((group, position) =>
    group.map((from) => {
      const left: string[] = order.slice(0, position).flat();
      const allowed = [...(new Map(Object.entries(only)).get(from) ?? left), from];
      const all = order.flat();
      const refused = all.filter((to) => !allowed.includes(to));
      return { root, from, all, refused, singleFiles };
    }),
  ),
);

describe('the linter enforces the order of the folders', () => {
  it('knows the folders of each half in their order', () => {
    expect(halves.map((half) => [half.root, groupsOf(half)])).toEqual(
      orders.map(({ root, order }) => [root, order]),
    );
  });

  it.each(edges)('$root/$from may not import $refused, and may all else', async (edge) => {
    const file = probeIn(edge.root, edge.from, edge.singleFiles);
    const lines = edge.all.map((to) => importLine(file, probeIn(edge.root, to, edge.singleFiles)));
    const found = (await complaints(file, lines.join('\n'))).filter(isByLayer);
    expect(found.map(({ line }) => edge.all[line - 1])).toEqual(edge.refused);
  });

  it.each(orders)('$root allows no file that is not in its order', async ({ root }) => {
    expect(await rulesBroken(`${root}/stray.ts`, '')).toContain('imports/by-layer');
    expect(await rulesBroken(`${root}/stray/probe.ts`, '')).toContain('imports/by-layer');
  });
});

describe('the linter enforces who may import whom', () => {
  it.each(forbidden)('%s may not import %s', async (file, imported) => {
    expect(await rulesBroken(file, `import '${imported}';\n`)).toContain('imports/by-layer');
  });

  it.each(allowed)('%s may import %s', async (file, imported) => {
    expect(await rulesBroken(file, `import '${imported}';\n`)).not.toContain('imports/by-layer');
  });

  it.each([
    `export { x } from 'fastify';`,
    `export * from 'fastify';`,
    `import type { X } from 'fastify';`,
    `export type X = import('fastify').FastifyInstance;`,
    `export const x = await import('fastify');`,
    `const name = 'fastify'; export const x = await import(name);`,
  ])('sees through %s', async (code) => {
    expect(await rulesBroken('mock-server/core/probe.ts', code)).toContain('imports/by-layer');
  });

  it('refuses a file that imports itself by way of another', async () => {
    const code = `import './import-rules.test.ts';\n`;
    expect(await rulesBroken('scripts/import-rules.test.ts', code)).toContain('imports/no-cycles');
    expect(await rulesBroken('scripts/probe.ts', code)).not.toContain('imports/no-cycles');
  });

  it('keeps console and process in cli', async () => {
    const code = `console.log(process.argv);\n`;
    const both = ['no-console', 'no-restricted-globals'];
    for (const file of ['mock-server/http/probe.ts', 'mock-server/options.ts', 'contract-tests/run.ts']) {
      expect((await rulesBroken(file, code)).sort(), file).toEqual(both);
    }
    expect(await rulesBroken('cli/probe.ts', code)).toEqual([]);
  });

  it('keeps the wall clock and randomness out of the core', async () => {
    const code = `export const x = [new Date(), Date.now(), Math.random()];\n`;
    const broken = await rulesBroken('mock-server/core/probe.ts', code);
    expect(broken).toEqual(['no-restricted-syntax', 'no-restricted-syntax', 'no-restricted-syntax']);
  });
});
