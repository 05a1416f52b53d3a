// Which file may import which, as data. CONTRIBUTING.md has the reasons; scripts/import-rules.js enforces it.

const node = /^node:/;

/**
 * A half of the product: its folders from left to right. A folder, or a single file of `root` without its
 * `.ts`, imports from those to its left (types too); an array holds neighbours that do not import each other.
 *
 * `only` narrows what a folder may import from its half. `packages` names the packages that folders may import,
 * by name or by pattern; a folder left out may import none.
 */
export const halves = [
  {
    root: 'mock-server',
    order: [
      'core/sentences',
      'core',
      'core/doctor/cause',
      'core/doctor/causes/reasons',
      'core/doctor/causes',
      'core/doctor/hash',
      'core/doctor',
      ['native', 'portable'],
      'doctor',
      ['operator/world', 'operator/state'],
      'operator',
      'operator/journal',
      'operator/store',
      'version',
      ['http', 'admin/calls'],
      'admin',
      'options',
      'watch',
      'mount-admin',
      'worlds',
      'open-store',
      'explain',
      'compose',
      'serve',
      'proxy',
      'inspect',
      'listen',
      'index',
    ],
    only: { http: ['core', 'core/doctor', 'operator/world', 'operator/state', 'operator'] },
    outside: { version: ['package-files'], admin: ['package-files'] },
    packages: {
      core: ['hashids'],
      'core/doctor/hash': ['@noble/hashes'],
      'core/doctor': ['@noble/hashes', '@noble/ciphers', '@noble/curves'],
      native: ['node:crypto'],
      portable: ['@noble/hashes', '@noble/ciphers', '@noble/curves'],
      'operator/world': ['zod', 'node:crypto', 'node:fs/promises'],
      operator: ['tldts'],
      'operator/store': ['iovalkey'],
      // node:http for the types that fastify passes on, files for the scripts that users name.
      http: ['zod', 'fastify', 'node:http', 'node:fs/promises', 'node:path'],
      'admin/calls': ['zod'],
      admin: ['zod', 'fastify', 'node:crypto', 'node:fs/promises', 'node:http'],
      'mount-admin': ['fastify'],
      'open-store': [node],
      options: ['zod', 'node:fs', 'node:path'],
      watch: [node],
      serve: [node],
      inspect: [node],
      compose: ['fastify', node],
      proxy: [node],
      index: [node],
    },
  },
  {
    root: 'contract-tests',
    order: [
      'spec',
      'wire',
      'target',
      'check',
      'context',
      'steps',
      ['look', 'scenarios', 'reporters', 'provider-states'],
      'run',
      'index',
    ],
    only: { reporters: ['spec'], 'provider-states': ['wire'] },
    packages: {
      wire: ['node:crypto', 'node:http', 'node:net'],
      target: ['zod', 'node:crypto', 'node:http', 'node:https'],
      check: ['node:util'],
      context: ['node:crypto'],
      steps: ['node:crypto'],
      look: ['node:crypto'],
      scenarios: ['zod', node],
      reporters: ['node:util'],
      'provider-states': ['node:crypto'],
    },
    outside: { scenarios: ['fixtures'], check: ['fixtures'] },
  },
];

/** The folders of a half in groups of neighbours, from left to right. */
export const groupsOf = (half) => half.order.map((entry) => [entry].flat());

/** The modules of a half that a folder may import: those to its left. */
function modulesOf(half, folder) {
  const groups = groupsOf(half);
  const left = groups.slice(
    0,
    groups.findIndex((group) => group.includes(folder)),
  );
  return half.only?.[folder] ?? left.flat();
}

const layersOf = (half) =>
  groupsOf(half)
    .flat()
    .map((folder) => ({
      name: `${half.root}/${folder}`,
      packages: half.packages[folder] ?? [],
      modules: [
        ...modulesOf(half, folder).map((name) => `${half.root}/${name}`),
        ...(half.outside?.[folder] ?? []),
      ],
    }));

