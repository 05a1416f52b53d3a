/** Reads consent strings as the operator's decoder does: vendor 21, purposes 1, 2, 3, 4, 7 and 10 (Protocol §8.1.5). */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { hasPurposes, hasSpecialFeature, readConsent } from './consent.ts';

const VENDOR = 21;
const PURPOSES = [1, 2, 3, 4, 7, 10];

/** A number of so many bits. */
type Field = readonly [value: number, width: number];

/** A segment of fields, filled up with zero bits to whole bytes. */
function segment(...fields: Field[]): string {
  const bits = fields.map(([value, width]) => value.toString(2).padStart(width, '0')).join('');
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2))).toString('base64url');
}

const ALL_PURPOSES = 0xffffff;
const nobody: Field[] = [
  [0, 16],
  [0, 1],
];
const noRestrictions: Field[] = [[0, 12]];
const zeros = (width: number): Field[] => Array.from({ length: width }, () => [0, 1]);

interface CoreParts {
  readonly consent?: Field[];
  readonly interest?: Field[];
  readonly restrictions?: Field[];
}

/** A core segment with every special feature, and every purpose by consent and by legitimate interest. */
const core = ({ consent = nobody, interest = nobody, restrictions = noRestrictions }: CoreParts): string =>
  segment(
    [2, 6],
    ...zeros(134),
    [0xfff, 12],
    [ALL_PURPOSES, 24],
    [ALL_PURPOSES, 24],
    ...zeros(13),
    ...consent,
    ...interest,
    ...restrictions,
  );

/** A range of ids, or one id. */
type Entry = readonly [first: number, last: number] | number;

const rangeFields = (entries: readonly Entry[]): Field[] => [
  [entries.length, 12],
  ...entries.flatMap((entry): Field[] =>
    typeof entry === 'number'
      ? [
          [0, 1],
          [entry, 16],
        ]
      : [
          [1, 1],
          [entry[0], 16],
          [entry[1], 16],
        ],
  ),
];

const vendors = (max: number, entries: readonly Entry[]): Field[] => [
  [max, 16],
  [1, 1],
  ...rangeFields(entries),
];

/** Publisher restrictions, each of its purpose, its type and its vendors. */
const restricted = (...list: [purpose: number, type: number, entries: Entry[]][]): Field[] => [
  [list.length, 12],
  ...list.flatMap(([purpose, type, entries]): Field[] => [[purpose, 6], [type, 2], ...rangeFields(entries)]),
];

function verdict(text: string): string {
  const consent = readConsent(text, VENDOR);
  if (consent === undefined || consent === 'version 1') return consent ?? 'invalid';
  return hasPurposes(consent, PURPOSES) ? 'granted' : 'withheld';
}

describe('vendors of a consent string', () => {
  it.each<[string, Field[], string]>([
    ['as bits, with the vendor', [[VENDOR, 16], [0, 1], ...zeros(VENDOR - 1), [1, 1]], 'granted'],
    ['as bits, without the vendor', [[VENDOR, 16], [0, 1], ...zeros(VENDOR)], 'withheld'],
    ['as bits, all below the vendor', [[VENDOR - 1, 16], [0, 1], ...zeros(VENDOR - 1)], 'withheld'],
    ['as the one id', vendors(30, [VENDOR]), 'granted'],
    ['as other ids', vendors(30, [VENDOR - 1, VENDOR + 1]), 'withheld'],
    ['as one id beyond the largest', vendors(VENDOR - 1, [VENDOR]), 'granted'],
    ['as a range', vendors(30, [[20, 22]]), 'granted'],
    ['as a range that begins with it', vendors(30, [[VENDOR, 22]]), 'granted'],
    ['as a range that ends with it', vendors(VENDOR, [[1, VENDOR]]), 'granted'],
    ['as a range of one', vendors(VENDOR, [[VENDOR, VENDOR]]), 'granted'],
    ['as a range before it and one after it', vendors(30, [1, [2, 20], [22, 30]]), 'withheld'],
    ['as a range from 0', vendors(30, [[0, 22]]), 'granted'],
    ['as id 0 and its own', vendors(30, [0, VENDOR]), 'granted'],
    ['as a range past the largest id', vendors(VENDOR, [[20, 22]]), 'invalid'],
    ['as a range that ends before its start', vendors(30, [VENDOR, [22, 20]]), 'invalid'],
    ['as no ranges at all', vendors(30, []), 'withheld'],
  ])('%s', (_what, list, expected) => {
    expect(verdict(core({ consent: list }))).toBe(expected);
    expect(verdict(core({ interest: list }))).toBe(expected);
  });

  it('of 4,095 ranges are read', () => {
    const text = core({ consent: vendors(0xffff, Array<Entry>(4095).fill([1, 0xffff])) });
    expect(text.length).toBeGreaterThan(22_000);
    expect(verdict(text)).toBe('granted');
  });
});

