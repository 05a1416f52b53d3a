/** Recognises misspelt names when a request has none of the expected members (Protocol §8). */

import type { Fault, Reason } from './reasons.ts';

/** Other names of members, in the form of `plain`. */
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

/** A name in lower case, without separators and plural ending. */
function plain(name: string): string {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const singular = letters.replace(/(?:(?<=hash)es|s)$/, '');
  return WORDS[letters] ?? WORDS[singular] ?? singular;
}

const ORDINARY = /^[A-Za-z_]\w{0,29}$/;
const MANY_DIGITS = /\d{6}/;

/** A member's name for a sentence. An unusual name is not shown, because it may be an identifier or a secret. */
export const shownName = (name: string): string =>
  ORDINARY.test(name) && !MANY_DIGITS.test(name) ? name : '(an unusual name)';

/** The first name that is another spelling of an expected one, as facts of a sentence. */
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

/** Why a request without any expected member is refused. */
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
