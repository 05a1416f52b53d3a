/** Thousands of hostile bodies for the encrypted API: each gets exactly the refusal of the protocol. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealClientGenerate } from '../contract-tests/wire/index.ts';
import { type MockOperator, startMockOperator } from './index.ts';
import { bearer, companyOf, embeddedKeys, post } from './testing/caller.ts';
import {
  type HostileBody,
  REFRESH_REFUSED,
  hostileBody,
  hostileRefreshBody,
  messagesOf,
  sealedWrapper,
} from './testing/hostile-bodies.ts';
import { type Dice, dice } from './testing/random.ts';
import { inWords, scaled } from './testing/scale.ts';
import { closeConnections, inParallel, send } from './testing/wire-client.ts';

const sealedEndpoints = [
  '/v2/token/generate',
  '/v2/token/validate',
  '/v2/token/logout',
  '/v2/identity/buckets',
  '/v2/identity/map',
  '/v3/identity/map',
  '/v2/key/latest',
  '/v2/key/sharing',
  '/v2/key/bidstream',
  '/v2/optout/status',
];

const bodies = scaled(20_000);
const refreshBodies = scaled(4000);
const altered = scaled(20_000);

const rejections: unknown[] = [];
const noteRejection = (reason: unknown): void => {
  rejections.push(reason);
};
beforeAll(() => process.on('unhandledRejection', noteRejection));
afterAll(() => {
  process.off('unhandledRejection', noteRejection);
  closeConnections();
  expect(rejections).toEqual([]);
});

const MIB = 1_048_576;
const clientError = (message: string): string => JSON.stringify({ message, status: 'client_error' });

/** Content types of text, which must not matter; those of forms do (`http/form.test.ts`). */
const TEXT_TYPES = ['text/plain', 'application/json', 'application/octet-stream; x=y'];

function contentType(rolls: Dice, { binary }: HostileBody): Record<string, string> {
  if (binary) return { 'content-type': rolls.pick(['application/octet-stream', 'Application/Octet-Stream']) };
  return rolls.oneIn(4) ? {} : { 'content-type': rolls.pick(TEXT_TYPES) };
}

