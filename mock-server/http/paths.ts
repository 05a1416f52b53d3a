/** Splits request targets and normalises paths as the operator does (Protocol §6.4). */

const PLAIN = /^(?:\/[A-Za-z0-9_-]+)+$/;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/** The operator reads the two characters as a number in base 16, so the first may be a sign. */
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2}|\+[0-9A-Fa-f]|-0)/;

/** Whether a path has an invalid percent escape, so that no route can be found. */
export const isBrokenPath = (path: string): boolean => path.includes('%') && BROKEN_ESCAPE.test(path);

const decodeUnreserved = (path: string): string =>
  path.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : escape;
  });

/**
 * Removes dot segments and runs of slashes in one pass. Dot segments are removed as in RFC 3986 §5.2.4: `..` removes
 * the segment before it, even an empty one.
 */
function removeDots(path: string): string {
  let found = '';
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '..') found = found.slice(0, Math.max(0, found.lastIndexOf('/')));
    const isDots = segment === '.' || segment === '..';
    if (isDots && !isLast) continue;
    if (!found.endsWith('/')) found += '/';
    if (!isDots) found += segment;
  }
  return found;
}

/**
 * The path by which a route is found. Escaped letters are decoded; dot segments, empty segments and a trailing slash
 * are removed. An escaped slash stays escaped; letter case matters.
 */
export function normalizePath(path: string): string {
  if (PLAIN.test(path)) return path;
  const found = removeDots(decodeUnreserved(path.startsWith('/') ? path : `/${path}`));
  return found.length > 1 && found.endsWith('/') ? found.slice(0, -1) : found;
}

/** Where the path of a target begins: after the host in the absolute form, which proxies send. */
function pathStart(target: string): number {
  if (target.startsWith('/')) return 0;
  const scheme = target.indexOf('://');
  return scheme < 0 ? 0 : target.indexOf('/', scheme + 3);
}

export interface Target {
  readonly path: string;
  readonly query: string;
}

/**
 * Splits a request target. The path ends at the first `?`. The query ends at the next `#`; a `#` before the `?` means
 * that there is no query.
 */
export function splitTarget(target: string): Target {
  const start = pathStart(target);
  const mark = target.indexOf('?', Math.max(0, start));
  const path = start < 0 ? '/' : target.slice(start, mark < 0 ? undefined : mark);
  const from = target.indexOf('?');
  const end = target.indexOf('#');
  if (from < 0 || (end >= 0 && end < from)) return { path, query: '' };
  const hash = end < 0 ? end : target.indexOf('#', from);
  return { path, query: target.slice(from + 1, hash < 0 ? undefined : hash) };
}

/** The path by which the route of a request is found. */
export const routedPath = (path: string, normalize: typeof normalizePath): string =>
  isBrokenPath(path) ? path : normalize(path);
