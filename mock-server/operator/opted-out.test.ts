/** Test identities and recorded opt-outs (Protocol §1.4, §8.2). */

import { expect, it } from 'vitest';
import { endsChain, isOptedOut } from './opted-out.ts';

it.each([
  [undefined, undefined, false],
  [undefined, 0, true],
  ['validate', 5, false],
  ['refresh-optout', 5, false],
  ['optout', undefined, true],
] as const)('%s, opted out at %s: refused %s', (kind, since, refused) => {
  expect(isOptedOut(kind, since)).toBe(refused);
});

it.each([
  [undefined, undefined, undefined, false],
  [undefined, undefined, 5, false],
  [undefined, 0, undefined, true],
  [undefined, 4, 5, false],
  [undefined, 5, 5, true],
  [undefined, 6, 5, true],
  ['validate', 6, 5, false],
  ['refresh-optout', undefined, undefined, true],
  ['optout', 4, 5, true],
] as const)('%s, opted out at %s, of a chain since %s: ended %s', (kind, since, established, ended) => {
  expect(endsChain(kind, since, established)).toBe(ended);
});
