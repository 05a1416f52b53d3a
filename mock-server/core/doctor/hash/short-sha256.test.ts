/** SHA-256 of short messages equals that of node:crypto, for every length around the block. */

import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { portablePrimitives } from '../../../portable/primitives.ts';
import { withShortSha256 } from './short-sha256.ts';

it('equals that of node:crypto', () => {
  const primitives = withShortSha256(portablePrimitives);
  for (let length = 0; length <= 130; length++) {
    for (let i = 0; i < 20; i++) {
      const message = randomBytes(length);
      const expected = createHash('sha256').update(message).digest('hex');
      expect(Buffer.from(primitives.sha256(message)).toString('hex'), message.toString('hex')).toBe(expected);
    }
  }
});
