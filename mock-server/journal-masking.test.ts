/** No secret, key, address or phone number is in the journal, wherever a request has it; tokens are. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealRequest } from '../contract-tests/wire/index.ts';
import { type MockOperator, startMockOperator } from './index.ts';
import { ask, bearer, clientGenerate, companyOf, embeddedWorld, get, post } from './testing/caller.ts';
import { type Dice, dice } from './testing/random.ts';
import { inWords, scaled } from './testing/scale.ts';
import { type Sent, closeConnections, inParallel, send } from './testing/wire-client.ts';

const world = embeddedWorld();

/** Everything of the world that nobody may see. */
const worldSecrets = [
  ...world.clients.flatMap(({ key, secret }) => [key, secret]),
  ...world.keyset_keys.map(({ secret }) => secret),
  ...world.client_side_keypairs.map(({ private_key }) => private_key),
  world.salts.first_level,
  world.salts.id_secret,
].filter((secret) => secret !== '');

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const word = (rolls: Dice, length: number): string =>
  Array.from({ length }, () => rolls.pick([...LETTERS])).join('');

const addressOf = (rolls: Dice): string =>
  `${word(rolls, 8)}${rolls.pick(['', '.', '+x', ' ', '"', '_1'])}${word(rolls, 3)}@${word(rolls, 6)}.${rolls.pick(['com', 'co.uk', 'de'])}`;

const phoneOf = (rolls: Dice): string =>
  `+4${Array.from({ length: 9 + rolls.below(6) }, () => rolls.below(10)).join('')}`;

/** Something that must not be shown. */
function secretOf(rolls: Dice): string {
  const kinds: (() => string)[] = [
    () => addressOf(rolls),
    () => phoneOf(rolls),
    () => sha256(addressOf(rolls)).toString('base64'),
    () => sha256(phoneOf(rolls)).toString('hex'),
    () => rolls.pick(worldSecrets),
  ];
  return rolls.pick(kinds)();
}

const escapedJson = (text: string): string =>
  JSON.stringify(text).replace(/[@+.]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);

const MEMBERS = [
  'email',
  'email_hash',
  'phone',
  'token',
  'identifier',
  'x',
  'advertising_ids',
  'api_key',
  'note',
];

function jsonOf(rolls: Dice, secret: string): string {
  const text = rolls.oneIn(3) ? escapedJson(secret) : JSON.stringify(secret);
  const member = JSON.stringify(rolls.pick(MEMBERS));
  const forms = [
    `{${member}:${text}}`,
    `{${member}:[${text},${text}]}`,
    `{${member}:{"a":[{"b":${text}}]}}`,
    `{${member}:${text},${member}:null}`,
    `{${text}:1}`,
    `{${member}:${JSON.stringify(`x ${secret} y`)}}`,
    `[${text}]`,
    `{${member}:${text}`,
  ];
  return rolls.pick(forms);
}

function bodyOf(rolls: Dice, secret: string): string | Uint8Array {
  const json = jsonOf(rolls, secret);
  const forms: (() => string | Uint8Array)[] = [
    () => json,
    () => json,
    () => secret,
    () => `email=${encodeURIComponent(secret)}&x=1`,
    () => `x=${encodeURIComponent(secret).replaceAll('.', '%2e')}`,
    () => `{"data": ${secret}`,
    () => Buffer.from(json).toString('base64'),
    () => Buffer.from(json, 'utf16le'),
    () => Buffer.concat([Buffer.from([0xff, 0x00, 0xfe]), Buffer.from(secret), Buffer.from([0xff])]),
    () => `--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n${secret}\r\n--x--`,
  ];
  return rolls.pick(forms)();
}

function sealedOf(rolls: Dice, secret: string, mock: MockOperator): string | Uint8Array {
  const payload = Buffer.from(jsonOf(rolls, secret));
  const key = Buffer.from(companyOf(mock).secret, 'base64');
  const sealed = sealRequest(key, payload, { timestampMs: mock.clock.now() });
  return rolls.oneIn(4) ? sealed : sealed.toString('base64');
}

