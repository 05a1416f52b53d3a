/** token/generate: identities, opt-outs and refusals (Protocol §8.1). */
import { ContractError } from '../spec/contract-error.ts';
import {
  email,
  emailHash,
  identityHash,
  ORDINARY_EMAIL,
  ORDINARY_PHONE,
  OTHER_EMAIL,
  phone,
  phoneHash,
  type Identity,
} from '../target/identities.ts';
import { expectEqual, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import {
  expectedRawUid,
  optedOutPeople,
  optOutIdentities,
  plainOptOutIdentities,
  rawUidIn,
} from '../steps/person.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { askGenerate, expectOptOut, generate } from '../steps/tokens.ts';
import { theme } from './theme.ts';

const ordinaryEmail = email(ORDINARY_EMAIL);

/** Tokens, whose raw UID is that of the normalised identity where it can be seen. */
async function generatesFor(ctx: ScenarioContext, identity: Identity, normalized = identity): Promise<void> {
  const tokens = await generate(ctx, identity);
  const got = await rawUidIn(ctx, tokens);
  const expected = got === undefined ? undefined : await expectedRawUid(ctx, normalized);
  const cause = 'the identity was normalised or hashed in another way';
  if (expected !== undefined) expectEqual({ sent: tokens.answer.sent, cause }, 'raw UID', got, expected);
}

const asksOptOut = async (ctx: ScenarioContext, identities: readonly Identity[]): Promise<void> => {
  for (const identity of identities)
    expectOptOut(ctx, await askGenerate(ctx, { [identity.kind]: identity.value }));
};

export const generateScenarios = theme('generate', 'publisher', [
  [
    'email',
    'S1',
    'v0 v1 v2',
    'an address gives tokens, written in any way that normalises to it',
    async (ctx) => {
      await generatesFor(ctx, ordinaryEmail);
      await generatesFor(ctx, email('  Contract.User@Example.COM '), ordinaryEmail);
    },
  ],
  [
    'email-hash',
    'S2',
    'v0 v1 v2',
    'the base64 hash of an address gives tokens of the same identity',
    (ctx) => generatesFor(ctx, emailHash(ORDINARY_EMAIL), ordinaryEmail),
  ],
  [
    'email-hash-hex',
    'R28',
    'v0 v1 v2',
    'the hash may be hex digits in any case',
    async (ctx) => {
      const hex = identityHash(ordinaryEmail).toString('hex');
      await generatesFor(ctx, { kind: 'email_hash', value: hex }, ordinaryEmail);
      await generatesFor(ctx, { kind: 'email_hash', value: hex.toUpperCase() }, ordinaryEmail);
    },
  ],
  [
    'email-hash-unusual-base64',
    'R28',
    'v0 v1 v2',
    '33 or 31 bytes and unused trailing bits are accepted in 44 characters',
    async (ctx) => {
      const good = emailHash(ORDINARY_EMAIL).value;
      const loose = good.slice(0, 42) + String.fromCharCode(good.charCodeAt(42) + 1) + '=';
      if (
        ctx.target.profile !== 'seed-v1' &&
        Buffer.from(loose, 'base64').equals(identityHash(ordinaryEmail))
      ) {
        await generatesFor(ctx, { kind: 'email_hash', value: loose }, ordinaryEmail);
      }
      for (const value of ['A'.repeat(44), `${'A'.repeat(42)}==`])
        await generate(ctx, { kind: 'email_hash', value });
    },
  ],
  [
    'phone',
    'R27',
    'v1 v2',
    'a phone number gives tokens of its identity',
    (ctx) => generatesFor(ctx, phone(ORDINARY_PHONE)),
  ],
  [
    'phone-hash',
    'R27',
    'v1 v2',
    'the hash of a phone number gives tokens of the same identity',
    (ctx) => generatesFor(ctx, phoneHash(ORDINARY_PHONE), phone(ORDINARY_PHONE)),
  ],
  [
    'phone-hash-hex',
    'R28',
    'v1 v2',
    'the hash of a phone number may be hex digits in any case',
    async (ctx) => {
      const hex = identityHash(phone(ORDINARY_PHONE)).toString('hex');
      for (const value of [hex, hex.toUpperCase()])
        await generatesFor(ctx, { kind: 'phone_hash', value }, phone(ORDINARY_PHONE));
    },
  ],
  [
    'phone-lengths',
    'R27',
    'v1 v2',
    '10 and 15 digits are phone numbers',
    async (ctx) => {
      for (const value of ['+1234567890', '+123456789012345']) await generatesFor(ctx, phone(value));
    },
  ],
  [
    'members',
    'S3',
    'v1 v2',
    'the answer has exactly the members of its generation, times as Unix milliseconds',
    async (ctx) => {
      await generate(ctx, ordinaryEmail);
    },
  ],
  [
    'wrapped',
    'S4',
    'v1',
    'a success is {"body":…,"status":"success"} in application/json',
    async (ctx) => {
      readTokens(ctx, await askGenerate(ctx, { email: ORDINARY_EMAIL }), 'v1');
    },
  ],
  [
    'flat',
    'S5',
    'v0',
    'the unversioned answer is flat and names the advertising token twice',
    async (ctx) => {
      if (!ctx.target.flat)
        throw new ContractError('not_applicable', 'unversioned token routes answer in v1 shapes here');
      readTokens(ctx, await askGenerate(ctx, { email: ORDINARY_EMAIL }), 'v0');
    },
  ],
  [
    'opt-out-identity',
    'R30',
    'v2',
    'the opt-out test identity is answered with optout, however it is written',
    (ctx) => asksOptOut(ctx, optOutIdentities(ctx)),
  ],
  [
    'opted-out-person',
    'R30',
    'v2',
    'people whom the world has opted out are answered with optout',
    async (ctx) => {
      const people = optedOutPeople(ctx);
      if (people.length === 0)
        throw new ContractError('not_applicable', 'the world has nobody opted out at example.com');
      await asksOptOut(ctx, people);
    },
  ],
  [
    'opt-out-identity-plain',
    'S15',
    'v0 v1',
    'the plain generate never refuses: tokens for the opt-out test identity',
    async (ctx) => {
      for (const identity of plainOptOutIdentities(ctx)) await generate(ctx, identity);
    },
  ],
  [
    'opted-out-person-plain',
    'S15',
    'v0 v1',
    'the plain generate gives tokens to people who are opted out',
    async (ctx) => {
      const people = optedOutPeople(ctx);
      if (people.length === 0)
        throw new ContractError('not_applicable', 'the world has nobody opted out at example.com');
      for (const identity of people) await generate(ctx, identity);
    },
  ],
  [
    'not-only-digits-differ',
    'S22',
    'v0 v1 v2',
    'two people have two raw UIDs, one person one',
    async (ctx) => {
      const uids: (string | undefined)[] = [];
      for (const identity of [ordinaryEmail, email(OTHER_EMAIL), ordinaryEmail])
        uids.push(await rawUidIn(ctx, await generate(ctx, identity)));
      if (uids.includes(undefined))
        throw new ContractError('not_applicable', 'no given client can decrypt tokens');
      const check = { sent: 'three generates', cause: 'the raw UID does not depend on the identity alone' };
      expectThat(
        check,
        uids[0] === uids[2] && uids[0] !== uids[1],
        'the same raw UID for one person and another for another',
        uids,
      );
    },
  ],
]);
