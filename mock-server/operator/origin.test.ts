/** Origins and the domains they stand for (Protocol §8.5). */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../testing/random.ts';
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
    { numRuns: 300 },
  );
});
