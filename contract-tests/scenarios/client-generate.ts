/** POST /v2/token/client-generate (Protocol §8.5). */
import { ContractError } from '../spec/contract-error.ts';
import {
  emailHash,
  identityHash,
  isPhone,
  ORDINARY_EMAIL,
  ORDINARY_PHONE,
  phoneHash,
} from '../target/identities.ts';
import type { Answer, Tokens } from '../check/answer.ts';
import {
  clientError,
  expectEqual,
  expectError,
  expectJson,
  expectText,
  expectThat,
} from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import { operatorTime } from '../context/calibration.ts';
import type { ScenarioContext } from '../context/context.ts';
import { expectRandom, expectRandomIvs } from '../context/ivs.ts';
import { ask, generates, guard, hash, ordinary, PATH, site } from '../steps/client-side.ts';
import { ORIGIN } from '../steps/http-requests.ts';
import { openAdvertisingToken, openRefreshToken } from '../steps/open-tokens.ts';
import { optedOutInWorld, optOutIdentities, refreshOptOutIdentities } from '../steps/test-identities.ts';
import { askRefresh, expectOptOut, refresh } from '../steps/tokens.ts';
import { expectedRawUid } from '../steps/uids.ts';
import { theme } from './theme.ts';

async function tokensAndBits(ctx: ScenarioContext): Promise<void> {
  for (const identity of [
    emailHash(ORDINARY_EMAIL),
    ...(ctx.target.phone ? [phoneHash(ORDINARY_PHONE)] : []),
  ]) {
    const first = await generates(ctx, hash(identity));
    for (const tokens of [first, await refresh(ctx, first)]) {
      const check = {
        sent: tokens.answer.sent,
        cause: 'the site, the privacy bits or the identity of client-side tokens',
      };
      const inner = openRefreshToken(ctx, tokens);
      if (inner)
        expectEqual(
          check,
          'privacy bits and site of the refresh token',
          [inner.privacy_bits, inner.site_id],
          [3, site(ctx).siteId ?? inner.site_id],
        );
      if (ctx.keys.size === 0) continue;
      const found = await openAdvertisingToken(ctx, tokens.advertisingToken, tokens.answer.sent);
      const siteId = site(ctx).siteId ?? found.site_id;
      expectEqual(check, 'privacy bits and site', [found.privacy_bits, found.site_id], [3, siteId]);
      const age = operatorTime(ctx) - found.established;
      expectThat(check, Math.abs(age) < 60_000, 'established now', `${String(age)} ms ago`);
      const uid = await expectedRawUid(ctx, identity);
      if (uid !== undefined) expectEqual(check, 'raw UID', found.raw_uid, uid);
      expectEqual(check, 'identity type', found.identity_type, isPhone(identity) ? 1 : 0);
    }
  }
  const hex = identityHash(emailHash(ORDINARY_EMAIL)).toString('hex');
  await generates(ctx, { email_hash: hex });
}

function requireNameCheck(ctx: ScenarioContext): void {
  const { world } = ctx.target;
  if (world?.client_side_token_generate_domain_name_check === false) {
    throw new ContractError('not_applicable', 'domain and app names are not checked in this world');
  }
}

async function origins(ctx: ScenarioContext): Promise<void> {
  requireNameCheck(ctx);
  const { domain, isRegistrable } = site(ctx);
  const good = [
    `http://${domain}`,
    `https://${domain}:8443`,
    `https://www.${domain}`,
    `https://${domain.toUpperCase()}`,
  ];
  for (const origin of good) await generates(ctx, ordinary, { origin });
  const bad = [
    'https://elsewhere.example',
    `https://${domain}.elsewhere.example`,
    domain,
    'null',
    `foo://${domain}`,
    null,
    'https://192.0.2.1',
  ];
  if (domain !== 'localhost' && isRegistrable) bad.push('https://com', `https://not${domain}`);
  for (const origin of bad) {
    expectError(await ask(ctx, ordinary, { origin }), 403, 'invalid_http_origin', 'unexpected http origin');
  }
}

