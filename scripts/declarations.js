// The declarations of dist/, from those that tsc made of each source: a file per entry and what they share, for import
// and for require. They import no package but vitest, which users of that entry have. So types that are
// inferred from values are written out.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import ts from 'typescript';

const repository = path.resolve(import.meta.dirname, '..');
const dist = path.join(repository, 'dist');
const emitted = path.join(dist, 'declarations');

const entries = [
  'mock-server/index',
  'mock-server/doctor',
  'contract-tests/index',
  'test-runners/jest',
  'test-runners/vitest',
];
/** vitest has no CommonJS */
const modulesOnly = ['test-runners/vitest'];

const { NodeBuilderFlags } = ts;
const written =
  NodeBuilderFlags.NoTruncation | NodeBuilderFlags.InTypeAlias | NodeBuilderFlags.MultilineObjectLiterals;

/** Replaces `z.infer<typeof schema>`, `ValuesOf<typeof table>` and their like, as the whole of a type alias, by the type that it is. */
function writeOut(source, checker) {
  const printer = ts.createPrinter();
  const changes = [];
  for (const statement of source.statements) {
    if (!ts.isTypeAliasDeclaration(statement)) continue;
    if (!/^(z\.(infer|input|output)|ValuesOf)</.test(statement.type.getText(source))) continue;
    const type = checker.getTypeAtLocation(statement.name);
    const node = checker.typeToTypeNode(type, statement, written);
    const text = printer.printNode(ts.EmitHint.Unspecified, node, source);
    changes.push({ from: statement.type.getStart(source), to: statement.type.end, text });
  }
  return changes.reduceRight(
    (text, { from, to, text: type }) => text.slice(0, from) + type + text.slice(to),
    source.text,
  );
}

/** Path of a declaration file that tsc made, to its text without the types of zod. */
function withoutZod() {
  const files = readdirSync(emitted, { recursive: true })
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => path.join(emitted, name));
  const { config } = ts.readConfigFile(path.join(repository, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repository);
  const program = ts.createProgram(files, { ...options, incremental: false, tsBuildInfoFile: undefined });
  const checker = program.getTypeChecker();
  return new Map(files.map((file) => [file, writeOut(program.getSourceFile(file), checker)]));
}

async function rolledUp() {
  const texts = withoutZod();
  const named = { name: 'without-zod', load: (id) => texts.get(path.normalize(id)) };
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((name) => [name, path.join(emitted, `${name}.d.ts`)])),
    external: (id) => /^[^./]/.test(id) && !path.isAbsolute(id),
    plugins: [named, dts()],
    onwarn: ({ message }) => {
      throw new Error(`declarations: ${message}`);
    },
  });
  const { output } = await bundle.generate({
    format: 'es',
    entryFileNames: '[name].d.ts',
    chunkFileNames: 'product/types.d.ts',
  });
  await bundle.close();
  return output;
}

/** Users may lack the types of Node, so `Buffer` becomes `Uint8Array`, and `URL` an object with its text. */
const withoutNode = (code) =>
  code
    .replaceAll(/\bBuffer\b/g, 'Uint8Array')
    .replaceAll('string | URL', 'string | { readonly href: string }');

/** `Symbol.asyncDispose`, which types of operators have, is in no older library of TypeScript */
const disposable = '/// <reference lib="esnext.disposable" />\n';

/** @throws Error naming imported packages, which users may not have installed */
function check(fileName, code) {
  const named = [...code.matchAll(/(?:from|import\() ?['"]([^.'"][^'"]*)/g)].map(([, name]) => name);
  const unknown = named.filter((name) => name !== 'vitest');
  if (unknown.length > 0)
    throw new Error(`${fileName}: expected no import of a package, got ${unknown.join(', ')}`);
}

for (const { fileName, code } of await rolledUp()) {
  check(fileName, code);
  const isModuleOnly = modulesOnly.some((name) => fileName === `${name}.d.ts`);
  const text = withoutNode(code.includes('Symbol.asyncDispose') ? disposable + code : code);
  const file = path.join(dist, fileName);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  const required = text.replaceAll(/(from '\.[^']*)\.js'/g, "$1.cjs'");
  if (!isModuleOnly) writeFileSync(path.join(dist, fileName.replace(/\.d\.ts$/, '.d.cts')), required);
}
