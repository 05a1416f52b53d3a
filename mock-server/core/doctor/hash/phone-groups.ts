/** The ways in which people write a phone in groups: prefix, groups of the national number, and signs between them. */

/** Country codes of one and two digits; all others have three. */
const SHORT_CODES = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** How many digits the country code has. */
export const countryCodeLength = (digits: string): number => SHORT_CODES.exec(digits)?.[0].length ?? 3;

type Write = (code: string, national: string) => string | undefined;

/** What stands in front of the groups. `sign` is what separates the groups. */
const fronts: readonly (readonly [style: string, front: (code: string, sign: string) => string])[] = [
  ['+CC', (code, sign) => `+${code}${sign}`],
  ['+CC and a blank', (code) => `+${code} `],
  ['+CC', (code) => `+${code}`],
  ['(+CC)', (code) => `(+${code}) `],
  ['(+CC)', (code) => `(+${code})`],
  ['+CC (0)', (code) => `+${code} (0) `],
  ['+CC (0)', (code) => `+${code} (0)`],
  ['CC', (code, sign) => `${code}${sign}`],
  ['CC', (code) => code],
  ['00CC', (code, sign) => `00${code}${sign}`],
  ['00CC', (code) => `00${code}`],
  ['011 CC', (code) => `011 ${code} `],
  ['011-CC', (code) => `011-${code}-`],
  ['0', () => '0'],
  ['(CC)', (code, sign) => `(${code})${sign}`],
  ['no country code', () => ''],
];

/** Lengths of groups from the left; the last one is what remains. */
const lengths: readonly (readonly number[])[] = [
  [3, 3],
  [2, 3],
  [3, 2, 2],
  [4, 3],
  [4],
  [5],
  [2, 4],
  [3],
  [2],
  [1, 4],
  [1, 2, 2, 2],
  [2, 2, 2, 2],
  [3, 3, 3],
  [2, 3, 2],
  [2, 5],
  [3, 4],
  [1, 3],
  [3, 3, 2],
];

const signs: readonly (readonly [name: string, sign: string])[] = [
  ['blanks', ' '],
  ['dashes', '-'],
  ['dots', '.'],
  ['slashes', '/'],
  ['non-breaking blanks', '\u00a0'],
  ['non-breaking dashes', '\u2011'],
  ['en dashes', '–'],
  ['underscores', '_'],
];

function groupsOf(national: string, sizes: readonly number[]): string[] | undefined {
  const groups: string[] = [];
  let from = 0;
  for (const size of sizes) {
    groups.push(national.slice(from, from + size));
    from += size;
  }
  return from < national.length ? [...groups, national.slice(from)] : undefined;
}

/** The first group in parentheses, as an area code. */
const areaCodes: readonly (readonly [
  style: string,
  join: (groups: readonly string[], sign: string) => string,
])[] = [
  ['', (groups, sign) => groups.join(sign)],
  [', area code in parentheses', ([area = '', ...rest], sign) => `(${area}) ${rest.join(sign)}`],
  [', area code in parentheses', ([area = '', ...rest], sign) => `(${area})${rest.join(sign)}`],
  [', area code and a slash', ([area = '', ...rest], sign) => `${area}/${rest.join(sign)}`],
];

/** How many of each list are usual. */
const USUAL = { areas: 3, signs: 3, lengths: 6, fronts: 9 };

/** Every combination; many write the same text, and only the first of these counts. */
export const groupedWritings: readonly {
  readonly style: string;
  readonly write: Write;
  /** whether people write phones so often */
  readonly isUsual: boolean;
}[] = areaCodes.flatMap(([area, join], areaAt) =>
  signs.flatMap(([name, sign], signAt) =>
    lengths.flatMap((sizes, lengthAt) =>
      fronts.map(([front, begin], frontAt) => ({
        style: `${front}, groups of ${sizes.join('-')} with ${name}${area}`,
        write: (code: string, national: string) => {
          const groups = groupsOf(national, sizes);
          return groups && begin(code, sign) + join(groups, sign);
        },
        isUsual:
          areaAt < USUAL.areas && signAt < USUAL.signs && lengthAt < USUAL.lengths && frontAt < USUAL.fronts,
      })),
    ),
  ),
);
