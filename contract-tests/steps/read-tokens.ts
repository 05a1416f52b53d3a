/** Reads the tokens out of a successful answer (Protocol §5.6, §8.1, §8.2). */
import { decodeBase64Strict } from '../wire/index.ts';
import type { Identity } from '../target/identities.ts';
import type { Answer, Tokens } from '../check/answer.ts';
import { fail, show, type Check } from '../check/departure.ts';
import { expectEqual, expectSuccess, expectThat, isRecord } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { watchTokens } from '../context/token-soundness.ts';

const MEMBERS: Record<string, readonly string[]> = {
  v0: ['advertisement_token', 'advertising_token', 'refresh_token'],
  v1: ['advertising_token', 'identity_expires', 'refresh_expires', 'refresh_from', 'refresh_token'],
  v2: [
    'advertising_token',
    'identity_expires',
    'refresh_expires',
    'refresh_from',
    'refresh_response_key',
    'refresh_token',
  ],
};
/** Operators of seed-v1 sent these members too (Protocol §12). */
const SEED_EXTRAS = new Set(['user_token', 'tdid']);

/** Reads a success, which has exactly the members of its generation (Protocol §5.6); tokens are watched. */
export function readTokens(
  ctx: ScenarioContext,
  answer: Answer,
  shape: string = ctx.rules,
  identity?: Identity,
): Tokens {
  const body = expectSuccess(answer);
  const rule = shape === 'v0' ? 'tokens/flat-members' : 'tokens/members';
  const tokens = answer.watch.require(rule, () => readMembers(answer, body, shape, identity));
  watchTokens(ctx, tokens);
  return tokens;
}

function readMembers(answer: Answer, body: unknown, shape: string, identity: Identity | undefined): Tokens {
  const cause = 'a member of the answer is missing, superfluous or of another type';
  const check = { sent: answer.sent, cause };
  if (!isRecord(body)) return fail(check, 'an object with tokens', show(body));
  const names = Object.keys(body).filter((name) => shape === 'v2' || !SEED_EXTRAS.has(name));
  expectEqual(check, 'members', names.sort(), MEMBERS[shape]);
  const advertisingToken = readText(check, body, 'advertising_token');
  if (shape === 'v0') {
    const twin = readText(check, body, 'advertisement_token');
    expectEqual(check, 'advertisement_token equal to advertising_token:', twin, advertisingToken);
  }
  return {
    advertisingToken,
    refreshToken: readText(check, body, 'refresh_token'),
    times: shape === 'v0' ? undefined : readTimes(check, body),
    responseKey:
      shape === 'v2' ? readResponseKey(answer, readText(check, body, 'refresh_response_key')) : undefined,
    answer,
    identity,
  };
}

function readText(check: Check, body: Record<string, unknown>, name: string): string {
  const value = body[name];
  expectThat(check, typeof value === 'string' && value.length > 0, `${name}: a text`, value);
  return value;
}

function readTimes(check: Check, body: Record<string, unknown>): NonNullable<Tokens['times']> {
  const time = (name: string): number => {
    const value = body[name];
    const isTime = typeof value === 'number' && Number.isSafeInteger(value) && value > 1e12;
    expectThat(check, isTime, `${name}: Unix milliseconds`, value);
    return value;
  };
  return {
    identityExpires: time('identity_expires'),
    refreshExpires: time('refresh_expires'),
    refreshFrom: time('refresh_from'),
  };
}

function readResponseKey(answer: Answer, text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length === 32 && key.toString('base64') === text && decodeBase64Strict(text).length === 32)
    return key;
  return fail(
    { sent: answer.sent },
    'refresh_response_key: base64 of 32 bytes',
    `${String(key.length)} bytes`,
  );
}