describe('purposes of a consent string', () => {
  const of = (purposes: number, list: Field[]): string =>
    segment([2, 6], ...zeros(146), [purposes, 24], [0, 24], ...zeros(13), ...list, ...nobody, [0, 12]);
  const bit = (purpose: number): number => 2 ** (24 - purpose);

  it.each([1, 2, 3, 4, 5, 7, 10, 24])('hold %i only where its bit is set', (purpose) => {
    const reading = (purposes: number) => {
      const consent = readConsent(of(purposes, vendors(30, [VENDOR])), VENDOR);
      return typeof consent === 'object' && hasPurposes(consent, [purpose]);
    };
    expect(reading(bit(purpose))).toBe(true);
    expect(reading(ALL_PURPOSES - bit(purpose))).toBe(false);
  });

  it('may come partly by consent, partly by legitimate interest', () => {
    const mixed = (listed: Field[]) =>
      segment(
        [2, 6],
        ...zeros(146),
        [bit(1) + bit(2) + bit(3), 24],
        [bit(4) + bit(7) + bit(10), 24],
        ...zeros(13),
        ...vendors(30, [VENDOR]),
        ...listed,
        [0, 12],
      );
    expect(verdict(mixed(vendors(30, [VENDOR])))).toBe('granted');
    expect(verdict(mixed(nobody))).toBe('withheld');
  });
});

it('special features are found by their number', () => {
  const of = (features: number) => segment([2, 6], ...zeros(134), [features, 12], ...zeros(61), ...zeros(46));
  const reading = (features: number) => {
    const consent = readConsent(of(features), VENDOR);
    return typeof consent === 'object' && [hasSpecialFeature(consent, 1), hasSpecialFeature(consent, 12)];
  };
  expect(reading(0x800)).toEqual([true, false]);
  expect(reading(0x001)).toEqual([false, true]);
});

describe('restrictions by the publisher', () => {
  it.each<[string, Field[], string]>([
    ['of every type and purpose', restricted([0, 3, [VENDOR]], [63, 0, [[1, 0xffff]]]), 'granted'],
    ['of a range that ends before its start', restricted([1, 0, [[22, 20]]]), 'invalid'],
    ['that are cut off', [[1, 12]], 'invalid'],
  ])('%s', (_what, restrictions, expected) => {
    expect(verdict(core({ consent: vendors(30, [VENDOR]), restrictions }))).toBe(expected);
  });
});

describe('further segments', () => {
  const good = core({ consent: vendors(30, [VENDOR]) });

  it.each([
    ['of disclosed vendors', [segment([1, 3], ...vendors(30, [5]))], 'granted'],
    ['of allowed vendors', [segment([2, 3], ...vendors(30, [5]))], 'granted'],
    ['of the publisher', [segment([3, 3], ...zeros(48), [2, 6], ...zeros(4))], 'granted'],
    ['of the publisher, cut off', ['YAAA'], 'invalid'],
    ['of the publisher, cut off at once', ['YA'], 'invalid'],
    ['of the publisher, cut off with bits set', ['YBAA'], 'invalid'],
    ['of the publisher, without its own purposes', [segment([3, 3], ...zeros(48), [63, 6])], 'invalid'],
    ['of no disclosed vendors', ['IAAA'], 'granted'],
    ['of disclosed vendors, cut off', ['IAA'], 'invalid'],
    ['of a range past the largest id', [segment([1, 3], ...vendors(5, [[1, 6]]))], 'invalid'],
    ['of a range that ends before its start', [segment([2, 3], ...vendors(5, [[2, 1]]))], 'invalid'],
    ['of an unknown type', ['gAAA'], 'granted'],
    ['of an unknown type, before one that is cut off', ['gAAA', 'YAAA'], 'invalid'],
    ['that is empty, in front of another', ['', 'IAAA'], 'invalid'],
    ['that is empty, at the end', ['IAAA', '', ''], 'granted'],
    ['of a type that was there already', ['IAAA', 'IAA'], 'granted'],
    ['of no base64', ['IAAA', 'I'], 'invalid'],
    ['in the standard alphabet', ['IAA+'], 'invalid'],
  ])('%s', (_what, others, expected) => {
    expect(verdict([good, ...others].join('.'))).toBe(expected);
  });

  it('are not read after all three types', () => {
    const three = ['IAAA', 'QAAA', segment([3, 3], ...zeros(54))];
    expect(verdict([good, ...three, 'IA', '', 'gAAA'].join('.'))).toBe('granted');
    expect(verdict([good, ...three.slice(1), '', 'gAAA'].join('.'))).toBe('invalid');
  });
});

describe('whatever else comes', () => {
  it.each([
    ['version 1', 'BOOO', 'version 1'],
    ['version 1 with a broken segment', 'BOOO.!', 'version 1'],
    ['version 3', 'D' + core({}).slice(1), 'invalid'],
    ['nothing', '', 'invalid'],
    ['dots', '...', 'invalid'],
    ['a dot in front', `.${core({})}`, 'invalid'],
    ['many dots within', `${core({})}${'.'.repeat(100_000)}IAAA`, 'invalid'],
  ])('%s', (_what, text, expected) => expect(verdict(text)).toBe(expected));

  it('is answered', () => {
    const sextets = fc.string({
      unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.='),
      maxLength: 300,
    });
    const some = core({ consent: vendors(30, [VENDOR]) });
    const cut = fc.nat({ max: some.length }).map((length) => some.slice(0, length));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(cut, sextets).map(([a, b]) => a + b),
        ),
        (text) => {
          expect(['granted', 'withheld', 'invalid', 'version 1']).toContain(verdict(text));
        },
      ),
    );
  });

  it('is read no further than its last whole field', () => {
    const whole = core({ consent: vendors(30, [VENDOR]) });
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 4 }), (length) => {
        expect(verdict(whole.slice(0, length))).toBe('invalid');
      }),
    );
  });
});