const PATHS = ['/v1/token/generate', '/v1/identity/map', '/v1/token/refresh', '/token/logout', '/nowhere'];
const SEALED = [
  '/v2/token/generate',
  '/v2/identity/map',
  '/v3/identity/map',
  '/v2/token/validate',
  '/v2/optout/status',
];

/** A request that has a secret in some place. */
function requestWith(rolls: Dice, secret: string, mock: MockOperator): Sent {
  const headers = { ...bearer(companyOf(mock)) };
  const path = rolls.pick(PATHS);
  const name = rolls.pick(MEMBERS);
  const encoded = encodeURIComponent(secret);
  const raw = encoded
    .replaceAll('%40', '@')
    .replaceAll('%2B', '+')
    .replaceAll('%2F', '/')
    .replaceAll('%3D', '=');
  const type = rolls.pick([
    {},
    { 'content-type': 'application/octet-stream' },
    { 'content-type': 'application/json' },
  ]);
  const places: (() => Sent)[] = [
    () => ({ method: 'GET', headers, target: `${path}?${name}=${encoded}` }),
    () => ({ method: 'GET', headers, target: `${path}?${name}=${raw}` }),
    () => ({ method: 'GET', headers, target: `${path}?a=b&${encoded}` }),
    () => ({ method: 'GET', headers, target: `${path}?${name}=%zz${encoded}` }),
    () => ({ method: 'GET', headers, target: `/${encoded}/x` }),
    () => ({ method: 'GET', headers, target: `/${raw}` }),
    () => ({
      method: 'GET',
      headers: { ...headers, referer: `https://shop.example/?a=${encoded}` },
      target: path,
    }),
    () => ({ method: 'GET', headers: { ...headers, 'x-note': raw }, target: path }),
    () => ({
      method: 'GET',
      headers: { authorization: rolls.pick([raw, `Bearer ${raw}`, `Basic ${raw}`]) },
      target: path,
    }),
    () => ({ method: 'GET', headers: { 'x-api-key': raw, cookie: `a=${raw}` }, target: path }),
    () => ({ method: 'GET', headers: { origin: `https://${raw}` }, target: path }),
    () => ({ method: 'POST', headers: { ...headers, ...type }, target: path, body: bodyOf(rolls, secret) }),
    () => ({
      method: 'POST',
      headers: { ...headers, ...type },
      target: rolls.pick(SEALED),
      body: bodyOf(rolls, secret),
    }),
    () => ({
      method: 'POST',
      headers: { ...headers, ...type },
      target: rolls.pick(SEALED),
      body: sealedOf(rolls, secret, mock),
    }),
    () => ({
      method: 'POST',
      headers: { ...headers, ...type },
      target: rolls.pick(SEALED),
      body: sealedOf(rolls, secret, mock),
    }),
  ];
  return rolls.pick(places)();
}

/** All texts of a JSON value, names of members too. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, one]) => [name, ...textsIn(one)]);
}

const unescaped = (text: string): string =>
  text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** Whether a secret is in what was read from the journal, plainly or behind escapes or base64. */
function isShown(secret: string, read: unknown): boolean {
  const texts = textsIn(read);
  const decoded = texts.map((text) => Buffer.from(text, 'base64').toString('latin1').replaceAll('\0', ''));
  const all = [...texts, ...texts.map(unescaped), ...decoded].join('\n').toLowerCase();
  return all.includes(secret.toLowerCase()) || all.includes(encodeURIComponent(secret).toLowerCase());
}

const COUNT = scaled(20_000);
const ROUND = 2000;

