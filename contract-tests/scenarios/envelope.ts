/** The sealed envelope of v2 and v3 (Protocol §7). */
import type { Answer } from '../check/answer.ts';
import { clientError, expectAnswer, expectEqual, expectThat } from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { expectRandom } from '../context/ivs.ts';
import type { SealOptions } from '../context/sealing.ts';
import { base64, expectRefusal, flip, good, ok, read, send } from '../steps/envelope-requests.ts';
import { envelopeMessages, type EnvelopeFault } from '../steps/messages.ts';
import { theme } from './theme.ts';

const MINUTE = 60_000;

async function layout(ctx: ScenarioContext): Promise<void> {
  const answer = await ok(ctx, { nonce: Buffer.from('0102030405060708', 'hex') });
  const time = answer.envelope?.timestampMs ?? 0;
  // The answer has the operator's time, also when the request is 90 seconds old.
  const late = await ok(ctx, { timestampMs: time - 90_000 });
  const check = { sent: late.sent, cause: 'the answer repeats the time of the request' };
  const passed = (late.envelope?.timestampMs ?? 0) - time;
  expectThat(
    check,
    Math.abs(passed) < MINUTE,
    "the operator's time, less than a minute from that of the answer before",
    passed,
  );
}

async function noncesAndReplays(ctx: ScenarioContext): Promise<void> {
  const timestampMs = Date.now();
  const nonce = Buffer.from('ffeeddccbbaa0099', 'hex');
  let first: Buffer | undefined;
  for (let i = 0; i < 3; i++) {
    // The same bytes each time: an operator does not look for replays.
    const answer = await ok(ctx, {
      nonce,
      timestampMs,
      alter: (sealed) => (first ??= sealed).toString('base64'),
    });
    expectEqual(
      { sent: answer.sent },
      'nonce',
      answer.envelope?.nonce.toString('hex'),
      nonce.toString('hex'),
    );
  }
  await ok(ctx, { nonce: Buffer.alloc(8) });
}

async function freshIvs(ctx: ScenarioContext): Promise<void> {
  const ivs: string[] = [];
  const timestampMs = Date.now();
  for (let i = 0; i < 6; i++) {
    const answer = await ok(ctx, { nonce: Buffer.alloc(8, 1), timestampMs });
    ivs.push(answer.envelope?.iv.toString('hex') ?? '');
  }
  expectRandom({ sent: 'six requests' }, 'IVs', ivs);
}

async function contentTypes(ctx: ScenarioContext): Promise<void> {
  await ok(ctx, { binary: true });
  await ok(ctx, { binary: true, headers: { 'content-type': 'Application/Octet-Stream' } });
  for (const type of [
    'text/plain',
    'application/json',
    'application/x-www-form-urlencoded',
    'text/html; charset=utf-8',
  ]) {
    await ok(ctx, { headers: { 'content-type': type } });
  }
  expectRefusal(
    ctx,
    await send(ctx, { binary: true, headers: { 'content-type': 'application/octet-stream; charset=utf-8' } }),
    'base64',
  );
}

async function notBase64(ctx: ScenarioContext): Promise<void> {
  const alterations: ((sealed: Buffer) => string)[] = [
    (sealed) => `${base64(sealed)}\n`,
    (sealed) => `"${base64(sealed)}"`,
    (sealed) => `-_${base64(sealed).slice(2)}`,
    (sealed) => base64(sealed).replace(/(.{40})/, '$1\r\n'),
    () => 'not base64!',
    () => '   ',
  ];
  for (const alter of alterations) expectRefusal(ctx, await send(ctx, { alter }), 'base64');
}

