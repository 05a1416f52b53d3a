/** Sealed requests that are answered with 200, and refusals of invalid ones (Protocol §7). */
import { email, ORDINARY_EMAIL } from '../target/identities.ts';
import type { Answer } from '../check/answer.ts';
import { expectAnswer, expectThat } from '../check/expect.ts';
import type { Expected } from '../check/likely-cause.ts';
import { clip } from '../check/sent.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed, type SealOptions } from '../context/sealing.ts';
import { readMap3 } from './maps-v3.ts';
import { envelopeMessages, type EnvelopeFault } from './messages.ts';
import { readTokens } from './read-tokens.ts';

/** A request that every operator answers with 200. */
export const good = (ctx: ScenarioContext): { path: string; payload: unknown } =>
  ctx.api === 'v3'
    ? { path: '/v3/identity/map', payload: { email: [ORDINARY_EMAIL] } }
    : {
        path: '/v2/token/generate',
        payload: { email: ORDINARY_EMAIL, ...(ctx.old ? { optout_check: 1 } : {}) },
      };

export const send = (
  ctx: ScenarioContext,
  options: Partial<SealOptions> = {},
  payload: unknown = good(ctx).payload,
): Promise<Answer> => askSealed(ctx, good(ctx).path, payload, { caller: ctx.caller(), ...options });

/** Checks the whole answer to a good request. */
export function read(ctx: ScenarioContext, answer: Answer): void {
  if (ctx.api === 'v3') readMap3(ctx, answer, { email: 1 });
  else readTokens(ctx, answer, 'v2', email(ORDINARY_EMAIL));
  expectThat({ sent: answer.sent }, answer.sealed, 'a sealed answer', clip(answer.text, 80));
}

export const ok = async (ctx: ScenarioContext, options: Partial<SealOptions> = {}): Promise<Answer> => {
  const answer = await send(ctx, options);
  read(ctx, answer);
  return answer;
};

/** 400 with the wording of the given profile, or of either version when none was given. */
export function expectRefusal(
  ctx: ScenarioContext,
  answer: Answer,
  fault: EnvelopeFault,
  version = 0,
  fallback?: EnvelopeFault,
): void {
  const messages = ctx.either(...envelopeMessages(ctx, fault, version, fallback));
  const expected = messages.map((message): Expected => ({
    status: 400,
    type: 'application/json',
    json: { message, status: 'client_error' },
  }));
  expectAnswer(answer, ...expected);
}

export const flip = (sealed: Buffer, index: number): Buffer => {
  const copy = Buffer.from(sealed);
  const at = (index + copy.length) % copy.length;
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};

export const base64 = (bytes: Buffer): string => bytes.toString('base64');
