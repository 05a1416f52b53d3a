/** Origins and their registrable domains (Protocol §8.5). */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { registrableDomain } from './origin.ts';

it.each([
  ['https://example.com', 'example.com'],
  ['http://example.com:8080/path?x#y', 'example.com'],
  ['ftp://example.com', 'example.com'],
  ['https://a.b.EXAMPLE.com', 'example.com'],
  ['https://example.co.uk', 'example.co.uk'],
  ['https://shop.example.co.uk', 'example.co.uk'],
  ['https://uidapi.com.evil.com', 'evil.com'],
  ['http://localhost:3000', 'localhost'],
  ['http://a.localhost', 'localhost'],
  ['http://a.b.localhost', undefined],
  ['https://com', undefined],
  ['https://co.uk', undefined],
  ['http://127.0.0.1', undefined],
  ['http://[::1]', undefined],
  ['HTTPS://example.com', 'example.com'],
  ['file://example.com', 'example.com'],
  ['https://user:secret@example.com', 'example.com'],
  ['https://a@b@example.com', undefined],
  ['https://example.com.', 'example.com'],
  ['https://example.com..', undefined],
  ['https://.example.com', undefined],
  ['https://a..example.com', undefined],
  ['https://example.com:', 'example.com'],
  ['https://example.com:99999', 'example.com'],
  ['https://example.com:2147483647', 'example.com'],
  ['https://example.com:2147483648', undefined],
  ['https://example.com:-1', 'example.com'],
  ['https://example.com:-2', undefined],
  ['https://example.com:https', undefined],
  ['https://example.com?x', 'example.com'],
  ['https://example.com\\x', undefined],
  ['https:///example.com', undefined],
  ['https:example.com', undefined],
  ['https:\\\\example.com', undefined],
  ['https://ex%61mple.com', undefined],
  ['https://a_b.example.com', 'example.com'],
  ['https://_a.example.com', undefined],
  ['https://-a.example.com', undefined],
  ['https://-a.localhost', undefined],
  ['http://localhost.', 'localhost'],
  [`https://${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
  [`https://${'a'.repeat(64)}.com`, undefined],
  [`https://${'a.'.repeat(123)}aaa.com`, 'aaa.com'],
  [`https://${'a.'.repeat(123)}aaaa.com`, undefined],
  ['https://example.unknownzz', undefined],
  ['https://github.io', undefined],
  ['https://me.github.io', 'me.github.io'],
  ['https://a.me.github.io', 'me.github.io'],
  ['https://www.ck', 'www.ck'],
  ['https://b.ck', undefined],
  ['https://xn--exmple-cua.com', 'xn--exmple-cua.com'],
  [' https://example.com\t', 'example.com'],
  ['https://shop\u3002example\uff0eco\uff61uk', 'example.co.uk'],
  ['https://exämple.com', 'exämple.com'],
  ['https://1.2.3.com', '3.com'],
  ['https://2130706433', undefined],
  ['https://127.1', undefined],
  ['https://0x7f.0.0.1', undefined],
  ['https://127.0.0.1.', undefined],
  ['https://example.1com', undefined],
  ['foo://example.com', undefined],
  ['example.com', undefined],
  ['//example.com', undefined],
  ['null', undefined],
  ['', undefined],
  ['https://', undefined],
  ['https://exa mple.com', undefined],
])('%j stands for %j', async (origin, domain) => expect(await registrableDomain(origin)).toBe(domain));

it('any text is answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.webUrl(),
        fc.string().map((text) => `https://${text}`),
      ),
      async (text) => {
        const domain = await registrableDomain(text);
        expect(domain === undefined || domain === domain.toLowerCase()).toBe(true);
      },
    ),
    { numRuns: scaled(6000) },
  );
});