describe.each(['local', 'current', 'v5.56'] as const)('on %s', (profile) => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator({ profile });
  });
  afterAll(() => mock.close());

  const authorized = () => bearer(companyOf(mock));
  const problem = (request: object, expected: string, got: { status: number; body: string }): string =>
    `${JSON.stringify(request)}\n  expected ${expected}\n  got ${got.status} ${got.body}`;

  it(`${inWords(bodies)} bodies without a good envelope get the exact refusal`, async () => {
    const rolls = dice();
    const wrong: string[] = [];
    const counts = new Map<string, number>();
    const secret = Buffer.from(companyOf(mock).secret, 'base64');
    await inParallel(bodies, async () => {
      const hostile = hostileBody(rolls, { secret, now: mock.clock.now(), profile });
      const target = rolls.pick(sealedEndpoints);
      const headers = { ...authorized(), ...contentType(rolls, hostile) };
      const got = await send(mock.url, { method: 'POST', target, headers, body: hostile.body });
      const expected = clientError(hostile.message);
      counts.set(hostile.message, (counts.get(hostile.message) ?? 0) + 1);
      if (got.status !== 400 || got.body !== expected) {
        wrong.push(
          problem({ target, ...hostile, body: Buffer.from(hostile.body).toString('latin1') }, expected, got),
        );
      }
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    const { missing, notBase64, tooShort, key, clock, payload } = messagesOf(profile);
    for (const message of [missing, notBase64, tooShort, key, clock, payload]) {
      expect(counts.get(message), message).toBeGreaterThan(0);
    }
  });

  it(`${inWords(refreshBodies)} bodies that are no refresh token get the exact refusal`, async () => {
    const rolls = dice();
    const wrong: string[] = [];
    const { body } = (await post(mock, '/v2/token/generate', { email: 'user@example.com', policy: 1 })).json;
    const keyIds = new Set(embeddedKeys.keys());
    await inParallel(refreshBodies, async () => {
      const hostile = hostileRefreshBody(rolls, body.refresh_token, keyIds);
      const got = await send(mock.url, { method: 'POST', target: '/v2/token/refresh', body: hostile.body });
      const status = hostile.message === REFRESH_REFUSED ? 'error' : 'client_error';
      const expected = JSON.stringify({ message: hostile.message, status });
      // the operators call too short and altered tokens an unknown error; local never does (§8.2.3)
      const isFailure =
        profile !== 'local' &&
        status === 'error' &&
        got.status === 500 &&
        got.body.includes('refreshing token v2');
      if (!isFailure && (got.status !== 400 || got.body !== expected)) {
        wrong.push(
          problem({ ...hostile, body: Buffer.from(hostile.body).toString('latin1') }, expected, got),
        );
      }
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it.each(['{}', '[]', '"x"', 'x', '{"refresh_token":"x"}'])('a wrapper of %s is refused', async (json) => {
    const key = { id: 102, secret: embeddedKeys.get(102) ?? Buffer.alloc(0) };
    const body = sealedWrapper(key, json);
    expect(body).toHaveLength(388);
    expect(await send(mock.url, { method: 'POST', target: '/v2/token/refresh', body })).toEqual({
      status: 400,
      body: clientError('Invalid format: Payload is not valid json or missing required data.'),
    });
  });

  it.each(['{"refresh_token":1,"refresh_response_key":"AA=="}', '{"refresh_response_key":"AA=="}'])(
    'a wrapper of %s holds no token that can be refreshed',
    async (json) => {
      const key = { id: 102, secret: embeddedKeys.get(102) ?? Buffer.alloc(0) };
      const answer = await send(mock.url, {
        method: 'POST',
        target: '/v2/token/refresh',
        body: sealedWrapper(key, json),
      });
      expect(answer).toEqual({
        status: 400,
        body: JSON.stringify({ message: 'Error refreshing token', status: 'error' }),
      });
    },
  );

  it(`${inWords(altered)} altered requests of client-side generation get a refusal of Protocol §8.5`, async () => {
    const rolls = dice();
    const wrong: string[] = [];
    const [keypair] = mock.clientSideKeypairs;
    const refusals = [
      [400, 'json payload is not valid'],
      [400, 'json payload expected but not found'],
      [500, 'Unknown error while handling client side token generate'],
      [400, 'bad subscription_id'],
      [403, 'unexpected app name'],
      [403, 'unexpected http origin'],
      [400, 'required parameters: payload, iv, public_key'],
      [400, 'bad public key'],
      [400, 'bad iv'],
      [400, 'payload decryption failed'],
    ] as const;
    const messages = new Set<string>();
    const made = Array.from({ length: 20 }, () =>
      sealClientGenerate({
        subscriptionId: keypair?.subscription_id ?? '',
        serverPublicKey: keypair?.public_key ?? '',
        payload: { email_hash: 'LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI=' },
        timestampMs: mock.clock.now(),
      }),
    );
    await inParallel(altered, async () => {
      const body = Buffer.from(JSON.stringify(rolls.pick(made).body));
      const at = rolls.below(body.length);
      if (rolls.oneIn(4)) body.fill(rolls.below(256), at, Math.min(body.length, at + 1 + rolls.below(20)));
      else body.writeUInt8(body.readUInt8(at) ^ (1 << rolls.below(8)), at);
      const sent = rolls.oneIn(6) ? body.subarray(0, at) : body;
      const headers = { origin: 'https://example.com' };
      const got = await send(mock.url, {
        method: 'POST',
        target: '/v2/token/client-generate',
        headers,
        body: sent,
      });
      const known = refusals.find(
        ([status, text]) => got.status === status && got.body.includes(`"${text}"`),
      );
      // a change of unused bits in base64, or of the case of a name, may have no effect
      if (known) messages.add(known[1]);
      else if (got.status !== 200)
        wrong.push(problem({ body: sent.toString('latin1') }, 'a refusal of §8.5', got));
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    for (const text of [
      'json payload is not valid',
      'bad subscription_id',
      'bad public key',
      'payload decryption failed',
    ]) {
      expect([...messages]).toContain(text);
    }
  });

  it.each([...sealedEndpoints, '/v2/token/refresh', '/v2/token/client-generate', '/v1/identity/map'])(
    '%s: 1 MiB is read, one byte more is 413 even without a key',
    async (target) => {
      if (profile === 'current' && target.startsWith('/v1')) return;
      const ask = (length: number, headers: Record<string, string>) =>
        send(mock.url, { method: 'POST', target, headers, body: Buffer.alloc(length, 'A') });
      for (const headers of [authorized(), {}]) {
        expect(await ask(MIB + 1, headers)).toEqual({ status: 413, body: 'Request Too Long' });
      }
      const { status } = await ask(MIB, authorized());
      expect(status).not.toBe(413);
      if (sealedEndpoints.includes(target)) {
        expect(await ask(MIB, authorized())).toEqual({
          status: 400,
          body: clientError(messagesOf(profile).version(0)),
        });
        expect((await ask(MIB, {})).status).toBe(401);
      }
    },
  );
});

it('an unknown error names only its endpoint', async () => {
  const mock = await startMockOperator();
  // by then the keys have expired
  await mock.clock.set(Date.UTC(2039, 0, 1));
  const answer = await post(mock, '/v2/token/generate', { email: 'user@example.com' });
  expect(answer).toMatchObject({
    status: 500,
    json: { message: 'No active encryption key available', status: 'unknown' },
  });
  await mock.close();
});