async function tooShort(ctx: ScenarioContext): Promise<void> {
  for (const length of [1, 28, 44]) {
    expectRefusal(ctx, await send(ctx, { alter: (sealed) => base64(sealed.subarray(0, length)) }), 'short');
    expectRefusal(
      ctx,
      await send(ctx, { binary: true, alter: (sealed) => sealed.subarray(0, length) }),
      'short',
    );
  }
  // 45 bytes are long enough to be decrypted, and the tag is wrong.
  expectRefusal(ctx, await send(ctx, { alter: (sealed) => base64(sealed.subarray(0, 45)) }), 'key');
}

async function versions(ctx: ScenarioContext): Promise<void> {
  for (const version of [0, 2, 255]) expectRefusal(ctx, await send(ctx, { version }), 'version', version);
}

async function wrongKey(ctx: ScenarioContext): Promise<void> {
  const own = ctx.caller().secret ?? Buffer.alloc(0);
  const others = ctx.target.callers.flatMap(({ secret }) =>
    secret?.length === 32 && !secret.equals(own) ? [secret] : [],
  );
  for (const secret of others.slice(0, 2)) expectRefusal(ctx, await send(ctx, { secret }), 'key');
  expectRefusal(ctx, await send(ctx, { secret: Buffer.alloc(32, 7) }), 'key');
  for (const index of [1, 20, -1]) {
    expectRefusal(ctx, await send(ctx, { alter: (sealed) => base64(flip(sealed, index)) }), 'key');
    expectRefusal(ctx, await send(ctx, { binary: true, alter: (sealed) => flip(sealed, index) }), 'key');
  }
}

/** Milliseconds: the answer to a request close to the edge of the window counts only if it came this fast. */
const PROMPT = 1000;

/** Protocol §7.3: the minutes of both clocks differ by one at most. Requests stay two seconds from the edges. */
async function clockWindow(ctx: ScenarioContext): Promise<void> {
  const now = await ok(ctx);
  const { sentAt, receivedAt } = now.reply;
  const ahead = (now.envelope?.timestampMs ?? 0) - (sentAt + receivedAt) / 2;
  const isPrompt = (since: number, answer: Answer): boolean => answer.reply.receivedAt - since < PROMPT;
  for (const offset of [-117_000, -90_000, 90_000, 116_000]) {
    const since = Date.now();
    const answer = await send(ctx, { timestampMs: Math.round(since + ahead + offset) });
    if (Math.abs(offset) <= 90_000 || (isPrompt(since, answer) && isPrompt(sentAt, now))) read(ctx, answer);
  }
  for (const offset of [-122_000, 122_000, -3_600_000, 3_600_000]) {
    const since = Date.now();
    const answer = await send(ctx, { timestampMs: Math.round(since + ahead + offset) });
    const certain = offset < 0 || offset > 200_000;
    if (certain || (isPrompt(since, answer) && isPrompt(sentAt, now))) expectRefusal(ctx, answer, 'clock');
  }
  for (const timestampMs of [0, Math.floor(Date.now() / 1000), -1])
    expectRefusal(ctx, await send(ctx, { timestampMs }), 'clock');
}

async function notAnObject(ctx: ScenarioContext): Promise<void> {
  const json = JSON.stringify(good(ctx).payload);
  for (const text of [
    `[${json}]`,
    'null',
    '5',
    '"text"',
    json.slice(0, -1),
    `${json} x`,
    json.replaceAll('"', "'"),
    json.replace(/\}$/, ',}'),
  ]) {
    expectRefusal(ctx, await send(ctx, {}, text), 'payload');
  }
  const answer = await send(ctx, {}, ` \n${json}\t`);
  expectAnswer(answer, { status: 200, type: answer.successType });
}

async function missing(ctx: ScenarioContext): Promise<void> {
  for (const type of ['text/plain', 'application/octet-stream']) {
    const headers = { 'content-type': type };
    clientError(
      await askPlain(ctx, 'POST', good(ctx).path, { caller: ctx.caller(), headers, body: '' }),
      'Invalid body: Body is missing.',
    );
  }
}

