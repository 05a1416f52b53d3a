/**
 * Tokens and raw UIDs of the target, each with the one that the mock gave in the same place of its answer. The mock
 * cannot read those of the target: a request that names them is sent to the mock with its own.
 */

import { isJsonObject } from '../core/json.ts';
import type { Opened } from '../core/opening.ts';
import type { Primitives } from '../core/primitives.ts';
import { tokenKindOf } from '../core/token-faults.ts';
import { sealWithKey } from '../core/envelope.ts';
import { concatBytes, ByteWriter } from '../core/bytes.ts';
import { utf8 } from '../core/primitives.ts';
import { fromUtf8 } from '../core/text.ts';
import type { PassedExchange } from './passed.ts';
import type { OpenedExchange } from './reading.ts';

/** pairs that are kept; the oldest are dropped */
const MOST = 50_000;
/** characters of the shortest value that is learnt */
const SHORTEST = 24;
/** base64 in any alphabet, percent-encoded or not */
const RUN = /(?:[A-Za-z0-9+/_-]|%2[BbFf]){24,}(?:=|%3[Dd]){0,2}/g;
const LENGTHS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'expect']);

/** A request for the mock. */
export interface Translated {
  readonly target: string;
  readonly body: Uint8Array;
  readonly bytes: Buffer;
  /** whether it names a token that the mock cannot read */
  readonly isForeign: boolean;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Values of the mock by those of the target, learnt from the answers of both. */
export class Counterparts {
  readonly #own = new Map<string, string>();

  /** Learns from the answers of both to the same request. */
  learn(target: unknown, mock: unknown): void {
    if (typeof target === 'string' && typeof mock === 'string') {
      if (target.length >= SHORTEST && target !== mock) this.#add(target, mock);
    } else if (Array.isArray(target) && Array.isArray(mock)) {
      for (const [index, one] of target.entries()) this.learn(one, mock[index]);
    } else if (isJsonObject(target) && isJsonObject(mock)) {
      for (const [name, one] of Object.entries(target)) this.learn(one, mock[name]);
    }
  }

  /** A request with the tokens of the mock in place of those of the target. */
  translate(passed: PassedExchange, { request, client }: OpenedExchange, primitives: Primitives): Translated {
    const target = this.#text(passed.target);
    const bare = passed.body.bytes;
    const payload = request && fromUtf8(request.json);
    const plain = payload ?? fromUtf8(bare);
    const text = this.#text(plain);
    const isForeign = this.#isForeign(passed.target) || this.#isForeign(plain);
    if (target === passed.target && text === plain) {
      return { target, body: bare, bytes: passed.bytes.bytes, isForeign };
    }
    const isSealed = request !== undefined && client !== undefined;
    const body = isSealed
      ? sealed(request, text, client.secret, primitives)
      : text === plain
        ? bare
        : utf8(text);
    return { target, body, bytes: requestBytes(passed, target, body), isForeign };
  }

  #add(target: string, mock: string): void {
    this.#own.set(target, mock);
    const [oldest] = this.#own.keys();
    if (this.#own.size > MOST && oldest !== undefined) this.#own.delete(oldest);
  }

  #text(text: string): string {
    return text.replace(RUN, (run) => {
      const own = this.#own.get(run);
      if (own !== undefined) return own;
      const unescaped = this.#own.get(decoded(run));
      return unescaped === undefined ? run : encodeURIComponent(unescaped);
    });
  }

  /** Whether a text has a token that the mock did not issue. */
  #isForeign(text: string): boolean {
    return (text.match(RUN) ?? []).some((run) => {
      const token = decoded(run);
      return !this.#own.has(token) && tokenKindOf(token) !== undefined;
    });
  }
}

/** Seals a payload as the request was: with its time and nonce. */
function sealed(request: Opened, json: string, secret: Uint8Array, primitives: Primitives): Uint8Array {
  const { time = 0, nonce = new Uint8Array(8), isBinary } = request;
  const plain = concatBytes(new ByteWriter(8).int64(time).bytes, nonce, utf8(json));
  const envelope = concatBytes(
    Uint8Array.of(1),
    sealWithKey(plain, secret, primitives.iv(secret, 12), primitives),
  );
  return isBinary ? envelope : utf8(primitives.toBase64(envelope));
}

function requestBytes({ method, headers }: PassedExchange, target: string, body: Uint8Array): Buffer {
  const lines = headers.flatMap((name, at) =>
    at % 2 === 0 && !LENGTHS.has(name.toLowerCase()) ? [`${name}: ${headers[at + 1] ?? ''}`] : [],
  );
  const hasBody = body.length > 0 || method !== 'GET';
  const length = hasBody ? [`content-length: ${body.length}`] : [];
  const head = [`${method} ${target} HTTP/1.1`, ...lines, ...length, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