async function apps(ctx: ScenarioContext): Promise<void> {
  requireNameCheck(ctx);
  const { appNames, origin } = site(ctx);
  for (const name of appNames.slice(0, 2)) {
    await generates(ctx, ordinary, { appName: name, origin: null });
    await generates(ctx, ordinary, { appName: name.toUpperCase(), origin });
  }
  for (const [appName, from] of [
    ['com.elsewhere.app', null],
    ['com.elsewhere.app', origin],
    ['', origin],
  ] as const) {
    expectError(
      await ask(ctx, ordinary, { appName, origin: from }),
      403,
      'invalid_app_name',
      'unexpected app name',
    );
  }
}

async function subscriptions(ctx: ScenarioContext): Promise<void> {
  for (const value of ['unknown', '', null, 5]) {
    clientError(await ask(ctx, ordinary, { override: { subscription_id: value } }), 'bad subscription_id');
  }
  clientError(await ask(ctx, ordinary, { omit: ['subscription_id'] }), 'bad subscription_id');
  const off = ctx.target.keypairs.find((pair) => pair.disabled === true);
  if (off)
    expectError(
      await ask(ctx, ordinary, { subscriptionId: off.subscription_id, serverPublicKey: off.public_key }),
      401,
      'unauthorized',
      'Unauthorized',
    );
}

async function parameters(ctx: ScenarioContext): Promise<void> {
  for (const name of ['payload', 'iv', 'public_key']) {
    clientError(await ask(ctx, ordinary, { omit: [name] }), 'required parameters: payload, iv, public_key');
    clientError(
      await ask(ctx, ordinary, { override: { [name]: null } }),
      'required parameters: payload, iv, public_key',
    );
  }
  for (const value of ['', 'AAAA', '!!'])
    clientError(await ask(ctx, ordinary, { override: { public_key: value } }), 'bad public key');
  clientError(
    await ask(ctx, ordinary, { override: { public_key: site(ctx).serverPublicKey } }),
    'bad public key',
  );
  for (const ivBytes of [11, 13]) clientError(await ask(ctx, ordinary, { ivBytes }), 'bad iv');
  clientError(await ask(ctx, ordinary, { override: { iv: '!!' } }), 'bad iv');
  for (const options of [
    ...['', '!!', 'AAAA'].map((payload) => ({ override: { payload } })),
    { payloadEncoding: 'base64url' as const },
  ])
    clientError(await ask(ctx, ordinary, options), 'payload decryption failed');
}

async function bound(ctx: ScenarioContext): Promise<void> {
  for (const options of [
    { aadTimestampShift: 1 },
    { aadText: '' },
    { aadAppName: 'com.example.other' },
    { flipPayloadByte: 0 },
    { flipPayloadByte: -1 },
  ]) {
    clientError(await ask(ctx, ordinary, options), 'payload decryption failed');
  }
  for (const age of [-3_600_000, 3_600_000])
    await generates(ctx, ordinary, { timestampMs: Date.now() + age });
  await generates(ctx, ordinary, { timestampAsString: true });
}

async function payloads(ctx: ScenarioContext): Promise<void> {
  const one = ctx.target.phone
    ? 'please provide exactly one of: email_hash, phone_hash'
    : 'please provide email_hash';
  for (const payload of [{}, { email: ORDINARY_EMAIL }, { email_hash: null }])
    clientError(await ask(ctx, payload), one);
  if (ctx.target.phone) {
    clientError(await ask(ctx, { ...ordinary, ...hash(phoneHash(ORDINARY_PHONE)) }), one);
    clientError(await ask(ctx, { phone_hash: 'abc' }), 'Invalid Identifier');
  }
  for (const value of ['abc', '', 5])
    clientError(await ask(ctx, { email_hash: value }), 'Invalid Identifier');
  for (const text of ['no JSON', '[1]', '""', ''])
    clientError(await ask(ctx, text), 'encrypted payload contains invalid json');
  await generates(ctx, { ...ordinary, unknown: 1 });
}

