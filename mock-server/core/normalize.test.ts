/** Normalisation and identity hashes against the recordings and against a second implementation of the rules. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fixturePath } from '../../fixtures/path.ts';
import { loadWorld } from '../testing/world.ts';
import { nativePrimitives } from '../native/primitives.ts';
import { createDeployment } from '../operator/deploy.ts';
import { identify, locate, rawUidOf } from '../operator/identity.ts';
import { profiles } from '../operator/profile.ts';
import { honestRules } from '../operator/rules.ts';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { implementations } from '../testing/primitives.ts';
import type { IdentifierKind } from './identifier.ts';
import { hashIdentifier, readIdentityHash } from './identity-hash.ts';
import { normalizeEmail, normalizePhone } from './normalize.ts';

const recorded = z
  .array(
    z.looseObject({
      id: z.string(),
      kind: z.enum(['email', 'phone', 'email_hash', 'phone_hash']),
      input: z.string(),
      valid: z.boolean(),
      normalized: z.string().optional(),
      sha256_base64: z.string().optional(),
      results: z
        .record(z.string(), z.looseObject({ advertising_id: z.string(), bucket_id: z.string() }))
        .optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(fixturePath('recordings/normalization.json'), 'utf8')));

const normalizers = { email: normalizeEmail, phone: normalizePhone };

describe.each(implementations)('recorded identifiers on %s', (_name, primitives) => {
  it('are all there', () => expect(recorded).toHaveLength(216));

  it.each(recorded)('$id', ({ kind, input, valid, normalized, sha256_base64 }) => {
    if (kind === 'email' || kind === 'phone') {
      const result = normalizers[kind](input);
      expect(result).toBe(valid ? normalized : undefined);
      if (result !== undefined) expect(hashIdentifier(result, primitives)).toBe(sha256_base64);
    } else {
      expect(readIdentityHash(input, primitives)).toBe(valid ? sha256_base64 : undefined);
    }
  });
});

describe.each(['v5.56.13', 'v5.70.250'])('raw UIDs and buckets recorded from %s', (version) => {
  const world = loadWorld(fixturePath(`recordings/world-${version}.json`));

  it.each(implementations)('are those that %s computes', (_name, primitives) => {
    const parts = { profile: profiles.current, rules: honestRules };
    const operator = createDeployment({ world, primitives, ...parts });
    const computed = (kind: IdentifierKind, input: string) => {
      const identity = identify(operator, kind, input);
      if (identity === undefined) return undefined;
      const located = locate(operator, identity);
      return { advertising_id: rawUidOf(operator, located), bucket_id: located.bucket.bucketId };
    };
    const valid = recorded.filter(({ results }) => results !== undefined);
    expect(valid).toHaveLength(134);
    expect(valid.map(({ id, kind, input }) => [id, computed(kind, input)])).toEqual(
      valid.map(({ id, results }) => [id, results?.[version]]),
    );
  });
});

/** Protocol §2.1 as it is written there: a state machine over UTF-16 code units. */
function normalizeByStates(email: string): string | undefined {
  let inDomain = false;
  let inExtension = false;
  let full = '';
  let gmailForm = '';
  let domain = '';
  let pendingSpaces = '';
  for (const unit of email.split('')) {
    const character = unit >= 'A' && unit <= 'Z' ? unit.toLowerCase() : unit;
    if (inDomain) {
      if (character === '@') return undefined;
      if (character === ' ') {
        pendingSpaces += character;
      } else {
        domain += pendingSpaces + character;
        pendingSpaces = '';
      }
    } else if (character === '@') {
      inDomain = true;
    } else if (character !== ' ') {
      full += character;
      if (character === '+') inExtension = true;
      else if (character !== '.' && !inExtension) gmailForm += character;
    }
  }
  const local = domain === 'gmail.com' ? gmailForm : full;
  return domain === '' || local === '' ? undefined : `${local}@${domain}`;
}

const special = fc.constantFrom(
  ...'ABZaz@ .+É\t\n"\u00a0\ud83d1',
  '@gmail.com',
  '@GMAIL.com',
  'gmail.com',
  'x@',
);
const emailLike = fc.oneof(
  fc.array(special, { maxLength: 14 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

describe('normalisation', () => {
  it('of emails agrees with the state machine of the protocol', () => {
    fc.assert(
      fc.property(emailLike, (email) => {
        expect(normalizeEmail(email)).toBe(normalizeByStates(email));
      }),
      { numRuns: scaled(400_000) },
    );
  });

  it('of emails does not change its own result', () => {
    const stable = (email: string) => {
      const once = normalizeEmail(email);
      fc.pre(once !== undefined);
      expect(normalizeEmail(once)).toBe(once);
    };
    fc.assert(fc.property(emailLike, stable), { numRuns: scaled(40_000) });
  });

  it('of phones takes a plus and 10 to 15 ASCII digits and nothing else', () => {
    const character = fc.constantFrom(...'0123456789', '0', '٣', ' ', '-', '\n', '+');
    const phoneLike = fc
      .tuple(fc.constantFrom('+', '+', '+', '', ' +'), fc.array(character, { minLength: 8, maxLength: 17 }))
      .map(([first, rest]) => first + rest.join(''));
    const isValid = (phone: string) => {
      const digits = phone.slice(1).split('');
      const areDigits = digits.every((digit) => '0123456789'.includes(digit));
      return phone.startsWith('+') && areDigits && digits.length >= 10 && digits.length <= 15;
    };
    const agrees = (phone: string) => {
      expect(normalizePhone(phone)).toBe(isValid(phone) ? phone : undefined);
    };
    const valid = fc.stringMatching(/^\+[0-9]{9,16}$/);
    fc.assert(fc.property(fc.oneof(phoneLike, valid), agrees), { numRuns: scaled(100_000) });
  });
});

describe.each(implementations)('hashes on %s', (_name, primitives) => {
  it('of any text are those of its UTF-8 form, with ? for a lone surrogate', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const utf8 = Buffer.from(replaceLone(text));
        expect(Buffer.from(hashIdentifier(text, primitives), 'base64')).toEqual(
          Buffer.from(nativePrimitives.sha256(utf8)),
        );
      }),
    );
    expect(hashIdentifier('a\ud800@b.c', primitives)).toBe(hashIdentifier('a?@b.c', primitives));
  });

  it.each([
    '',
    'a'.repeat(43),
    'a'.repeat(45),
    'g'.repeat(64),
    'a'.repeat(63),
    'a'.repeat(65),
    `g${'a'.repeat(64)}`,
    `${'a'.repeat(64)}\n`,
    `${'a'.repeat(63)} `,
    'é'.repeat(44),
    '='.repeat(44),
  ])('of %j are refused', (text) => expect(readIdentityHash(text, primitives)).toBeUndefined());

  it.each([
    ['of 33 bytes without padding', 'A'.repeat(44), Buffer.alloc(33).toString('base64')],
    ['of 31 bytes with two', `${'A'.repeat(42)}==`, Buffer.alloc(31).toString('base64')],
    ['with unused bits', `${'A'.repeat(42)}B=`, Buffer.alloc(32).toString('base64')],
  ])('%s are taken', (_case, text, canonical) => expect(readIdentityHash(text, primitives)).toBe(canonical));
});

const replaceLone = (text: string): string =>
  [...text].map((point) => (/^[\ud800-\udfff]$/.test(point) ? '?' : point)).join('');