/** Every layer of a half up to and including `last`. */
function upTo(root, last) {
  const names = groupsOf(halves.find((half) => half.root === root)).flat();
  return names.slice(0, names.indexOf(last) + 1).map((name) => `${root}/${name}`);
}

/**
 * The first layer that holds a file owns it: by `files`, else by its name, which is a folder (without what lies
 * in folders below) or a file without `.ts`. `modules` names the layers it may import (itself always included)
 * or single files of them, `packages` the packages. '*' allows everything.
 */
export const layers = [
  {
    name: 'contract tests',
    files: /^contract-tests\/.*\.(test|suite)\.ts$/,
    packages: '*',
    modules: [
      ...upTo('contract-tests', 'index'),
      'pact',
      'sdk support',
      'falsifying',
      'fixtures',
      'mock-server/index',
      'mock-server/testing/scale',
    ],
  },
  {
    name: 'sdk support',
    files: /^contract-tests\/sdks\//,
    packages: '*',
    modules: ['contract-tests/wire', 'fixtures'],
  },
  {
    name: 'pact',
    files: /^contract-tests\/pact\//,
    packages: '*',
    modules: ['contract-tests/wire', 'contract-tests/provider-states', 'fixtures'],
  },
  {
    name: 'falsifying',
    files: /^contract-tests\/falsifying\//,
    packages: [node],
    modules: ['contract-tests/wire', 'fixtures'],
  },
  { name: 'package-files', packages: [node], modules: [] },
  { name: 'fixtures', files: /^fixtures\//, packages: ['zod', node], modules: ['package-files'] },
  { name: 'tests', files: /\.test\.ts$/, packages: '*', modules: '*' },
  {
    // browser code; of the server it takes what is pure, and types
    name: 'inspector',
    files: /^mock-server\/inspector\//,
    packages: ['preact'],
    modules: [
      'mock-server/core',
      'mock-server/core/sentences',
      'mock-server/core/doctor/cause',
      'mock-server/portable',
      'mock-server/doctor',
      'mock-server/operator/profile',
      'mock-server/operator/world',
      'mock-server/admin/calls',
      'mock-server/admin/event-reader',
    ],
  },
  {
    // the documentation site, whose doctors are those of the inspector page
    name: 'site',
    files: /^docs\/\.vitepress\//,
    packages: ['vitepress', 'vue', 'preact', node],
    modules: ['inspector', 'mock-server/doctor', 'mock-server/operator/world', 'mock-server/portable'],
  },
  { name: 'test support', files: /^mock-server\/testing\//, packages: '*', modules: '*' },
  ...halves.flatMap(layersOf),
  {
    name: 'cli',
    files: /^cli\//,
    packages: ['commander', 'zod', node],
    modules: [
      'mock-server/core/doctor',
      'mock-server/core/doctor/cause',
      'mock-server/native',
      'mock-server/index',
      'mock-server/compose',
      'mock-server/serve',
      'mock-server/proxy',
      'mock-server/open-store',
      'mock-server/operator/store',
      'mock-server/operator/profile',
      'mock-server/inspect',
      'mock-server/doctor',
      'mock-server/options',
      'mock-server/version',
      'mock-server/admin/connect',
      'mock-server/admin/calls/index',
      'mock-server/admin/calls/lines',
      'mock-server/admin/exchange-line',
      'mutants',
      'contract-tests/index',
      'contract-tests/reporters/index',
      'package-files',
    ],
  },
  {
    name: 'test-runners',
    files: /^test-runners\//,
    packages: ['vitest', '@jest/globals'],
    modules: ['mock-server/index', 'mock-server/admin/exchange-line'],
  },
  {
    name: 'mutants',
    files: /^mutants\//,
    packages: ['zod', node],
    modules: upTo('mock-server', 'compose'),
  },
  {
    name: 'tooling',
    files: /^(bench|scripts|examples|action|containers)\/|^[^/]+\.ts$/,
    packages: '*',
    modules: '*',
  },
];
