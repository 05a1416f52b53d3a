import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockOperator, type MockOperator } from '../../mock-server/index.ts';
import { startOpeningProxy, startSealingProxy, type EnvelopeProxy } from './envelope-proxy.ts';
import { createClientV2 } from '../provider-states/client-v2.ts';

let mock: MockOperator;
let sealing: EnvelopeProxy;
/** In front of the sealing proxy: envelope to JSON to envelope, which is the operator's own API again. */
let opening: EnvelopeProxy;
let key: string;
let secret: string;

beforeAll(async () => {
  mock = await startMockOperator();
  key = mock.credentials[0]?.key ?? '';
  secret = mock.credentials[0]?.secret ?? '';
  const secrets = new Map([[key, secret]]);
  sealing = await startSealingProxy({ target: mock.url, secrets });
  opening = await startOpeningProxy({ target: sealing.url, secrets, responseKeys: sealing.responseKeys });
});

afterAll(async () => {
  await opening.close();
  await sealing.close();
  await mock.close();
});

const post = async (url: string, path: string, payload?: unknown, bearer = key) => {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text,
    json: () => JSON.parse(text),
  };
};

describe('sealing proxy', () => {
  it('turns the encrypted API into plain JSON', async () => {
    const answer = await post(sealing.url, '/v2/token/generate', { email: 'user@example.com' });
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(answer.json()).toMatchObject({
      body: { refresh_token: expect.stringMatching(/^.{388}$/) },
      status: 'success',
    });
  });

  it('sends an envelope without payload for a body without bytes', async () => {
    const answer = await post(sealing.url, '/v2/key/bidstream');
    expect(answer.json()).toMatchObject({ body: { identity_scope: 'UID2' }, status: 'success' });
  });

  it('refreshes the tokens that passed through it, any number of times', async () => {
    let { body } = (await post(sealing.url, '/v2/token/generate', { email: 'user@example.com' })).json();
    for (let round = 0; round < 2; round++) {
      const answer = await post(sealing.url, '/v2/token/refresh', { refresh_token: body.refresh_token });
      expect(answer.json()).toMatchObject({ status: 'success' });
      ({ body } = answer.json());
    }
  });

  it('leaves refusals, plain generations and unknown keys as the operator answers them', async () => {
    expect((await post(sealing.url, '/v2/token/generate', { email: 'user' })).json()).toMatchObject({
      status: 'client_error',
    });
    expect(await post(sealing.url, '/v2/token/generate', {}, 'unknown')).toMatchObject({ status: 401 });
    const plain = await fetch(`${sealing.url}/v1/token/generate?email=user@example.com`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(await plain.json()).toMatchObject({ status: 'success' });
    expect((await fetch(`${sealing.url}/nowhere`)).status).toBe(404);
  });

  it('answers 502 with the reason', async () => {
    const answer = await post(sealing.url, '/v2/token/refresh', { token: 5 });
    expect(answer).toMatchObject({
      status: 502,
      text: 'envelope proxy: body: expected JSON with a text refresh_token, got JSON without it',
    });
    const wrong = await startSealingProxy({ target: 'http://127.0.0.1:1', secrets: new Map() });
    expect(await post(wrong.url, '/v2/token/generate', {})).toMatchObject({ status: 502 });
    await wrong.close();
  });

  it('passes the refusal of a wrong secret', async () => {
    const secrets = new Map([[key, Buffer.alloc(32).toString('base64')]]);
    const wrong = await startSealingProxy({ target: mock.url, secrets });
    const answer = await post(wrong.url, '/v2/token/generate', { email: 'user@example.com' });
    await wrong.close();
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('Check encryption key') });
  });
});

describe('opening proxy', () => {
  it('is the inverse of the sealing proxy', async () => {
    const client = createClientV2(opening.url, key, secret);
    const generated = await client.call('/v2/token/generate', { email: 'user@example.com' });
    expect(generated).toMatchObject({ code: 200, json: { status: 'success' } });
    const { body } = generated.json as { body: { refresh_token: string; refresh_response_key: string } };
    const refreshed = await client.refresh(body.refresh_token, body.refresh_response_key);
    expect(refreshed).toMatchObject({ code: 200, json: { status: 'success' } });
    expect(await client.call('/v2/key/sharing')).toMatchObject({ code: 200, json: { status: 'success' } });
    expect(await client.call('/v2/token/generate', {})).toMatchObject({
      code: 400,
      json: { status: 'client_error' },
    });
  });

  it('does not open an envelope that was sealed with another secret', async () => {
    const client = createClientV2(opening.url, key, Buffer.alloc(32).toString('base64'));
    await expect(client.call('/v2/token/generate', {})).rejects.toThrow(/JSON/);
  });
});
