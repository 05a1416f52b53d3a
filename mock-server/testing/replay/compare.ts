/** Reports where two JSON values, or two sets of headers, differ, a line each. */

const ignoredHeaders = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);
const longest = 160;

/** A value as one short line. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function differentObjects(
  expected: Record<string, unknown>,
  got: Record<string, unknown>,
  path: string,
  skip: ReadonlySet<string>,
): string[] {
  const names = Object.keys(expected);
  const differences = [...new Set([...names, ...Object.keys(got)])].flatMap((name) =>
    differencesAt(expected[name], got[name], path === '' ? name : `${path}.${name}`, skip),
  );
  if (differences.length === 0 && names.join() !== Object.keys(got).join()) {
    return [
      `${path || 'body'}: expected members in the order ${names.join()}, got ${Object.keys(got).join()}`,
    ];
  }
  return differences;
}

function differencesAt(expected: unknown, got: unknown, path: string, skip: ReadonlySet<string>): string[] {
  if (skip.has(path)) {
    return [];
  }
  if (isObject(expected) && isObject(got)) {
    return differentObjects(expected, got, path, skip);
  }
  if (Array.isArray(expected) && Array.isArray(got) && expected.length === got.length) {
    return expected.flatMap((item, index) => differencesAt(item, got[index], `${path}[${index}]`, skip));
  }
  return JSON.stringify(expected) === JSON.stringify(got)
    ? []
    : [`${path || 'body'}: expected ${show(expected)}, got ${show(got)}`];
}

/** Where two bodies differ, the order of members included. `skip` holds the concrete paths that have checks. */
export function bodyDifferences(expected: unknown, got: unknown, skip: ReadonlySet<string>): string[] {
  return differencesAt(expected, got, '', skip);
}

/** Where two sets of headers differ; missing and additional headers are differences. */
export function headerDifferences(
  expected: Record<string, string>,
  got: ReadonlyMap<string, string>,
): string[] {
  const wanted = new Map(Object.entries(expected).map(([name, value]) => [name.toLowerCase(), value]));
  return [...new Set([...wanted.keys(), ...got.keys()])]
    .filter((name) => !ignoredHeaders.has(name) && wanted.get(name) !== got.get(name))
    .map((name) => `header ${name}: expected ${show(wanted.get(name))}, got ${show(got.get(name))}`);
}
