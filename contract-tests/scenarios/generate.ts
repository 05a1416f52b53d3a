/** token/generate: identities, opt-outs and refusals (Protocol §8.1). */
import { ContractError, needError } from '../spec/contract-error.ts';
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
import { misreadingOf } from '../steps/misreading.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { someOptedOutInWorld, optOutIdentities, plainOptOutIdentities } from '../steps/test-identities.ts';
import { askGenerate, expectOptOut, generate } from '../steps/tokens.ts';
import { expectedRawUid, rawUidIn } from '../steps/uids.ts';
import { theme } from './theme.ts';

const ordinaryEmail = email(ORDINARY_EMAIL);

/** Generates tokens, and compares their raw UID with that of the normalised identity where both are known. */
async function generatesFor(ctx: ScenarioContext, identity: Identity, normalized = identity): Promise<void> {
  const tokens = await generate(ctx, identity);
  const got = await rawUidIn(ctx, tokens);
  const expected = got === undefined ? undefined : await expectedRawUid(ctx, normalized);
  if (expected === undefined || got === expected) return;
  const isForm = async (form: Identity): Promise<boolean> => (await expectedRawUid(ctx, form)) === got;
  const cause = await misreadingOf(identity, normalized.value, isForm);
  expectEqual({ sent: tokens.answer.sent, cause }, 'raw UID', got, expected);
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
    'every spelling of an address that normalises to it gets tokens',
    async (ctx) => {
      await generatesFor(ctx, ordinaryEmail);
      await generatesFor(ctx, email('  Contract.User@Example.COM '), ordinaryEmail);
    },
  ],
  [
    'email-hash',
    'S2',
    'v0 v1 v2',
    'the base64 hash of an address gets tokens of the same identity',
    (ctx) => generatesFor(ctx, emailHash(ORDINARY_EMAIL), ordinaryEmail),
  ],
  [
    'email-hash-hex',
    'R28',
    'v0 v1 v2',
    'the hash of an address may be hex digits in any letter case',
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
    '44 characters of base64 that decode to 31 or 33 bytes, or have unused bits set, get tokens',
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
    'a phone number gets tokens of its identity',
    (ctx) => generatesFor(ctx, phone(ORDINARY_PHONE)),
  ],
  [
    'phone-hash',
    'R27',
    'v1 v2',
    'the hash of a phone number gets tokens of the same identity',
    (ctx) => generatesFor(ctx, phoneHash(ORDINARY_PHONE), phone(ORDINARY_PHONE)),
  ],
  [
    'phone-hash-hex',
    'R28',
    'v1 v2',
    'the hash of a phone number may be hex digits in any letter case',
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
    'phone numbers of 10 and of 15 digits get tokens',
    async (ctx) => {
      for (const value of ['+1234567890', '+123456789012345']) await generatesFor(ctx, phone(value));
    },
  ],
  [
    'members',
    'S3',
    'v1 v2',
    'the answer has exactly the members of its generation, with times in Unix milliseconds',
    async (ctx) => {
      await generate(ctx, ordinaryEmail);
    },
  ],
  [
    'wrapped',
    'S4',
    'v1',
    'a success is {"body":…,"status":"success"} as application/json',
    async (ctx) => {
      readTokens(ctx, await askGenerate(ctx, { email: ORDINARY_EMAIL }), 'v1');
    },
  ],
  [
    'flat',
    'S5',
    'v0',
    'the unversioned answer is flat and has the advertising token under two names',
    async (ctx) => {
      if (!ctx.target.flat)
        throw new ContractError(
          'not_applicable',
          'the unversioned token routes of this target answer in v1 shapes',
        );
      readTokens(ctx, await askGenerate(ctx, { email: ORDINARY_EMAIL }), 'v0');
    },
  ],
  [
    'opt-out-identity',
    'R30',
    'v2',
    'the opt-out test identity is answered with optout, in every spelling',
    (ctx) => asksOptOut(ctx, optOutIdentities(ctx)),
  ],
  [
    'opted-out-person',
    'R30',
    'v2',
    'identities that are opted out in the world are answered with optout',
    async (ctx) => {
      const people = someOptedOutInWorld(ctx);
      await asksOptOut(ctx, people);
    },
  ],
  [
    'opt-out-identity-plain',
    'S15',
    'v0 v1',
    'generate of v0 and v1 issues tokens for the opt-out test identity',
    async (ctx) => {
      for (const identity of plainOptOutIdentities(ctx)) await generate(ctx, identity);
    },
  ],
  [
    'opted-out-person-plain',
    'S15',
    'v0 v1',
    'generate of v0 and v1 issues tokens for identities that are opted out in the world',
    async (ctx) => {
      const people = someOptedOutInWorld(ctx);
      for (const identity of people) await generate(ctx, identity);
    },
  ],
  [
    'not-only-digits-differ',
    'S22',
    'v0 v1 v2',
    'two identities have two raw UIDs, and one identity always has the same',
    async (ctx) => {
      const uids: (string | undefined)[] = [];
      for (const identity of [ordinaryEmail, email(OTHER_EMAIL), ordinaryEmail])
        uids.push(await rawUidIn(ctx, await generate(ctx, identity)));
      if (uids.includes(undefined)) throw needError('keys', 'no given credential can decrypt tokens');
      const check = {
        sent: 'three generate requests',
        cause: 'the raw UID does not depend on the identity alone',
      };
      expectThat(
        check,
        uids[0] === uids[2] && uids[0] !== uids[1],
        'one raw UID per identity, and two for two identities',
        uids,
      );
    },
  ],
]);
