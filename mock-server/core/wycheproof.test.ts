/** Both implementations of the primitives on the cases of Project Wycheproof: edge cases and altered input. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { implementations } from '../testing/primitives.ts';

/** A case: its members that are bytes, in hex, and what has to become of it. */
interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly result: 'valid' | 'invalid' | 'acceptable';
  readonly [bytes: string]: unknown;
}

const casesOf = (name: string): readonly Case[] =>
  JSON.parse(readFileSync(new URL(`../../fixtures/wycheproof/${name}.json`, import.meta.url), 'utf8'));

const bytes = (one: Case, name: string): Buffer => Buffer.from(String(one[name]), 'hex');
const hex = (of: Uint8Array | undefined): string | undefined => of && Buffer.from(of).toString('hex');
const titled = (cases: readonly Case[]): [string, Case][] =>
  cases.map((one) => [`${one.tcId} ${one.comment} (${one.result})`, one]);

const gcm = casesOf('aes-gcm');
const cbc = casesOf('aes-cbc');
const ecdh = casesOf('ecdh-p256');

/** From the second use of a key on, short messages are sealed with tables. */
const USES = [1, 2, 3];

describe.each(implementations)('Wycheproof on %s', (_name, primitives) => {
  it.each(titled(gcm))('AES-GCM %s', (_title, one) => {
    const [key, iv, message] = [bytes(one, 'key'), bytes(one, 'iv'), bytes(one, 'msg')];
    const aad = one['aad'] === '' ? undefined : bytes(one, 'aad');
    const sealed = Buffer.concat([bytes(one, 'ct'), bytes(one, 'tag')]);
    const isValid = one.result === 'valid';
    for (const use of USES) {
      if (isValid) expect(hex(primitives.gcmSeal(key, iv, message, aad)), `use ${use}`).toBe(hex(sealed));
      // only keys of 32 bytes open anything
      if (key.length === 32) {
        expect(hex(primitives.gcmOpen(key, iv, sealed, aad)), `use ${use}`).toBe(
          isValid ? hex(message) : undefined,
        );
      }
    }
  });

  it.each(titled(cbc))('AES-CBC %s', (_title, one) => {
    const [key, iv, message, sealed] = ['key', 'iv', 'msg', 'ct'].map((name) => bytes(one, name)) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const isValid = one.result === 'valid';
    expect(hex(primitives.cbcDecrypt(key, iv, sealed))).toBe(isValid ? hex(message) : undefined);
    if (isValid) expect(hex(primitives.cbcEncrypt(key, iv, message))).toBe(hex(sealed));
  });

  it.each(titled(ecdh))('ECDH on P-256 %s', (_title, one) => {
    const scalar = Buffer.from(String(one['private']).slice(-64).padStart(64, '0'), 'hex');
    const shared = hex(primitives.ecdhP256(scalar, bytes(one, 'public')));
    if (one.result === 'valid') expect(shared).toBe(one['shared']);
    else if (one.result === 'invalid') expect(shared).toBeUndefined();
  });
});
