/** Which member of a request was meant where none of those expected came: another spelling of a name (Protocol §8). */

import type { Facts, Reason } from './reasons.ts';

/** Other words for a kind of identifier. */
const WORDS: Readonly<Record<string, string>> = {
  mail: 'email',
  emailaddress: 'email',
  hashedemail: 'emailhash',
  emailsha256: 'emailhash',
  phonenumber: 'phone',
  hashedphone: 'phonehash',
  phonenumberhash: 'phonehash',
};

/** A name without letter case, marks and plural. */
function plain(name: string): string {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const singular = letters.replace(/(?:(?<=hash)es|s)$/, '');
  return WORDS[singular] ?? singular;
}

/** The names of a request that mean an expected one but are spelt otherwise; undefined where there is none. */
function misnamedMember(
  names: Iterable<string>,
  expected: readonly string[],
): { readonly got: string; readonly expected: string } | undefined {
  for (const got of names) {
    const meant = expected.find((name) => plain(name) === plain(got));
    if (meant !== undefined && meant !== got) return { got, expected: meant };
  }
  return undefined;
}

/** Why a request without any of the members expected is refused. */
export function absentMember(
  names: Iterable<string>,
  expected: readonly string[],
  reasons: { readonly absent: Reason; readonly misnamed: Reason },
): readonly [reason: Reason, facts: Facts] {
  const misnamed = misnamedMember(names, expected);
  return misnamed === undefined
    ? [reasons.absent, { kinds: expected.join(', ') }]
    : [reasons.misnamed, misnamed];
}
