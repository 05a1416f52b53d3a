// `npm run lint`: reports exports that only their own file uses, product code that only tests use, and files that
// nothing imports. A script, because the lock file of knip leaves out the builds of other platforms.
import path from 'node:path';
import ts from 'typescript';

/** Files whose exports users of the package import, and files that are run directly. */
const entries =
  /^(mock-server|contract-tests)\/index\.ts$|^mock-server\/doctor\.ts$|^test-runners\/(vitest|jest)\.ts$|^cli\/main\.ts$|^package-files\/assets\.ts$|^mock-server\/inspector\/main\.tsx$|^docs\/\.vitepress\/(config|theme\/index)\.ts$|^mock-server\/testing\/measured-operator\.ts$|^[^/]+\.ts$|^(bench|scripts|examples|containers)\/[^/]+\.ts$/;
const tests = /\.(test|suite)\.ts$/;
const support =
  /^mock-server\/testing\/|^contract-tests\/(sdks|pact|falsifying)\/|^(bench|scripts|examples|containers)\/|^fixtures\/(?!load\.ts$)|^[^/]+\.ts$/;
const isProduct = (file) => !tests.test(file) && !support.test(file);

/** Exports that only tests use, on purpose. */
const deliberate = {
  'mock-server/operator/opt-out.ts optOutServiceCall':
    'says what a logout of a real operator sends on, as recorded; the mock sends nothing',
};

function readConfig(folder) {
  const { config } = ts.readConfigFile(path.join(folder, 'tsconfig.json'), ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, folder);
}
const { fileNames, options: forNode } = readConfig(process.cwd());
const others = ['mock-server/inspector', 'docs/.vitepress']
  .map((folder) => path.join(process.cwd(), folder))
  .filter((folder) => ts.sys.fileExists(path.join(folder, 'tsconfig.json')))
  .map(readConfig);
const options = Object.assign({}, ...others.map((other) => other.options), forNode);
const names = [...fileNames, ...others.flatMap((other) => other.fileNames)];
const program = ts.createProgram([...new Set(names)], {
  ...options,
  incremental: false,
  tsBuildInfoFile: undefined,
});
const checker = program.getTypeChecker();

const nameOf = (source) => path.relative(process.cwd(), source.fileName).split(path.sep).join('/');
const sources = program
  .getSourceFiles()
  .filter((source) => !source.isDeclarationFile && !source.fileName.includes('/node_modules/'));

/** symbol of an export -> the files that use it */
const uses = new Map();
/** file -> the files that import it */
const importers = new Map(sources.map((source) => [nameOf(source), new Set()]));

for (const source of sources) {
  const module = checker.getSymbolAtLocation(source);
  for (const symbol of module ? checker.getExportsOfModule(module) : []) uses.set(symbol, new Set());
}

/** Records a use of a symbol, and of each export through which it is imported. */
function use(symbol, file) {
  for (let step = symbol; step;) {
    uses.get(step)?.add(file);
    step = step.flags & ts.SymbolFlags.Alias ? checker.getImmediateAliasedSymbol(step) : undefined;
  }
}

/** Whether an identifier is the name in its own declaration. */
const isDeclared = (node) =>
  node.parent.name === node &&
  !ts.isImportSpecifier(node.parent) &&
  !ts.isPropertyAccessExpression(node.parent);

function visit(node, file) {
  if (ts.isStringLiteral(node) && node.text.startsWith('.')) {
    const module = checker.getSymbolAtLocation(node);
    const imported = module?.declarations?.find(ts.isSourceFile);
    if (imported) importers.get(nameOf(imported))?.add(file);
  }
  if (ts.isIdentifier(node)) {
    const { parent } = node;
    if (!isDeclared(node)) use(checker.getSymbolAtLocation(node), file);
    if (ts.isShorthandPropertyAssignment(parent))
      use(checker.getShorthandAssignmentValueSymbol(parent), file);
    if (ts.isExportSpecifier(parent)) {
      const symbol = checker.getSymbolAtLocation(parent.name);
      if (symbol) use(checker.getImmediateAliasedSymbol(symbol), file);
    }
    // const { name } = await import('./file.ts')
    if (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent)) {
      const { text } = parent.propertyName ?? parent.name;
      use(checker.getTypeAtLocation(parent.parent).getProperty(text), file);
    }
  }
  ts.forEachChild(node, (child) => visit(child, file));
}
for (const source of sources) visit(source, nameOf(source));

function complaintOf(symbol, file) {
  const users = [...(uses.get(symbol) ?? [])];
  if (users.every((user) => user === file)) return 'no other file uses it: delete it, or do not export it';
  if (`${file} ${symbol.name}` in deliberate || !isProduct(file) || users.some(isProduct)) return undefined;
  return 'only tests use it: move it to where they are, or delete it';
}

const complaints = [];
for (const source of sources) {
  const file = nameOf(source);
  if (tests.test(file) || entries.test(file)) continue;
  const from = [...(importers.get(file) ?? [])];
  if (from.length === 0 || (isProduct(file) && !from.some(isProduct))) {
    complaints.push(`${file}: ${from.length === 0 ? 'nothing imports it' : 'only tests import it'}`);
    continue;
  }
  const module = checker.getSymbolAtLocation(source);
  for (const symbol of module ? checker.getExportsOfModule(module) : []) {
    const complaint = complaintOf(symbol, file);
    const declaration = symbol.declarations?.find((one) => one.getSourceFile() === source);
    if (complaint === undefined || declaration === undefined) continue;
    const { line } = source.getLineAndCharacterOfPosition(declaration.getStart());
    complaints.push(`${file}:${line + 1} ${symbol.name}: ${complaint}`);
  }
}
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
