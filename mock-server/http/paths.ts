/** Request paths: which spellings reach an endpoint (Protocol §6.4). */

const PLAIN = /^(?:\/[A-Za-z0-9_-]+)+$/;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/**
 * The path an endpoint is found under: escaped letters are read, dot segments and empty ones removed, and so is a
 * trailing slash. An escaped slash stays escaped; letter case matters.
 */
export function normalizePath(path: string): string {
  if (PLAIN.test(path)) return path;
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : escape;
  });
  const segments: string[] = [];
  for (const segment of decoded.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

const AUTHORITY = /^https?:\/\/[^/?]*/i;

/** A request target taken apart at its first `?`; of the absolute form that proxies send, the part after the host. */
export function splitTarget(given: string): { path: string; query: string } {
  const target = given.startsWith('/') ? given : given.replace(AUTHORITY, '');
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
