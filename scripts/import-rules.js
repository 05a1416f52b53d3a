// Who may import whom, as an ESLint plugin. CONTRIBUTING.md has the reasons. Both rules live here, and not
// in a plugin from the registry, because import-x brings a native resolver and boundaries sees no cycles.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const node = /^node:/;

/**
 * The first layer whose `files` matches a path owns that file. `modules` names the layers it may import
 * (itself always included), `packages` the packages, by name or by pattern. '*' allows everything.
 */
export const layers = [
  {
    name: 'contract tests',
    files: /^contract-tests\/.*\.(test|suite)\.ts$/,
    packages: '*',
    modules: ['contract suite', 'pact', 'sdk support', 'contract tests', 'fixtures', 'index'],
  },
  {
    name: 'sdk support',
    files: /^contract-tests\/sdks\//,
    packages: '*',
    modules: ['contract suite', 'fixtures'],
  },
  { name: 'pact', files: /^contract-tests\/pact\//, packages: '*', modules: ['contract suite', 'fixtures'] },
  { name: 'contract suite', files: /^contract-tests\//, packages: ['zod', node], modules: ['fixtures'] },
  { name: 'fixtures', files: /^fixtures\//, packages: ['zod', node], modules: [] },
  { name: 'tests', files: /\.test\.ts$/, packages: '*', modules: '*' },
  { name: 'test support', files: /^mock-server\/testing\//, packages: '*', modules: '*' },
  { name: 'core', files: /^mock-server\/core\//, packages: [/^@noble\//, 'hashids'], modules: [] },
  {
    name: 'operator',
    files: /^mock-server\/operator\//,
    packages: ['zod', 'tldts', '@iabtechlabtcf/core', 'node:crypto', 'node:fs/promises'],
    modules: ['core', 'native', 'options'],
  },
  {
    name: 'http',
    files: /^mock-server\/http\//,
    // node:http for the types of what fastify hands over.
    packages: ['zod', 'fastify', 'node:http'],
    modules: ['operator', 'core'],
  },
  {
    name: 'cli',
    files: /^cli\//,
    packages: ['commander', 'zod', node],
    modules: ['index', 'options', 'mutants', 'contract suite', 'fixtures'],
  },
  {
    name: 'mutants',
    files: /^mutants\//,
    packages: ['fastify', 'zod', node],
    modules: ['root', 'native', 'http', 'operator', 'core'],
  },
  {
    name: 'native',
    files: /^mock-server\/native\//,
    packages: ['node:crypto'],
    modules: ['core'],
  },
  {
    name: 'options',
    files: /^mock-server\/options\.ts$/,
    packages: ['zod', 'node:fs', 'node:path'],
    modules: ['root', 'operator', 'core'],
  },
  {
    name: 'server',
    files: /^mock-server\/server\.ts$/,
    packages: ['fastify', node],
    modules: ['root', 'options', 'native', 'http', 'operator', 'core'],
  },
  {
    name: 'index',
    files: /^mock-server\/index\.ts$/,
    packages: ['zod', node],
    modules: ['server', 'root', 'options', 'native', 'mutants', 'http', 'operator', 'core'],
  },
  {
    name: 'root',
    files: /^mock-server\/[^/]+\.ts$/,
    packages: ['zod', 'fastify', node],
    modules: ['options', 'native', 'operator', 'core'],
  },
  { name: 'tooling', files: /^(bench|scripts)\/|^[^/]+\.ts$/, packages: '*', modules: '*' },
];

const layerOf = (file) => layers.find((layer) => layer.files.test(file));
const isRelative = (specifier) => specifier.startsWith('.');

function mayUse(allowed, name) {
  if (allowed === '*') return true;
  return allowed.some((entry) =>
    entry instanceof RegExp ? entry.test(name) : name === entry || name.startsWith(`${entry}/`),
  );
}

/** Path of a file from the repository's root, with forward slashes on every system. */
function fromRoot(context, file) {
  return path.relative(context.cwd, file).split(path.sep).join('/');
}

const byLayer = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      module: 'the {{from}} layer may not import {{target}} (layer {{to}}); allowed: {{allowed}}',
      package: 'the {{from}} layer may not import {{target}}; allowed packages: {{allowed}}',
      unknown: '{{target}} belongs to no layer of scripts/import-rules.js',
      dynamic: 'import() needs a string literal here, so that the layers can be checked',
    },
  },
  create(context) {
    const own = layerOf(fromRoot(context, context.filename));
    if (!own)
      return {
        Program: (program) =>
          context.report({
            node: program,
            messageId: 'unknown',
            data: { target: fromRoot(context, context.filename) },
          }),
      };
    const list = (allowed) => (allowed === '*' ? 'all' : allowed.map(String).join(', ') || 'none');

    function check(source) {
      if (!source) return;
      if (source.type !== 'Literal') {
        if (own.packages !== '*') context.report({ node: source, messageId: 'dynamic' });
        return;
      }
      const specifier = String(source.value);
      if (!isRelative(specifier)) {
        if (!mayUse(own.packages, specifier)) {
          context.report({
            node: source,
            messageId: 'package',
            data: { from: own.name, target: specifier, allowed: list(own.packages) },
          });
        }
        return;
      }
      const target = fromRoot(context, path.resolve(path.dirname(context.filename), specifier));
      const to = layerOf(target);
      if (own.modules === '*' || to === own) return;
      if (!to || !own.modules.includes(to.name)) {
        context.report({
          node: source,
          messageId: 'module',
          data: { from: own.name, target, to: to?.name ?? 'none', allowed: list(own.modules) },
        });
      }
    }

    return {
      ImportDeclaration: (statement) => check(statement.source),
      ExportNamedDeclaration: (statement) => check(statement.source),
      ExportAllDeclaration: (statement) => check(statement.source),
      ImportExpression: (expression) => check(expression.source),
      TSImportType: (type) => check(type.source ?? type.argument?.literal),
    };
  },
};

function importsOf(file, text) {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map((found) => found.fileName)
    .filter(isRelative)
    .map((specifier) => path.resolve(path.dirname(file), specifier));
}

/** The shortest way from `start` back to itself over relative imports, or undefined. */
function cycleThrough(start, text, cache) {
  const queue = importsOf(start, text).map((file) => [file]);
  const seen = new Set();
  for (let way = queue.shift(); way; way = queue.shift()) {
    const file = way.at(-1);
    if (file === start) return way;
    if (seen.has(file)) continue;
    seen.add(file);
    if (!cache.has(file))
      cache.set(file, existsSync(file) ? importsOf(file, readFileSync(file, 'utf8')) : []);
    for (const next of cache.get(file)) queue.push([...way, next]);
  }
  return undefined;
}

// Read once per run of the linter; an editor that keeps ESLint alive sees a new cycle when it restarts it.
const importCache = new Map();

const noCycles = {
  meta: { type: 'problem', schema: [], messages: { cycle: 'import cycle: {{way}}' } },
  create(context) {
    return {
      Program(program) {
        const way = cycleThrough(context.filename, context.sourceCode.text, importCache);
        if (!way) return;
        const names = [context.filename, ...way].map((file) => fromRoot(context, file));
        context.report({
          node: program,
          loc: { line: 1, column: 0 },
          messageId: 'cycle',
          data: { way: names.join(' -> ') },
        });
      },
    };
  },
};

export default { rules: { 'by-layer': byLayer, 'no-cycles': noCycles } };
