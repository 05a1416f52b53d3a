/** Prebid.js with its UID2 module, on publishers' pages in headless Chromium, against the started binary. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { startMockBinary, startProxyBinary, type MockBinary } from './mock-binary.ts';
import { installPrebid, PublisherSite, type Visit } from './prebid-browser.ts';
import { generate, isTokenOf, optOut, type Identity } from './publisher-server.ts';
import { prepare, readyOrSkip, type Prepared } from './runtime.ts';
import { requestsOf } from './sdk-checks.ts';

const own = 'www.example.com';
const shop = 'shop.example.com';
const foreign = 'www.example.org';

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

/** The number of tests below, each way; in CI none may be missing. */
const committedTests = 2 * 19;
let visits = 0;

let operator: MockBinary;
let site: Prepared<PublisherSite> | undefined;

beforeAll(async () => {
  site = await prepare('Prebid.js in Chromium', async () =>
    PublisherSite.open(await installPrebid(), [own, shop, foreign]),
  );
});

afterAll(async () => {
  if (site !== undefined && 'ready' in site) await site.ready.close();
  if (process.env['CI'] === 'true') expect(visits).toBe(committedTests);
});

/** A visit to one of the hosts, closed when the test ends; skips the test where there is no browser. */
async function visit(context: TestContext, host = own): Promise<Visit> {
  const page = await readyOrSkip(site, context).visit(host, operator.url);
  visits += 1;
  context.onTestFinished(() => page.close());
  return page;
}

/** An identity that an operator of the same seed issued this long ago. */
async function issuedAgo(email: string, agoMs: number): Promise<Identity> {
  const past = await startMockBinary('--now', new Date(Date.now() - agoMs).toISOString());
  try {
    return await generate(past, email, agoMs);
  } finally {
    await past.stop();
  }
}

/** Ages at which an identity is due for refresh, expired, or too old to be refreshed. */
async function ages() {
  const now = Date.now();
  const fresh = await generate(operator, 'ages@example.com');
  const between = (from: number, to: number) => Math.round((from + to) / 2) - now;
  return {
    due: between(fresh.refresh_from, fresh.identity_expires),
    expired: between(fresh.identity_expires, fresh.refresh_expires),
    beyondRefresh: fresh.refresh_expires - now + 60_000,
  };
}

const eventually = (read: () => unknown) => expect.poll(read, { timeout: 15_000, interval: 50 });
const refreshed = { method: 'POST', path: '/v2/token/refresh', status: 200, body: '' };
const generated = { method: 'POST', path: '/v2/token/client-generate', status: 200, body: '' };

describe('Prebid.js', () => {
  beforeAll(async () => {
    operator = await startMockBinary();
  });
  afterAll(() => operator.stop());

  describePages();
});

describe('Prebid.js, through a proxy', () => {
  let mock: MockBinary;
  beforeAll(async () => {
    mock = await startMockBinary();
    operator = await startProxyBinary(mock, '--profile', 'local');
  });
  afterAll(async () => {
    await operator.stop();
    await mock.stop();
  });

  describePages();

  test('its refusals are explained', async (context) => {
    readyOrSkip(site, context);
    const refused = (await requestsOf(operator)).filter(({ status }) => (status ?? 500) >= 400);
    expect(refused.length).toBeGreaterThan(4);
    expect(refused.filter(({ reason }) => reason === 'served')).toEqual([]);
  });
});

