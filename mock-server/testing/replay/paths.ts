/** Paths into a JSON value, as the recordings write them: `body.email[0].r`, `body.email[*].r`. */

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const segment of path.split(/[.[\]]+/).filter((text) => text !== '')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, segment)) {
      return undefined;
    }
    at = new Map<string, unknown>(Object.entries(at)).get(segment);
  }
  return at;
}

/** The path with `[*]` replaced by the index of each item that has the rest of the path. */
export function concretePaths(value: unknown, path: string): string[] {
  const star = path.indexOf('[*]');
  if (star < 0) {
    return [path];
  }
  const list = valueAt(value, path.slice(0, star));
  const rest = path.slice(star + '[*]'.length);
  return (Array.isArray(list) ? list : [])
    .flatMap((_, index) => concretePaths(value, `${path.slice(0, star)}[${index}]${rest}`))
    .filter((concrete) => valueAt(value, concrete) !== undefined);
}

/** The path of another member of the object that holds the last member of `path`. */
export function siblingPath(path: string, name: string): string {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? name : `${path.slice(0, dot)}.${name}`;
}
