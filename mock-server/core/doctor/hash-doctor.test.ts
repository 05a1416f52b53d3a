/** The hash doctor names injected mistakes, alone and combined, and proves nothing of random values. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nativePrimitives } from '../../native/primitives.ts';
import { hashMistakes, textMistakes, writingMistakes } from '../../testing/hash-mistakes.ts';
import { implementations } from '../../testing/primitives.ts';
import { dice } from '../../testing/random.ts';
import { applyRules, rulesOf } from './hash/normal-form.ts';
import { normalizeEmail } from '../normalize.ts';
import { HashDoctor, diagnoseHash } from './hash-doctor.ts';

const SEED = 20_261;
const IDENTITIES = 20;
const sha = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();
const wrongOf = (identity: string, expected: string, kind?: 'email' | 'phone') => {
  const diagnosis = diagnoseHash(nativePrimitives, identity, { expect: expected, kind });
  return diagnosis.expected ?? { value: '', matches: false, causes: [] };
};
const idsOf = (identity: string, expected: string): string[] =>
  wrongOf(identity, expected).causes.map(({ id, proved }) => (proved ? id : `${id}?`));

describe('one mistake', () => {
  it.each(textMistakes)('in the text of $kind: $name', ({ typed, wrong, causes }) => {
    const random = dice(SEED);
    for (let i = 0; i < IDENTITIES; i++) {
      const identity = typed(random);
      const value = sha(wrong(identity)).toString(i % 2 ? 'hex' : 'base64');
      expect(causes, identity).toContain(idsOf(identity, value)[0]);
    }
  });

  it.each(hashMistakes)('in the hash: $name', ({ wrong, causes }) => {
    const random = dice(SEED);
    for (let i = 0; i < IDENTITIES; i++) {
      const identity = `user${random.below(1e6)}@example.com`;
      expect(idsOf(identity, wrong(identity).toString(i % 2 ? 'hex' : 'base64'))).toEqual([causes[0]]);
    }
  });

  it.each(writingMistakes)('in writing: $name', ({ wrong, causes }) => {
    const random = dice(SEED);
    for (let i = 0; i < IDENTITIES; i++) {
      const identity = `user${random.below(1e6)}@example.com`;
      expect(causes).toContain(idsOf(identity, wrong(sha(identity)))[0]);
    }
  });
});

describe('mistakes together', () => {
  /** A byte order mark in UTF-16 is one mistake. */
  const isOne = (text: { name: string }, hash: { name: string }): boolean =>
    text.name === 'byte order mark' && hash.name.startsWith('UTF-16');
  const pairs = textMistakes
    .flatMap((text) => hashMistakes.map((hash) => [text, hash] as const))
    .filter(([text, hash]) => !isOne(text, hash));
  it('every mistake in the text with every one in the hash', () => {
    const random = dice(SEED);
    for (const [text, hash] of pairs) {
      const identity = text.typed(random);
      const ids = idsOf(identity, hash.wrong(text.wrong(identity)).toString('base64'));
      expect(text.causes, `${text.name}, ${hash.name}`).toContain(ids[0]);
      expect(hash.causes, `${text.name}, ${hash.name}`).toContain(ids[1]);
    }
  });

  it('every mistake in the text or the hash with every one in writing', () => {
    const random = dice(SEED);
    for (const writing of writingMistakes) {
      for (const text of textMistakes) {
        const identity = text.typed(random);
        const ids = idsOf(identity, writing.wrong(sha(text.wrong(identity))));
        expect(text.causes, `${text.name}, ${writing.name}`).toContain(ids[0]);
        expect(
          ids.some((id) => writing.causes.includes(id)),
          `${text.name}, ${writing.name}`,
        ).toBe(true);
      }
      for (const hash of hashMistakes) {
        const ids = idsOf('user@example.org', writing.wrong(hash.wrong('user@example.org')));
        expect(hash.causes, `${hash.name}, ${writing.name}`).toContain(ids[0]);
      }
    }
  });

  it('three of different kinds', () => {
    const random = dice(SEED);
    for (let i = 0; i < 40; i++) {
      const [text, hash, writing] = [
        random.pick(textMistakes),
        random.pick(hashMistakes),
        random.pick(writingMistakes),
      ];
      if (isOne(text, hash)) continue;
      const identity = text.typed(random);
      const ids = idsOf(identity, writing.wrong(hash.wrong(text.wrong(identity))));
      expect(text.causes, `${text.name}, ${hash.name}, ${writing.name}`).toContain(ids[0]);
      expect(hash.causes).toContain(ids[1]);
    }
  });

  it('several rules of the normal form left out', () => {
    const value = (text: string): string => sha(text).toString('base64');
    expect(idsOf('Jane.Doe+x@Gmail.com ', value('jane.doe+x@gmail.com'))).toEqual([
      'gmail_plus_kept',
      'gmail_dots_kept',
    ]);
    expect(idsOf('Jane.Doe+x@Gmail.com ', value('Jane.Doe+x@Gmail.com '))).toEqual([
      'text_case_kept',
      'text_not_trimmed',
      'gmail_plus_kept',
      'gmail_dots_kept',
    ]);
  });

  it('that no list of mistakes has', () => {
    const twice = sha(sha('"jane.doe@gmail.com"').toString('hex')).toString('base64');
    expect(idsOf('jane.doe@gmail.com', twice)).toEqual(['gmail_dots_kept', 'text_quoted', 'digest_twice']);
    const ebcdic = sha(Buffer.from([0x81, 0x7c, 0x82, 0x4b, 0x83]))
      .toString('hex')
      .replace(/..(?=.)/g, '$& ');
    expect(idsOf('a@b.c', ebcdic)).toEqual(['encoded_other', 'written_separated']);
    const domain = sha('jane@xn--bcher-kva.example').toString('base64url');
    expect(idsOf('jane@bücher.example', domain)[0]).toBe('text_punycode');
    const bytes = JSON.stringify(sha(Buffer.from('jane@example.org\0')));
    expect(idsOf('jane@example.org', bytes)).toEqual(['text_invisible', 'written_list']);
  });
});

