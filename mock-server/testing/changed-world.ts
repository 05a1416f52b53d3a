/** Worlds with single values changed. */

export type Change = readonly [path: string, value: unknown];

/** A copy of JSON with the values at some paths changed; `undefined` leaves the member out. */
export function changed(world: object, changes: readonly Change[]): object {
  const result: object = JSON.parse(JSON.stringify(world));
  for (const [path, value] of changes) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce<object>((object, name) => Reflect.get(object, name), result);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else Reflect.set(parent, last, value);
  }
  return result;
}
