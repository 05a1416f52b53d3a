/** Each refusal has what fixes it, in a sentence, with no other facts than those of the refusal. */

import { expect, it } from 'vitest';
import { type Reason, reasons, sentenceOf } from '../../reasons.ts';
import { causeOfReason } from './reasons.ts';

const codes = Object.keys(reasons) as Reason[];
const factsOf = (reason: Reason): Record<string, string> =>
  Object.fromEntries([...reasons[reason].matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, `<${name}>`]));

it.each(codes)('%s', (reason) => {
  const facts = factsOf(reason);
  const cause = causeOfReason(reason, facts);
  if (reason === 'served' || reason === 'preflight') {
    expect(cause).toBeUndefined();
    return;
  }
  expect(cause).toEqual({
    id: reason,
    says: sentenceOf(reason, facts),
    fix: expect.stringMatching(/^[a-z<](?!.*\{\w+\}).{5,}[^.]$/) as string,
    section: expect.stringMatching(/^\d+(\.\d+){0,2}$/) as string,
    proved: true,
  });
});