async function optedOut(ctx: ScenarioContext): Promise<void> {
  for (const identity of [...optOutIdentities(ctx), ...optedOutInWorld(ctx)].filter((one) =>
    one.kind.endsWith('hash'),
  )) {
    expectJson(await ask(ctx, hash(identity)), { status: 'optout' });
  }
  for (const identity of refreshOptOutIdentities(ctx).filter((one) => one.kind.endsWith('hash'))) {
    const tokens = await generates(ctx, hash(identity));
    expectOptOut(ctx, await askRefresh(ctx, tokens.refreshToken, { responseKey: tokens.responseKey }));
  }
}

const FAILED = 'Unknown error while handling client side token generate';

/** Refusals that do not need a key pair. */
async function bareBodies(ctx: ScenarioContext): Promise<void> {
  if (!ctx.target.clientGenerate)
    throw new ContractError('not_applicable', 'client-side generation is off on this target');
  const post = (body: string): Promise<Answer> =>
    askPlain(ctx, 'POST', PATH, { headers: { origin: ORIGIN }, body });
  for (const body of ['{"broken"', 'text']) clientError(await post(body), 'json payload is not valid');
  for (const body of ['', 'null']) clientError(await post(body), 'json payload expected but not found');
  for (const body of ['{}', '{"subscription_id":"unknown"}', '{"subscription_id":null}'])
    clientError(await post(body), 'bad subscription_id');
  clientError(await askPlain(ctx, 'POST', PATH, { body: '{}' }), 'bad subscription_id');
  for (const body of ['[]', '5']) expectError(await post(body), 500, 'unknown', FAILED);
  const tooMuch = 'A'.repeat(ctx.target.world?.max_request_body_bytes ?? 1_048_576);
  expectText(await post(`{"x":"${tooMuch}"}`), 413, 'Request Too Long');
}

async function bodies(ctx: ScenarioContext): Promise<void> {
  for (const override of [{ unknown: 1 }, { timestamp: 'soon' }])
    expectError(await ask(ctx, ordinary, { override }), 500, 'unknown', FAILED);
}

async function noKey(ctx: ScenarioContext): Promise<void> {
  await generates(ctx, ordinary, { headers: { authorization: 'Bearer unknown' } });
  for (const type of ['application/json', 'application/octet-stream'])
    await generates(ctx, ordinary, { headers: { 'content-type': type } });
  const all: Tokens[] = [];
  for (let i = 0; i < 5; i++) all.push(await generates(ctx));
  expectRandomIvs(all, ctx.keys);
  const ivs = all.map(({ answer }) => answer.envelope?.iv.toString('hex') ?? '');
  expectRandom({ sent: all[0]?.answer.sent ?? '' }, 'IVs of answers', ivs);
}

export const clientGenerateScenarios = theme('client-generate', 'publisher', [
  [
    'tokens',
    'R71',
    'v2',
    'tokens of the site have privacy bits 3, also after a refresh',
    guard(tokensAndBits),
  ],
  ['no-key', 'R71', 'v2', 'key and content type do not matter, and every answer has a new IV', guard(noKey)],
  [
    'origin',
    'R72',
    'v2',
    'only domains of the site and their sub-domains are accepted as Origin',
    guard(origins),
  ],
  ['app-name', 'R73', 'v2', 'only app names of the site are accepted, in any letter case', guard(apps)],
  ['subscription', 'R74', 'v2', 'unknown and disabled subscriptions are refused', guard(subscriptions)],
  ['parameters', 'R75', 'v2', 'missing and invalid parameters are refused', guard(parameters)],
  ['bound-data', 'R76', 'v2', 'timestamp and app name are authenticated, the age is not', guard(bound)],
  ['payload', 'R77', 'v2', 'the payload must hold exactly one valid hash', guard(payloads)],
  ['opted-out', 'R78', 'v2', 'opted-out identities are answered with optout', guard(optedOut)],
  [
    'body',
    'R79',
    'v2',
    'a body that is not a JSON object, or has no valid subscription, is refused',
    bareBodies,
  ],
  ['body-members', 'R79', 'v2', 'a body with unknown members or wrong types is refused', guard(bodies)],
]);