describe('what a value may be besides', () => {
  it('right in the two forms that the operator takes, and in no other', () => {
    const hash = sha('janedoe@gmail.com');
    const forms = [hash.toString('base64'), hash.toString('hex'), hash.toString('hex').toUpperCase()];
    for (const form of forms)
      expect(wrongOf('Jane.Doe+x@gmail.com', form)).toMatchObject({ matches: true, causes: [] });
    for (const form of [`${forms[0]} `, hash.toString('base64url'), `0x${forms[1]}`]) {
      const { matches, causes } = wrongOf('Jane.Doe+x@gmail.com', form);
      expect([matches, ...new Set(causes.map(({ proved }) => proved))]).toEqual([false, true]);
    }
  });

  it.each(['', 'null', 'undefined', 'None', 'NaN', '[object Object]', 'N/A', 'false'])(
    'the hash of %j',
    (text) => {
      const { causes } = wrongOf('someone@example.org', sha(text).toString('base64'));
      expect(causes).toMatchObject([{ id: 'constant_text', proved: true }]);
      expect(causes[0]?.says).toContain(text === '' ? 'the empty text' : text);
    },
  );

  it.each(['', 'null', 'undefined', '""', 'NaN'])('%j itself', (text) => {
    expect(idsOf('someone@example.org', text)).toEqual(['constant_value']);
  });

  it('the identity itself, and the hash of an example', () => {
    expect(idsOf('Jane.Doe@gmail.com', 'jane.doe@gmail.com')).toEqual(['digest_absent']);
    expect(idsOf('someone@example.org', sha('user@example.com').toString('hex'))).toEqual([
      'constant_example',
    ]);
  });

  it('of an identity that the operator calls invalid, and of a phone as typed', () => {
    const { normalized, hash } = diagnoseHash(nativePrimitives, 'jane.example.org', { kind: 'email' });
    expect([normalized, hash]).toEqual([null, null]);
    expect(idsOf('jane.example.org', sha('jane.example.org').toString('base64'))).toEqual([
      'identity_invalid',
    ]);
    const typed = '+1 (234) 567-8901';
    expect(diagnoseHash(nativePrimitives, typed)).toMatchObject({ kind: 'phone', normalized: null });
    expect(idsOf(typed, sha('+12345678901').toString('hex'))).toEqual(['phone_not_normal']);
    expect(idsOf(typed, sha('12345678901').toString('hex'))[0]).toBe('phone_plus_absent');
  });

  it('nothing that can be proved, when it is random', { timeout: 120_000 }, () => {
    const random = dice(SEED);
    const doctor = new HashDoctor(nativePrimitives);
    for (let i = 0; i < 10_000; i++) {
      const value = random.bytes(32).toString(i % 2 ? 'hex' : 'base64');
      const identity = i % 3 ? `User.${i}@gmail.com` : `+1234567${String(i).padStart(4, '0')}`;
      expect(doctor.diagnose(identity, { expect: value }).expected).toMatchObject({
        matches: false,
        causes: [{ id: 'value_unexplained', proved: false }],
      });
    }
    expect(idsOf('a@example.org', random.bytes(16).toString('hex'))).toEqual(['value_algorithm?']);
    expect(idsOf('a@example.org', 'what?')).toEqual(['value_length?']);
  });
});

