/**
 * The member by which `await using` closes an object. Before Node 24 only the main context has its symbol. In others, as in
 * the pools of vitest that use vm, compiled code looks for the registered one.
 */

interface Closing {
  [Symbol.asyncDispose](): Promise<void>;
}

const { asyncDispose }: { readonly asyncDispose?: symbol } = Symbol;
const name = asyncDispose ?? Symbol.for('Symbol.asyncDispose');

export const disposedBy = (close: () => Promise<void>): Closing => ({ [name]: close }) as unknown as Closing;
