/** Which member of a request was meant where none of those expected came: another spelling of a name (Protocol §8). */

import type { Fault, Reason } from './reasons.ts';

/** Other words for a member. */
const WORDS: Readonly<Record<string, string>> = {
  mail: 'email',
  emailaddress: 'email',
  hashedemail: 'emailhash',
  emailsha256: 'emailhash',
  phonenumber: 'phone',
  hashedphone: 'phonehash',
  phonenumberhash: 'phonehash',
  advertisingtoken: 'token',
  since: 'sincetimestamp',
  rawuid: 'advertisingid',
};

/** A name without letter case, marks and plural. */
function plain(name: string): string {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const singular = letters.replace(/(?:(?<=hash)es|s)$/, '');
  return WORDS[letters] ?? WORDS[singular] ?? singular;
}

const ORDINARY = /^[A-Za-z_]\w{0,29}$/;
const MANY_DIGITS = /\d{6}/;

/** A member's name as a sentence may show it: a caller may have put anything there. */
export const shownName = (name: string): string =>
  ORDINARY.test(name) && !MANY_DIGITS.test(name) ? name : '(an unusual name)';

/** The name of a request that means an expected one but is spelt otherwise, as the facts of a sentence. */
export function misnamedMember(
  names: Iterable<string>,
  expected: readonly string[],
): { readonly got: string; readonly expected: string } | undefined {
  for (const got of names) {
    const meant = expected.find((name) => plain(name) === plain(got));
    if (meant !== undefined && !expected.includes(got)) return { got, expected: meant };
  }
  return undefined;
}

/** Why a request without any of the members expected is refused. */
export function absentMember(
  names: Iterable<string>,
  expected: readonly string[],
  reasons: { readonly absent: Reason; readonly misnamed: Reason },
): Fault {
  const misnamed = misnamedMember(names, expected);
  return misnamed === undefined
    ? [reasons.absent, { kinds: expected.join(', ') }]
    : [reasons.misnamed, misnamed];
}
