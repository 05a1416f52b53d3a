/**
 * Random bytes that follow from a seed, so that the same requests give the same bytes in every process.
 *
 *   key   = SHA-256( seed NUL test id NUL purpose NUL count )
 *   bytes = SHA-256( key | 0 ) | SHA-256( key | 1 ) | …      with the block number in 4 bytes
 *
 * `purpose` is `request` or `world`, and `count` the number of the request within its test id, or of the change.
 */

import { ByteWriter } from '../core/bytes.ts';
import { type Primitives, utf8 } from '../core/primitives.ts';
import type { Deployment } from './deployment.ts';

const KEY_LENGTH = 32;
const COUNTER_LENGTH = 4;

function seededBytes(name: string, primitives: Primitives): Primitives['randomBytes'] {
  const key = Uint8Array.from(primitives.sha256(utf8(name)));
  let block = 0;
  let left = new Uint8Array(0);
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      if (left.length === 0) {
        const input = new ByteWriter(KEY_LENGTH + COUNTER_LENGTH).put(key).int32(block);
        left = Uint8Array.from(primitives.sha256(input.bytes));
        block += 1;
      }
      const part = left.subarray(0, length - at);
      bytes.set(part, at);
      at += part.length;
      left = left.subarray(part.length);
    }
    return bytes;
  };
}

interface Draw {
  readonly seed: string;
  readonly testId: string;
  readonly purpose: 'request' | 'world';
  /** how many were before */
  readonly count: number;
}

/** The same primitives with random bytes that follow from a seed. */
export function seededPrimitives(honest: Primitives, { seed, testId, purpose, count }: Draw): Primitives {
  const name = [seed, testId, purpose, count].join('\0');
  const randomBytes = seededBytes(name, honest);
  return { ...honest, randomBytes, iv: (_key, length) => randomBytes(length) };
}

/** A deployment for one request. */
export const seededDeployment = (deployment: Deployment, draw: Draw): Deployment => ({
  ...deployment,
  primitives: seededPrimitives(deployment.primitives, draw),
});
