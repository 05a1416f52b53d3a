/** optout/status and token/logout (Protocol §8.4, §8.11). */
import { ContractError } from '../spec/contract-error.ts';
import { email, hashText, identityHash, OTHER_EMAIL, type Identity } from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import type { Answer } from '../check/answer.ts';
import {
  clientError,
  expectAnswer,
  watchHeaders,
  expectEqual,
  expectError,
  expectJson,
  expectText,
  expectThat,
  isRecord,
} from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { expectedRawUid } from '../steps/uids.ts';
import { theme } from './theme.ts';

const ask = (ctx: ScenarioContext, payload: unknown): Promise<Answer> =>
  askSealed(ctx, '/v2/optout/status', payload, { caller: ctx.caller() });

const noneOptedOut = { body: { opted_out: [] }, status: 'success' };

async function notListed(ctx: ScenarioContext): Promise<void> {
  const uid = (await expectedRawUid(ctx, email(OTHER_EMAIL))) ?? 'A'.repeat(44);
  const testIdentity = await expectedRawUid(ctx, email('refresh-optout@example.com'));
  for (const ids of [
    [],
    [uid],
    [uid, 'nonsense', null, 5],
    ['A'.repeat(44)],
    ...(testIdentity ? [[testIdentity]] : []),
  ]) {
    expectJson(await ask(ctx, { advertising_ids: ids }), noneOptedOut);
  }
}

async function listed(ctx: ScenarioContext): Promise<void> {
  const { world } = ctx.target;
  const people = (world?.opted_out_identities ?? []).flatMap((person) => {
    const identity = person.email?.endsWith('@example.com') ? email(person.email) : undefined;
    const uid = identity && expectedIdentity(world, identityHash(identity), 0, Date.now())?.rawUid;
    // 33-byte raw UIDs of integ and prod are never found (Protocol §8.11).
    const found = uid && ((Buffer.from(uid, 'base64')[0] ?? 0) < 0x40 || uid.endsWith('='));
    return found && person.opted_out_at_seconds !== undefined
      ? [{ uid, since: person.opted_out_at_seconds * 1000 }]
      : [];
  });
  people.splice(Math.max((world?.optout_status_max_request_size ?? 5000) - 2, 1));
  if (people.length === 0)
    throw new ContractError(
      'not_applicable',
      'no world was given that has an opted-out identity at example.com whose raw UID can be found',
    );
  const other =
    expectedIdentity(world, identityHash(email(OTHER_EMAIL)), 0, Date.now())?.rawUid ?? 'A'.repeat(44);
  const answer = await ask(ctx, {
    advertising_ids: [other, ...people.map((person) => person.uid), 'nonsense'],
  });
  expectJson(answer, {
    body: {
      opted_out: people.map((person) => ({ advertising_id: person.uid, opted_out_since: person.since })),
    },
    status: 'success',
  });
}

async function refuses(ctx: ScenarioContext): Promise<void> {
  clientError(await ask(ctx, undefined), 'Invalid request body');
  for (const payload of [{}, { advertising_ids: null }])
    clientError(await ask(ctx, payload), 'Required Parameter Missing: advertising_ids');
  for (const list of ['text', 5]) {
    expectError(
      await ask(ctx, { advertising_ids: list }),
      500,
      'unknown',
      'Unknown error while getting optout status',
    );
  }
  const { world } = ctx.target;
  const ids = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => hashText(`id ${String(i)}`));
  const tooLarge = { message: 'Request payload is too large', status: 'client_error' };
  const refusal = { status: 400, type: 'application/json', json: tooLarge };
  const accepted = { status: 200, type: 'text/plain', json: noneOptedOut };
  const limit = world && (world.optout_status_max_request_size ?? 5000);
  // Without a world the limit is not known.
  expectAnswer(
    await ask(ctx, { advertising_ids: ids((limit ?? 5000) + 1) }),
    refusal,
    ...(world ? [] : [accepted]),
  );
  expectAnswer(await ask(ctx, { advertising_ids: ids(limit ?? 1) }), accepted);
}

/** Logout changes the state of the operator, so that only refused requests are sent. */
async function logoutRefuses(ctx: ScenarioContext): Promise<void> {
  const caller = ctx.caller('OPTOUT');
  const logout = (identity: Identity | undefined): Promise<Answer> => {
    const params = identity ? { [identity.kind]: identity.value } : {};
    return ctx.sealed
      ? askSealed(ctx, '/v2/token/logout', params, { caller })
      : askPlain(ctx, 'GET', `${ctx.prefix}/token/logout`, { caller, query: params });
  };
  const nothing = await logout(undefined);
  if (!ctx.sealed && ctx.target.flat) expectText(nothing, 500, 'Internal Server Error');
  else expectError(nothing, 400, 'invalid_token', 'Invalid Token presented null');
  const invalid = await logout(email('broken'));
  const check = { sent: invalid.sent, cause: 'the answer of logout to an invalid identifier' };
  expectEqual(
    check,
    'status and content type',
    [invalid.status, invalid.contentType],
    [400, 'application/json'],
  );
  const body = isRecord(invalid.json) ? invalid.json : {};
  watchHeaders(invalid);
  expectEqual(check, 'members', Object.keys(body).sort(), ['message', 'status']);
  expectEqual(check, 'status', body['status'], 'invalid_token');
  expectThat(
    check,
    String(body['message']).startsWith('Invalid Token presented'),
    'a message that starts with Invalid Token presented',
    body['message'],
  );
}

/** Logs out an address that no other scenario uses. */
async function logoutAnswers(ctx: ScenarioContext): Promise<void> {
  const configured = ctx.target.world?.optout_service_configured;
  if (configured === undefined)
    throw new ContractError('not_applicable', 'the world does not say whether there is an opt-out service');
  const caller = ctx.caller('OPTOUT');
  const address = 'contract.logout@example.com';
  const answer = ctx.sealed
    ? await askSealed(ctx, '/v2/token/logout', { email: address }, { caller })
    : await askPlain(ctx, 'GET', `${ctx.prefix}/token/logout`, { caller, query: { email: address } });
  if (!configured) return expectText(answer, 500, 'Internal Server Error');
  if (ctx.sealed) return expectJson(answer, { body: { optout: 'OK' }, status: 'success' });
  if (ctx.target.flat) expectText(answer, 200, 'OK');
  else expectEqual({ sent: answer.sent }, 'status', answer.status, 200);
}

export const optOutScenarios = [
  ...theme('opt-out-status', 'advertiser', [
    ['nobody', 'R80', 'v2', 'unknown ids and test identities are not listed', notListed],
    [
      'somebody',
      'R80',
      'v2',
      'opted-out identities are listed in order, with the time in milliseconds',
      listed,
    ],
    [
      'refused',
      'R81',
      'v2',
      'a missing list, a value that is not a list and a list that is too long are refused',
      refuses,
    ],
  ]),
  ...theme('opt-out-status', 'sharer', [['sharer', 'R80', 'v2', 'a sharer may ask too', notListed]]),
  ...theme('logout', 'publisher', [
    ['refused', 'R82', 'v0 v2', 'logout refuses a missing and an invalid identifier', logoutRefuses],
    [
      'answer',
      'R82',
      'v0 v2',
      'logout succeeds with an opt-out service in the world, and is 500 without one',
      logoutAnswers,
    ],
  ]),
];