async function unencrypted(ctx: ScenarioContext): Promise<void> {
  const json = JSON.stringify(good(ctx).payload);
  const long = JSON.stringify({ email: ['x'.repeat(80)] });
  expectRefusal(ctx, await send(ctx, { alter: () => json }), 'unencrypted', 0, 'base64');
  expectRefusal(
    ctx,
    await send(ctx, { alter: () => base64(Buffer.from('{"email":"a@example.com"}')) }),
    'unencrypted',
    0,
    'short',
  );
  expectRefusal(
    ctx,
    await send(ctx, { binary: true, alter: () => Buffer.from('{"email":"a@example.com"}') }),
    'unencrypted',
    0,
    'short',
  );
  expectRefusal(
    ctx,
    await send(ctx, { binary: true, alter: () => Buffer.from(long) }),
    'unencrypted',
    0,
    'version',
  );
}

/** The wording of the given profile, or of the one that the target seems to have. */
async function words(ctx: ScenarioContext): Promise<void> {
  const refusals: [EnvelopeFault, Partial<SealOptions>][] = [
    ['base64', { alter: () => 'not base64!' }],
    ['short', { alter: () => 'AAAA' }],
    ['version', { version: 2 }],
    ['key', { secret: Buffer.alloc(32, 7) }],
  ];
  for (const [fault, options] of refusals) {
    const [old, current] = envelopeMessages(ctx, fault, 2);
    clientError(await send(ctx, options), ctx.old ? old : current);
  }
}

async function fallback(ctx: ScenarioContext): Promise<void> {
  const answer = await send(ctx, { headers: { 'content-type': 'application/octet-stream' } });
  if (ctx.old) return expectRefusal(ctx, answer, 'version', Buffer.from(base64(Buffer.of(1)))[0]);
  answer.successType = 'text/plain';
  expectAnswer(answer, { status: 200, type: 'text/plain' });
}

const table = (participant: 'publisher' | 'advertiser', api: string, suffix: string) =>
  theme('envelope', participant, [
    [
      `layout${suffix}`,
      'R16',
      api,
      "a sealed answer is IV, ciphertext and tag; inside are the operator's time, the nonce and JSON",
      layout,
    ],
    [
      `nonce-and-replay${suffix}`,
      'R17',
      api,
      'the nonce is echoed, and the same request may be sent again',
      noncesAndReplays,
    ],
    [`fresh-iv${suffix}`, 'R18', api, 'no two answers have the same IV', freshIvs],
    [
      `content-types${suffix}`,
      'R19',
      api,
      'bytes are answered in bytes, any other content type in base64',
      contentTypes,
    ],
    [`missing-body${suffix}`, 'R20', api, 'an empty body is refused', missing],
    [`not-base64${suffix}`, 'R21', api, 'a body that is not strict base64 is refused', notBase64],
    [`unencrypted-json${suffix}`, 'R21', api, 'plain JSON is refused', unencrypted],
    [`too-short${suffix}`, 'R22', api, 'an envelope of fewer than 45 bytes is refused', tooShort],
    [`version${suffix}`, 'R23', api, 'an envelope of a version other than 1 is refused', versions],
    [`wrong-secret${suffix}`, 'R24', api, 'another secret, and any changed bit, are refused', wrongKey],
    [
      `clock-window${suffix}`,
      'R25',
      api,
      'two minutes off is refused, 90 seconds off is accepted',
      clockWindow,
    ],
    [`payload${suffix}`, 'R26', api, 'a payload that is not a JSON object is refused', notAnObject],
  ]);

export const envelopeScenarios = [
  ...table('publisher', 'v2', ''),
  ...table('advertiser', 'v3', '-v3'),
  ...theme(
    'envelope',
    'publisher',
    [
      ['words-of-the-version', 'R83', 'v2', 'refusals have the wording of the version', words],
      ['octet-stream-fallback', 'R84', 'v2', 'current versions read base64 sent as octet-stream', fallback],
    ],
    'SHOULD',
  ),
];
