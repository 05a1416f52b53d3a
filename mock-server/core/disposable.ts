/** What `await using` needs of an object. */

interface Disposable {
  [Symbol.asyncDispose](): Promise<void>;
}

// Before Node 24 only its main context has the member. In others, as in the pools of vitest that use vm, compiled code
// looks for the registered symbol.
const { asyncDispose }: { readonly asyncDispose?: symbol } = Symbol;
const name = asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** The member by which `await using` closes an object. */
export const disposedBy = (close: () => Promise<void>): Disposable =>
  ({ [name]: close }) as unknown as Disposable;