function describePages(): void {
  describe('an identity from the server', () => {
    test('is kept without a request', async (context) => {
      const page = await visit(context);
      const identity = await generate(operator, 'kept@example.com');
      await page.configure({ uid2ApiBase: operator.url, uid2Token: identity });
      await eventually(async () => (await page.state()).uid2).toEqual({ id: identity.advertising_token });
      const { eids } = await page.state();
      expect(eids.map((eid) => [eid.source, eid.uids.map((uid) => uid.id)])).toEqual([
        ['uidapi.com', [identity.advertising_token]],
      ]);
      expect(page.calls).toEqual([]);
    });

    for (const age of ['due', 'expired'] as const) {
      test(`is refreshed when ${age}, and the new one is kept`, async (context) => {
        const page = await visit(context);
        const user = { email: `${age}@example.com` };
        const identity = await issuedAgo(user.email, (await ages())[age]);
        const params = { uid2ApiBase: operator.url, uid2Token: identity };
        await page.configure(params);
        await eventually(async () => (await page.state()).uid2?.id).not.toBeOneOf([
          undefined,
          identity.advertising_token,
        ]);
        const token = (await page.state()).uid2?.id ?? '';
        expect(await isTokenOf(operator, user, token)).toBe(true);
        expect(page.calls).toEqual([refreshed]);
        await page.comeBack();
        await page.configure(params);
        await eventually(async () => (await page.state()).uid2).toEqual({ id: token });
        expect(page.calls).toEqual([]);
      });
    }

    test('is dropped without a request after its refresh lifetime', async (context) => {
      const page = await visit(context);
      const identity = await issuedAgo('old@example.com', (await ages()).beyondRefresh);
      await page.configure({ uid2ApiBase: operator.url, uid2Token: identity });
      await page.settled();
      expect((await page.state()).uid2).toBeNull();
      expect(page.calls).toEqual([]);
    });

    test('ends when refresh answers optout', async (context) => {
      const page = await visit(context);
      const identity = await issuedAgo('refresh-optout@example.com', (await ages()).due);
      await expectEnded(page, { uid2ApiBase: operator.url, uid2Token: identity });
    });

    test('ends when the user has opted out since', async (context) => {
      const page = await visit(context);
      const identity = await issuedAgo('leaving@example.com', (await ages()).expired);
      await optOut(operator, 'leaving@example.com');
      await expectEnded(page, { uid2ApiBase: operator.url, uid2Token: identity });
    });

    test('stays as it was when its refresh is refused', async (context) => {
      const page = await visit(context);
      const identity = await issuedAgo('refused@example.com', (await ages()).due);
      const refresh_token = [...identity.refresh_token].reverse().join('').replaceAll('=', 'A');
      await page.configure({ uid2ApiBase: operator.url, uid2Token: { ...identity, refresh_token } });
      await eventually(() => page.calls.map((call) => call.status)).toEqual([400]);
      await eventually(async () => (await page.state()).problems.join()).toContain('error refreshing token');
      expect((await page.state()).uid2).toEqual({ id: identity.advertising_token });
    });
  });

  describe('client-side generation', () => {
    const email = 'client.side@example.com';
    const phone = '+12065550199';
    const identifiers = {
      email: { email },
      emailHash: { email_hash: sha256(email) },
      phone: { phone },
      phoneHash: { phone_hash: sha256(phone) },
    };

    for (const [name, user] of Object.entries(identifiers)) {
      test(`gives a token for a publisher's ${name}, and keeps it`, async (context) => {
        const page = await visit(context);
        const params = clientSide({ [name]: Object.values(user)[0] });
        const token = await expectToken(page, params);
        expect(await isTokenOf(operator, user, token)).toBe(true);
        expect(page.calls).toEqual([generated]);
        await page.comeBack();
        expect(await expectToken(page, params)).toBe(token);
        expect(page.calls).toEqual([]);
      });
    }

    test('starts anew for another user', async (context) => {
      const page = await visit(context);
      const first = await expectToken(page, clientSide({ email }));
      await page.comeBack();
      await page.configure(clientSide({ email: 'another@example.com' }));
      await eventually(() => page.calls).toEqual([generated]);
      await eventually(async () => (await page.state()).uid2?.id).not.toBeOneOf([undefined, first]);
    });

    test('reports an opt-out', async (context) => {
      const page = await visit(context);
      await page.configure(clientSide({ email: 'optout@example.com' }));
      await expectOptedOut(page);
      expect(page.calls).toEqual([generated]);
    });

    for (const host of [shop, 'localhost']) {
      test(`is open to ${host}`, async (context) => {
        const page = await visit(context, host);
        await expectToken(page, clientSide({ email }));
      });
    }

    for (const host of [foreign, '127.0.0.1']) {
      test(`is refused to ${host}, which is not the publisher's`, async (context) => {
        const page = await visit(context, host);
        const body = '{"message":"unexpected http origin","status":"invalid_http_origin"}';
        await expectRefused(page, clientSide({ email }), 403, body);
      });
    }

    test('is refused without a known subscription', async (context) => {
      const page = await visit(context);
      const params = { ...clientSide({ email }), subscriptionId: 'unknown' };
      await expectRefused(page, params, 400, '{"message":"bad subscription_id","status":"client_error"}');
    });

    test("is refused with a public key that is not the publisher's", async (context) => {
      const page = await visit(context);
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const serverPublicKey = `UID2-X-L-${publicKey.export({ format: 'der', type: 'spki' }).toString('base64')}`;
      const params = { ...clientSide({ email }), serverPublicKey };
      await expectRefused(
        page,
        params,
        400,
        '{"message":"payload decryption failed","status":"client_error"}',
      );
    });
  });
}

async function expectOptedOut(page: Visit): Promise<void> {
  await eventually(async () => (await page.state()).uid2).toEqual({ optout: true });
  expect((await page.state()).eids).toEqual([]);
}

/** One refresh replaces the identity with an opt-out, and later visits do not ask again. */
async function expectEnded(page: Visit, params: object): Promise<void> {
  await page.configure(params);
  await expectOptedOut(page);
  expect(page.calls).toEqual([refreshed]);
  await page.comeBack();
  await page.configure(params);
  await expectOptedOut(page);
  expect(page.calls).toEqual([]);
}

/** Prebid's parameters for client-side generation with the publisher's key pair. */
function clientSide(identifier: object) {
  const { site_id } = operator.credential('Example Publisher');
  const pair = operator.client_side_keypairs.find((each) => each.site_id === site_id);
  if (pair === undefined) throw new Error(`client_side_keypairs: expected one of site ${site_id}, got none`);
  return {
    uid2ApiBase: operator.url,
    subscriptionId: pair.subscription_id,
    serverPublicKey: pair.public_key,
    ...identifier,
  };
}

async function expectToken(page: Visit, params: object): Promise<string> {
  await page.configure(params);
  await eventually(async () => (await page.state()).uid2).toEqual({ id: expect.any(String) });
  return (await page.state()).uid2?.id ?? '';
}

/** The page gets no token and can read the refusal, which needs CORS headers on it. */
async function expectRefused(page: Visit, params: object, status: number, body: string): Promise<void> {
  await page.configure(params);
  await eventually(() => page.calls).toEqual([{ ...generated, status, body }]);
  const { message } = JSON.parse(body);
  await eventually(async () => (await page.state()).problems.join()).toContain(message);
  expect((await page.state()).uid2).toBeNull();
}
