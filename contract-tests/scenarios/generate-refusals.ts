/** What token/generate refuses, and how it reads parameters (Protocol §8.1). */
import {
  emailHash,
  ORDINARY_EMAIL,
  ORDINARY_PHONE,
  phone,
  phoneHash,
  type Identity,
} from '../target/identities.ts';
import { clientError } from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { generateExactlyOne, generateInvalid } from '../steps/messages.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { askGenerate, requireIdentity, supportsIdentity } from '../steps/tokens.ts';
import { theme } from './theme.ts';

async function refusesAll(
  ctx: ScenarioContext,
  message: string,
  list: readonly Record<string, unknown>[],
): Promise<void> {
  for (const params of list) clientError(await askGenerate(ctx, params), message);
}

const values: Record<Identity['kind'], string> = {
  email: ORDINARY_EMAIL,
  email_hash: emailHash(ORDINARY_EMAIL).value,
  phone: ORDINARY_PHONE,
  phone_hash: phoneHash(ORDINARY_PHONE).value,
};

const pairs = (kinds: readonly Identity['kind'][]): Record<string, string>[] =>
  kinds.flatMap((a, i) => kinds.slice(i + 1).map((b) => ({ [a]: values[a], [b]: values[b] })));

const doubles = (ctx: ScenarioContext): Record<string, string>[] =>
  ctx.rules === 'v0' || !ctx.target.phone
    ? pairs(['email', 'email_hash'])
    : [...pairs(['email', 'email_hash', 'phone', 'phone_hash']), values];

const invalidEmails = [
  'contract.user',
  '@example.com',
  'contract.user@',
  'a@b@example.com',
  '+only@gmail.com',
  ' ',
];

const invalidHashes = [
  'abc',
  emailHash(ORDINARY_EMAIL).value.slice(0, 43),
  `-_${emailHash(ORDINARY_EMAIL).value.slice(2)}`,
  'z'.repeat(64),
];

const invalidPhones = [
  '12345550100',
  '+123456789',
  '+1234567890123456',
  '+1 234 555 0100',
  ' +12345550100',
  '+1234555010a',
];

export const generateRefusalScenarios = theme('generate', 'publisher', [
  [
    'missing-identifier',
    'S19',
    'v0 v1 v2',
    'a request without identifier is refused with the exact message',
    (ctx) => refusesAll(ctx, generateExactlyOne(ctx), [{}, { mail: ORDINARY_EMAIL }]),
  ],
  [
    'double-identifier',
    'S19',
    'v0 v1 v2',
    'several identifiers are refused with the exact message',
    (ctx) => refusesAll(ctx, generateExactlyOne(ctx), doubles(ctx)),
  ],
  [
    'invalid-email',
    'S19',
    'v0 v1 v2',
    'an invalid address is refused with the exact message',
    (ctx) =>
      refusesAll(
        ctx,
        generateInvalid(ctx),
        invalidEmails.map((value) => ({ email: value })),
      ),
  ],
  [
    'invalid-hash',
    'R28',
    'v0 v1 v2',
    'an invalid hash is refused',
    (ctx) =>
      refusesAll(
        ctx,
        generateInvalid(ctx),
        invalidHashes.map((value) => ({ email_hash: value })),
      ),
  ],
  [
    'invalid-phone',
    'R27',
    'v1 v2',
    'an invalid phone number is refused, and nothing is trimmed',
    async (ctx) => {
      requireIdentity(ctx, phone(''));
      await refusesAll(ctx, generateInvalid(ctx), [
        ...invalidPhones.map((value) => ({ phone: value })),
        ...invalidHashes.map((value) => ({ phone_hash: value })),
      ]);
    },
  ],
  [
    'empty-value',
    'S19',
    'v0 v1 v2',
    'an empty identifier counts as present and invalid',
    (ctx) => refusesAll(ctx, generateInvalid(ctx), [{ email: '' }, { email_hash: '' }]),
  ],
  [
    'json-types',
    'R29',
    'v2',
    'null counts as absent, any other JSON type as its text',
    async (ctx) => {
      readTokens(ctx, await askGenerate(ctx, { email: null, email_hash: emailHash(ORDINARY_EMAIL).value }));
      await refusesAll(ctx, generateExactlyOne(ctx), [{ email: null }]);
      await refusesAll(ctx, generateInvalid(ctx), [{ email: 5 }, { email: true }, { email: {} }]);
    },
  ],
  [
    'no-payload',
    'S19',
    'v2',
    'an envelope without payload is refused as a request without identifier',
    async (ctx) => {
      clientError(
        await askSealed(ctx, '/v2/token/generate', undefined, { caller: ctx.caller() }),
        generateExactlyOne(ctx),
      );
    },
  ],
  [
    'query-rules',
    'R87',
    'v0 v1',
    'parameter names have any letter case, the first of a repeated one counts, + is a space',
    async (ctx) => {
      const path = `${ctx.prefix}/token/generate`;
      const caller = ctx.caller();
      const good = encodeURIComponent(ORDINARY_EMAIL);
      for (const query of [
        `EMAIL=${good}`,
        `Email=${good}`,
        `email=${good}&email=broken`,
        `email=+${good}+`,
        `email=${good}&other=1`,
      ]) {
        readTokens(ctx, await askPlain(ctx, 'GET', `${path}?${query}`, { caller }));
      }
      clientError(
        await askPlain(ctx, 'GET', `${path}?email=broken&email=${good}`, { caller }),
        generateInvalid(ctx),
      );
      clientError(await askPlain(ctx, 'GET', `${path}?email`, { caller }), generateInvalid(ctx));
      if (supportsIdentity(ctx, phone(''))) {
        clientError(
          await askPlain(ctx, 'GET', `${path}?phone=${ORDINARY_PHONE}`, { caller }),
          generateInvalid(ctx),
        );
      }
    },
  ],
]);
