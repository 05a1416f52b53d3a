// The part of autocannon that is used here; it brings no types.
declare module 'autocannon' {
  export interface Options {
    readonly url: string;
    readonly method?: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly connections: number;
    readonly pipelining: number;
    readonly duration: number;
  }
  export interface Result {
    readonly errors: number;
    readonly non2xx: number;
    readonly requests: { readonly total: number };
  }
  export default function autocannon(options: Options): Promise<Result>;
}