describe('the journal', () => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator({ journal: 100_000 });
  });
  afterAll(async () => {
    closeConnections();
    await mock.close();
  });

  /** Sends some requests, and returns those whose secret is shown. */
  async function shownOf(rolls: Dice, count: number): Promise<unknown[]> {
    await mock.journal.clear();
    const streamed: unknown[] = [];
    const events = mock.journal.follow({ after: 0 });
    const following = (async () => {
      for await (const event of events) {
        streamed.push(event);
        if (event.path === '/end') break;
      }
    })();
    const all = Array.from({ length: count }, (_, index) => {
      const secret = secretOf(rolls);
      const { target, headers, ...rest } = requestWith(rolls, secret, mock);
      return { secret, sent: { ...rest, target, headers: { ...headers, 'x-index': String(index) } } };
    });
    await inParallel(count, async (index) => {
      const sent = all[index]?.sent;
      if (sent !== undefined) await send(mock.url, sent).catch(() => undefined);
    });
    await ask(mock, '/end');
    await following;
    const list = await mock.journal.list();
    expect(list.length).toBeGreaterThan(count * 0.9);
    const shown: unknown[] = [];
    for (const [place, { id }] of list.entries()) {
      const whole = await mock.journal.get(id);
      const one = all[Number(whole.request.headers['x-index'] ?? -1)];
      if (one !== undefined && isShown(one.secret, [list[place], streamed[place], whole])) {
        shown.push([one, whole]);
      }
    }
    return shown;
  }

  it(`shows no identity and no secret of ${inWords(COUNT)} random requests`, async () => {
    const rolls = dice();
    // the journal holds a few thousand of them
    for (let left = COUNT; left > 0; left -= ROUND) {
      expect((await shownOf(rolls, Math.min(left, ROUND))).slice(0, 3)).toEqual([]);
    }
  }, 1_800_000);

  it('keeps what a tester needs: tokens, sealed bytes, raw UIDs, domains and site ids', async () => {
    const credential = companyOf(mock);
    const email = 'someone@example.com';
    const { json } = await post(mock, '/v2/token/generate', { email });
    const { json: mapped } = await post(mock, '/v3/identity/map', { email: [email] });
    await get(mock, '/v1/token/validate', { token: json.body.advertising_token, email });
    await get(mock, '/v1/token/generate', { email, api_key: credential.key, since: '2026-01-31' });
    const ids = (await mock.journal.list()).slice(-4).map(({ id }) => id);
    const [generated, map, validated, second] = await Promise.all(ids.map((id) => mock.journal.get(id)));
    expect(generated?.answer.plain).toMatchObject({
      body: { advertising_token: json.body.advertising_token, refresh_token: json.body.refresh_token },
    });
    expect(map?.answer.plain).toEqual(mapped);
    expect(map?.request.plain).toEqual({ email: ['s…@example.com'] });
    expect(validated?.request.target).toBe(
      `/v1/token/validate?token=${json.body.advertising_token}&email=s…@example.com`,
    );
    expect(second?.request.target).toBe(
      '/v1/token/generate?email=s…@example.com&api_key=UID2-C-L-1001-…&since=2026-01-31',
    );
  });

  it('shows everything when it is asked to', async () => {
    await using open = await startMockOperator({ journalPlain: true });
    const credential = companyOf(open);
    const email = 'some.one@example.com';
    await post(open, '/v2/token/generate', { email });
    await get(open, '/v1/token/generate', { email }, { credential });
    await clientGenerate(open, { email_hash: sha256(email).toString('base64') });
    const list = await open.journal.list();
    const [sealed, plain, clientSide] = await Promise.all(list.map(({ id }) => open.journal.get(id)));
    expect(sealed?.request.plain).toEqual({ email });
    expect(sealed?.answer.plain).toMatchObject({
      body: { refresh_response_key: expect.stringMatching(/^.{43}=$/) },
    });
    expect(plain?.request).toMatchObject({
      target: '/v1/token/generate?email=some.one%40example.com',
      headers: { authorization: `Bearer ${credential.key}` },
    });
    expect(clientSide?.request.plain).toEqual({ email_hash: sha256(email).toString('base64') });
  });

  it('is read quickly where a request is long', async () => {
    const emails = Array.from({ length: 5000 }, (_, index) => `someone.${index}@example.com`);
    await post(mock, '/v2/identity/map', { email: emails });
    const bodies = [
      '@'.repeat(1_000_000),
      'a'.repeat(1_000_000),
      '1('.repeat(500_000),
      '%40'.repeat(333_000),
    ];
    for (const body of bodies) await ask(mock, '/v1/identity/map', { method: 'POST', body });
    for (const { id } of (await mock.journal.list()).slice(-5)) {
      const began = performance.now();
      await mock.journal.get(id);
      // a reading whose time grows with the square of the length takes minutes
      expect(performance.now() - began).toBeLessThan(10_000);
    }
  });
});
