// Checks which file may import which, as an ESLint plugin with the table of layers.js. Both rules are written here,
// because import-x brings a native resolver, and boundaries does not find cycles.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { layers } from './layers.js';

const withoutExtension = (file) => file.replace(/\.tsx?$/, '');

function layerOf(file) {
  const names = [withoutExtension(file), path.posix.dirname(file)];
  return layers.find((layer) => (layer.files ? layer.files.test(file) : names.includes(layer.name)));
}

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
      unknown: '{{target}} belongs to no layer of scripts/layers.js',
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
      const names = [to?.name, withoutExtension(target)];
      if (!names.some((name) => own.modules.includes(name))) {
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
