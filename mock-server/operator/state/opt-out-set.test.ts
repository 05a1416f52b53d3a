/** Opt-outs in a table: many of them, and texts that are no hashes. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { OptOutSet } from './opt-out-set.ts';
import { type OptOut, indexOptOuts } from './opt-outs.ts';

const nobody = indexOptOuts([]);
const bytesOf = (text: string): Buffer => createHash('sha256').update(text).digest();
const base64 = (text: string): string => bytesOf(text).toString('base64');
const base64Of33 = (text: string): string => Buffer.concat([bytesOf(text), Buffer.of(7)]).toString('base64');

const person = (index: number): OptOut & { flh: string } => ({
  flh: base64(`flh ${index}`),
  rawUid: (index % 2 === 0 ? base64 : base64Of33)(`uid ${index}`),
  since: index - 3,
});

/** Enough to split segments and to fill several pages. */
const MANY = 4000;
const many = Array.from({ length: MANY }, (_, index) => person(index));

describe('many opt-outs', () => {
  const set = new OptOutSet();
  set.apply({ how: 'add', optOuts: many });

  it('are found by first-level hash and by raw UID, with the time they were given', () => {
    for (const { flh, rawUid, since } of many) {
      expect(set.since(flh, nobody)).toBe(since);
      expect(set.sinceOf(rawUid, nobody)).toBe(since);
    }
    expect(set.count(nobody)).toBe(MANY);
    expect([...set.list(nobody)]).toEqual(many);
  });

  it('can be removed and replaced, while the others stay', () => {
    const some = new OptOutSet();
    some.apply({ how: 'add', optOuts: many });
    for (const { flh } of many.filter((_, index) => index % 3 === 0)) some.apply({ how: 'remove', flh });
    const later = many
      .filter((_, index) => index % 3 === 1)
      .map((one) => ({ ...one, rawUid: base64(one.rawUid), since: 1e12 + 0.5 }));
    some.apply({ how: 'add', optOuts: later });
    many.forEach(({ flh, rawUid, since }, index) => {
      expect(some.since(flh, nobody)).toBe([undefined, 1e12 + 0.5, since][index % 3]);
      expect(some.sinceOf(rawUid, nobody)).toBe(index % 3 === 2 ? since : undefined);
      expect(some.sinceOf(base64(rawUid), nobody)).toBe(index % 3 === 1 ? 1e12 + 0.5 : undefined);
    });
    expect(some.count(nobody)).toBe(later.length + many.filter((_, index) => index % 3 === 2).length);
  });

  it('are rebuilt from the changes that a set gives', () => {
    const layered = new OptOutSet(set);
    layered.apply({ how: 'remove', flh: person(1).flh });
    layered.apply({ how: 'remove', rawUid: person(2).rawUid });
    layered.apply({ how: 'add', optOuts: [person(MANY), { rawUid: base64('bare'), since: 0 }] });
    const cleared = new OptOutSet(set);
    cleared.apply({ how: 'clear' });
    cleared.apply({ how: 'add', optOuts: [person(5)] });
    for (const one of [set, layered, cleared]) {
      const rebuilt = new OptOutSet(one === set ? undefined : set);
      for (const change of one.changes(100)) rebuilt.apply(change);
      expect([...rebuilt.list(nobody)]).toEqual([...one.list(nobody)]);
      expect(rebuilt.count(nobody)).toBe(one.count(nobody));
    }
  });
});

describe('the number of opt-outs', () => {
  const count = (set: OptOutSet, world = nobody) => {
    expect(set.count(world)).toBe([...set.list(world)].length);
    return set.count(world);
  };

  it('follows changes of the set, of the set below and of the world', () => {
    const below = new OptOutSet();
    const set = new OptOutSet(below);
    const world = indexOptOuts([person(1), person(2), person(3)]);
    expect(count(set, world)).toBe(3);
    below.apply({ how: 'add', optOuts: [person(3), person(4), { rawUid: person(9).rawUid, since: 1 }] });
    expect(count(set, world)).toBe(5);
    set.apply({ how: 'remove', flh: person(1).flh, rawUid: person(1).rawUid });
    set.apply({ how: 'remove', rawUid: person(9).rawUid });
    set.apply({ how: 'add', optOuts: [{ ...person(2), rawUid: base64('new') }] });
    expect(count(set, world)).toBe(3);
    expect(count(below, world)).toBe(5);
    expect(count(set)).toBe(3);
    for (let index = 10; index < 20; index++) set.apply({ how: 'add', optOuts: [person(index)] });
    expect(count(set, world)).toBe(13);
    below.apply({ how: 'clear' });
    expect(count(set, world)).toBe(11);
    set.apply({ how: 'clear' });
    expect(count(set, world)).toBe(0);
    set.apply({ how: 'reset' });
    below.apply({ how: 'reset' });
    expect(count(set, world)).toBe(3);
  });
});

describe('a text that is not canonical base64 of a hash', () => {
  const optOut = person(0);
  const set = new OptOutSet();
  set.apply({ how: 'add', optOuts: [optOut] });
  const last = (text: string, bits: number): string =>
    `${text.slice(0, -2)}${String.fromCharCode(text.charCodeAt(text.length - 2) + bits)}=`;
  const texts = (text: string): string[] => [
    '',
    text.slice(0, -1),
    `${text}=`,
    `${text.slice(0, -1)}A`,
    last(text, 1),
    last(text, 2),
    text.replace(/./, ' '),
    `\u0141${text.slice(1)}`,
    `\u{1f600}${text.slice(2)}`,
    text.replaceAll('+', '-').replaceAll('/', '_').replace('=', '-'),
    Buffer.from(text, 'base64').toString('hex'),
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(34).toString('base64'),
  ];

  it.each(texts(optOut.flh))('does not match a first-level hash: %j', (text) => {
    expect(set.since(text, nobody)).toBeUndefined();
  });

  it.each(texts(optOut.rawUid))('does not match a raw UID: %j', (text) => {
    expect(set.sinceOf(text, nobody)).toBeUndefined();
  });

  it('is not recorded', () => {
    const empty = new OptOutSet();
    for (const text of texts(optOut.flh)) {
      empty.apply({ how: 'add', optOuts: [{ ...optOut, flh: text }] });
      empty.apply({ how: 'remove', flh: text });
    }
    expect([...empty.changes(1)]).toEqual([]);
  });

  it('of 33 bytes is no first-level hash', () => {
    const flh = base64Of33('flh');
    set.apply({ how: 'add', optOuts: [{ ...optOut, flh }] });
    expect(set.since(flh, nobody)).toBeUndefined();
  });

  it('of 32 bytes differs from that of 33 which begins with them', () => {
    const both = new OptOutSet();
    both.apply({ how: 'add', optOuts: [{ rawUid: base64('x'), since: 1 }] });
    const longer = Buffer.concat([bytesOf('x'), Buffer.of(0)]).toString('base64');
    expect(both.sinceOf(longer, nobody)).toBeUndefined();
    both.apply({ how: 'add', optOuts: [{ rawUid: longer, since: 2 }] });
    expect([both.sinceOf(base64('x'), nobody), both.sinceOf(longer, nobody)]).toEqual([1, 2]);
  });
});