describe.each(implementations)('without a value, on %s', (_name, primitives) => {
  it('shows the normal form step by step, and mistakes that nobody would notice', () => {
    const { steps, near, hash, expected } = diagnoseHash(primitives, 'Jane.Doe+x@Gmail.com ');
    expect(expected).toBeUndefined();
    expect(steps.map(({ text }) => text)).toEqual([
      'Jane.Doe+x@Gmail.com ',
      'jane.doe+x@gmail.com ',
      'jane.doe+x@gmail.com',
      'jane.doe@gmail.com',
      'janedoe@gmail.com',
    ]);
    const ids = near.map(({ cause }) => cause.id);
    expect(ids).toEqual(
      expect.arrayContaining(['text_case_kept', 'gmail_dots_kept', 'digest_twice', 'encoded_utf16']),
    );
    expect(near.every(({ base64 }) => base64.length === 44 && base64 !== hash?.base64)).toBe(true);
    const dots = near.find(({ cause }) => cause.id === 'gmail_dots_kept');
    expect(dots?.base64).toBe(sha('jane.doe@gmail.com').toString('base64'));
    expect(hash?.hex).toBe(sha('janedoe@gmail.com').toString('hex'));
  });
});

it('the rules one after another give the normal form of the operator', () => {
  const random = dice(SEED);
  const parts = [' ', '.', '+', 'A', 'b', 'É', '\t', 'Gmail.com', 'gmail.com', 'x.y', '@'];
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: 1 + random.below(7) }, () => random.pick(parts)).join('');
    const normalized = normalizeEmail(text);
    if (normalized !== undefined)
      expect(applyRules(text, rulesOf.email), JSON.stringify(text)).toBe(normalized);
  }
});

it('in a series, a path found before names only the mistakes that this identity shows', () => {
  const doctor = new HashDoctor(nativePrimitives);
  const idsIn = (identity: string, text: string): string[] =>
    doctor.causes('email', identity, sha(text).toString('base64')).map(({ id }) => id);
  expect(idsIn('Jane.Doe@gmail.com', 'Jane.Doe@gmail.com')).toEqual(['text_case_kept', 'gmail_dots_kept']);
  expect(idsIn('john.doe@gmail.com', 'john.doe@gmail.com')).toEqual(['gmail_dots_kept']);
  expect(idsIn('John@gmail.com', 'John@gmail.com')).toEqual(['text_case_kept']);
});

it.each([
  [900, ['text_case_kept', 'gmail_dots_kept']],
  [1100, ['value_unexplained?']],
])('of %i characters, which may be a pasted page, several mistakes are: %j', (length, causes) => {
  const identity = `Jane.Doe${'x'.repeat(length)}@gmail.com`;
  expect(idsOf(identity, sha(identity).toString('base64'))).toEqual(causes);
  const lower = identity.toLowerCase();
  expect(idsOf(lower, sha(lower).toString('base64'))).toEqual(['gmail_dots_kept']);
});
