/** The keys that seal the answers to refreshes: each came in an answer, beside the refresh token that it belongs to. */

import { isJsonObject } from '../core/json.ts';
import type { Primitives } from '../core/primitives.ts';

/** The oldest are forgotten beyond so many. */
const MOST = 10_000;

/** Keys by their refresh token, learnt from answers. */
export class ResponseKeys {
  readonly #keys = new Map<string, Uint8Array>();

  /** Learns from an answer that issues tokens. */
  learn(answer: unknown, primitives: Primitives): void {
    const body = isJsonObject(answer) ? answer.body : undefined;
    if (!isJsonObject(body)) return;
    const { refresh_token: token, refresh_response_key: text } = body;
    const key = typeof text === 'string' ? primitives.fromBase64(text) : undefined;
    if (typeof token !== 'string' || key === undefined) return;
    this.#keys.set(token, key);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > MOST && oldest !== undefined) this.#keys.delete(oldest);
  }

  /** The key that seals the answer to a refresh with a token. */
  of(token: string): Uint8Array | undefined {
    return this.#keys.get(token);
  }
}
