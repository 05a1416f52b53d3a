/** Sealed requests of v2 and v3 (Protocol §7). */
import { randomBytes } from 'node:crypto';
import { needError } from '../spec/contract-error.ts';
import { sealRequest } from '../wire/index.ts';
import type { Reply } from '../target/client.ts';
import type { Caller } from '../target/credentials.ts';
import type { Answer } from '../check/answer.ts';
import { askPlain, type AskOptions } from './asking.ts';
import { envelopeTime } from './calibration.ts';
import type { ScenarioContext } from './context.ts';
import { BINARY, openSealed } from './opening.ts';

export interface SealOptions extends Omit<AskOptions, 'body' | 'open'> {
  caller: Caller;
  /** Sends bytes, and expects bytes. */
  binary?: boolean;
  timestampMs?: number;
  nonce?: Buffer;
  version?: number;
  /** In place of the caller's. */
  secret?: Buffer;
  /** Changes the sealed bytes, or how they are written as text. */
  alter?: (sealed: Buffer) => string | Buffer;
}

/** `payload`: text as it is, anything else as JSON, undefined for none. Opens a 200 and checks nonce, time and IV. */
export async function askSealed(
  ctx: ScenarioContext,
  path: string,
  payload: unknown,
  options: SealOptions,
): Promise<Answer> {
  const secret = options.secret ?? options.caller.secret;
  if (!secret) throw needError('secret', 'no client secret was given');
  const nonce = options.nonce ?? randomBytes(8);
  const text =
    payload === undefined ? undefined : typeof payload === 'string' ? payload : JSON.stringify(payload);
  const sealed = sealRequest(secret, text === undefined ? undefined : Buffer.from(text), {
    timestampMs: options.timestampMs ?? envelopeTime(ctx),
    nonce,
    ...(options.version === undefined ? {} : { version: options.version }),
  });
  // An answer with the IV of its request is as wrong as one with that of another answer.
  ctx.watch.fresh('envelope/iv', { sent: '' }, 'IV', sealed.subarray(1, 13).toString('hex'));
  const type = options.binary ? BINARY : 'text/plain';
  const open = (reply: Reply, answer: Answer): void => {
    openSealed(reply, answer, options.caller.secret ?? secret, nonce);
  };
  const answer = await askPlain(ctx, 'POST', path, {
    ...options,
    headers: { 'content-type': type, ...options.headers },
    body: options.alter?.(sealed) ?? (options.binary ? sealed : sealed.toString('base64')),
    shown: options.shown ?? `${text ?? 'no payload'} (sealed)`,
    successType: type,
    open,
  });
  answer.asked = payload;
  return answer;
}
