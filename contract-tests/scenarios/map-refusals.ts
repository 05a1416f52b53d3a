/** What identity map of v0, v1 and v2 refuses (Protocol §8.7, §8.8). */
import { ContractError } from '../spec/contract-error.ts';
import { emailHash, ORDINARY_EMAIL } from '../target/identities.ts';
import { clientError, expectEqual, expectError, expectJson, expectText } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askMap, readMapped, askMapOne } from '../steps/maps.ts';
import { exactlyOne, INVALID_IDENTIFIER } from '../steps/messages.ts';
import { theme } from './theme.ts';

async function singleRefused(ctx: ScenarioContext): Promise<void> {
  const several = exactlyOne(ctx.target.phone);
  for (const query of [
    {},
    { mail: ORDINARY_EMAIL },
    { email: ORDINARY_EMAIL, email_hash: emailHash(ORDINARY_EMAIL).value },
  ]) {
    clientError(await askMapOne(ctx, query), several);
  }
  for (const query of [{ email: 'broken' }, { email: '' }, { email_hash: 'abc' }])
    clientError(await askMapOne(ctx, query), INVALID_IDENTIFIER);
}

const hashOf = emailHash(ORDINARY_EMAIL).value;

async function oneKind(ctx: ScenarioContext): Promise<void> {
  const empty = { mapped: [] };
  const wrapped = ctx.api === 'v0' ? empty : { body: empty, status: 'success' };
  expectJson(await askMap(ctx, { email: [] }), wrapped);
  const both = { email: [ORDINARY_EMAIL], email_hash: [hashOf] };
  const seed = ctx.target.profile === 'seed-v1';
  const several = exactlyOne(ctx.target.phone);
  const two = exactlyOne(false);
  const only = 'Only one of email or email_hash can be specified';
  if (ctx.api === 'v0') {
    if (!seed) clientError(await askMap(ctx, both), only);
    if (!seed) clientError(await askMap(ctx, {}), two);
  } else if (!seed) {
    clientError(await askMap(ctx, both), several);
    clientError(await askMap(ctx, {}), several);
    if (ctx.target.phone)
      clientError(await askMap(ctx, { email: [ORDINARY_EMAIL], phone: ['+12345550100'] }), several);
  }
  readMapped(ctx, await askMap(ctx, { email: [ORDINARY_EMAIL], email_hash: [] }));
}

async function wrongLists(ctx: ScenarioContext): Promise<void> {
  if (ctx.target.profile === 'seed-v1')
    throw new ContractError('not_applicable', 'the rules of seed-v1 do not cover this');
  const unknown =
    ctx.api === 'v2'
      ? 'Unknown error while mapping identity v2'
      : 'Unknown error while mapping batched identity';
  for (const [kind, list] of [
    ['email', 'text'],
    ['email', 5],
    ['email', true],
    ['email_hash', {}],
  ] as const) {
    const answer = await askMap(ctx, { [kind]: list });
    if (ctx.api === 'v0') expectText(answer, 500, 'Internal Server Error');
    else clientError(answer, `${kind} must be an array`);
  }
  const holdsNull = await askMap(ctx, { email: [ORDINARY_EMAIL, null] });
  if (ctx.api === 'v0') expectText(holdsNull, 500, 'Internal Server Error');
  else expectError(holdsNull, 500, 'unknown', unknown);
  const { unmapped: refused } = readMapped(ctx, await askMap(ctx, { email: [5, true] }));
  expectEqual(
    { sent: 'email: [5, true]' },
    'unmapped',
    refused,
    ['5', 'true'].map((identifier) => ({ identifier, reason: 'invalid identifier' })),
  );
}

async function noPayload(ctx: ScenarioContext): Promise<void> {
  if (ctx.target.profile === 'seed-v1')
    throw new ContractError('not_applicable', 'the rules of seed-v1 do not cover this');
  if (ctx.sealed)
    expectError(await askMap(ctx, undefined), 500, 'unknown', 'Unknown error while mapping identity v2');
  for (const text of ctx.sealed ? [] : ['', '[1]', '{"email":', '{"email":["a@example.com"]} x']) {
    const answer = await askMap(ctx, text);
    if (ctx.api === 'v0') expectText(answer, 500, 'Internal Server Error');
    else expectError(answer, 500, 'unknown', 'Unknown error while mapping batched identity');
  }
}

export const mapRefusalScenarios = theme('map', 'advertiser', [
  [
    'single-refused',
    'R55',
    'v0 v1',
    'a missing identifier, several identifiers and an invalid identifier are refused',
    singleRefused,
  ],
  [
    'one-kind',
    'R55',
    'v0 v1 v2',
    'a request has exactly one kind of identifier, and empty lists do not count',
    oneKind,
  ],
  [
    'wrong-lists',
    'R56',
    'v0 v1 v2',
    'a list that is not an array, and a null in a list, are refused',
    wrongLists,
  ],
  [
    'no-payload',
    'R56',
    'v0 v1 v2',
    'a missing body, and one that is not a JSON object, are refused',
    noPayload,
  ],
]);
