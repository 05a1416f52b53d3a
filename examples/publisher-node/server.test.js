import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startMockOperator } from 'uid2-mock-operator';
import { buildServer } from './server.js';
import { uid2Client } from './uid2.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let operator;
let app;
let elapsed;

/** Time passes for the operator and for the server alike. */
async function pass(ms) {
  elapsed += ms;
  await operator.clock.advance(ms);
}

before(async () => {
  // requests are sealed with the time of this machine, wherever the operator's clock is moved
  operator = await startMockOperator({ profile: 'current', envelopeClock: 'real' });
});
after(() => operator.close());

beforeEach(async () => {
  await operator.reset();
  await operator.journal.clear();
  elapsed = 0;
  const { key, secret } = operator.credentialFor('GENERATOR');
  const uid2 = uid2Client({ baseUrl: operator.url, apiKey: key, clientSecret: secret });
  app = buildServer({ uid2, now: () => Date.now() + elapsed });
});

async function logIn(email) {
  const answer = await app.inject({ method: 'POST', url: '/login', payload: { email } });
  const session = answer.headers['set-cookie'].split(';')[0];
  const visit = async () => (await app.inject({ url: '/', headers: { cookie: session } })).json();
  return { token: answer.json().advertisingToken, session, visit };
}

/** The last parts of the paths that the operator was asked for, such as `generate`. */
const asked = async () => (await operator.journal.list()).map(({ path }) => path.split('/').at(-1));

test('a visitor logs in and keeps the token until it should be refreshed', async () => {
  const { token, visit } = await logIn('jane@example.com');
  assert.ok(token);
  await pass(14 * MINUTE);
  assert.deepEqual(await visit(), { loggedIn: true, optedOut: false, advertisingToken: token });
  assert.deepEqual(await asked(), ['generate']);
});

test('the token is refreshed from refresh_from on, once for pages that are loaded at once', async () => {
  const { token, visit } = await logIn('jane@example.com');
  await pass(16 * MINUTE);
  const pages = await Promise.all([visit(), visit(), visit()]);
  const tokens = new Set(pages.map((page) => page.advertisingToken));
  assert.equal(tokens.size, 1);
  assert.ok(!tokens.has(token) && !tokens.has(undefined));
  assert.deepEqual(await asked(), ['generate', 'refresh']);
});

test('a visitor who returns after refresh_expires gets tokens anew', async () => {
  const { token, visit } = await logIn('jane@example.com');
  await pass(25 * HOUR);
  const { advertisingToken } = await visit();
  assert.ok(advertisingToken && advertisingToken !== token);
  assert.deepEqual(await asked(), ['generate', 'generate']);
});

test('a refresh token that the operator refuses is replaced by a new identity', async () => {
  // as after a change of operators: the first tokens were sealed with keys that this one does not have
  await operator.faults.add({ route: '/v2/token/generate', token: 'foreign', times: 1 });
  const { visit } = await logIn('jane@example.com');
  await pass(16 * MINUTE);
  assert.ok((await visit()).advertisingToken);
  assert.deepEqual(await asked(), ['generate', 'refresh', 'generate']);
});

test('a visitor who opts out gets no token, and the operator is not asked again', async () => {
  const { visit } = await logIn('leaves@example.com');
  await operator.optOuts.add({ email: 'leaves@example.com' });
  await pass(16 * MINUTE);
  assert.deepEqual(await visit(), { loggedIn: true, optedOut: true });
  await pass(2 * HOUR);
  assert.deepEqual(await visit(), { loggedIn: true, optedOut: true });
  assert.deepEqual(await asked(), ['generate', 'refresh']);
});

test('a visitor who has opted out before logs in without a token', async () => {
  const { token, visit } = await logIn('optout@example.com');
  assert.equal(token, undefined);
  assert.equal((await visit()).optedOut, true);
});

test('the token is kept while the operator is away, as long as it is valid', async () => {
  const { token, visit } = await logIn('jane@example.com');
  const [fault] = await operator.faults.add({ status: 503 });
  await pass(16 * MINUTE);
  assert.equal((await visit()).advertisingToken, token);
  await pass(45 * MINUTE);
  assert.equal((await visit()).advertisingToken, undefined);
  await operator.faults.remove(fault.id);
  assert.ok((await visit()).advertisingToken);
});

test('a visitor can log in while the operator is away', async () => {
  await operator.faults.add({ status: 503, times: 1 });
  const { token, visit } = await logIn('jane@example.com');
  assert.equal(token, undefined);
  assert.ok((await visit()).advertisingToken);
});

test('an answer that was sealed for another request is not taken', async () => {
  await operator.faults.add({ nonce: 'wrong', times: 1 });
  assert.equal((await logIn('jane@example.com')).token, undefined);
});

test('logging out forgets the visitor and asks the operator nothing', async () => {
  const { session, visit } = await logIn('jane@example.com');
  const { headers } = await app.inject({ method: 'POST', url: '/logout', headers: { cookie: session } });
  assert.match(headers['set-cookie'], /^session=; .*Max-Age=0$/);
  assert.deepEqual(await visit(), { loggedIn: false });
  assert.deepEqual(await asked(), ['generate']);
});
