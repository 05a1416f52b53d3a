/** The operator's error messages, word by word (Protocol §7.3, §8). */
import type { ScenarioContext } from '../context/context.ts';

const FOUR = '[email, email_hash, phone, phone_hash]';
const MISSING = 'Required Parameter Missing:';

/** E-ONE: no identifier, or several. */
export const exactlyOne = (phone: boolean): string =>
  `${MISSING} exactly one of ${phone ? FOUR : 'email or email_hash'} must be specified`;

/** E-ANY: v3 map without any list. */
export const oneOrMore = (phone: boolean): string =>
  `${MISSING} one or more of ${phone ? FOUR : '[email, email_hash]'} must be specified`;

export const INVALID_IDENTIFIER = 'Invalid Identifier';
export const MISSING_REFRESH_TOKEN = `${MISSING} refresh_token`;

/** E-ONE of generate in the generation of the scenario. */
export const generateExactlyOne = (ctx: ScenarioContext): string =>
  exactlyOne(ctx.rules !== 'v0' && ctx.target.phone);
export const generateInvalid = (ctx: ScenarioContext): string =>
  ctx.rules === 'v0' ? 'Invalid email or email_hash' : INVALID_IDENTIFIER;

const site = (ctx: ScenarioContext): string =>
  ctx.target.scope === 1 ? 'https://euid.eu' : 'https://unifiedid.com';
const hint = (ctx: ScenarioContext): string =>
  ` See ${site(ctx)}/docs/getting-started/gs-encryption-decryption for details on the request envelope format.`;
const unencrypted = (ctx: ScenarioContext): string =>
  'Invalid body: The request body is unencrypted JSON. It must be an encrypted request envelope. ' +
  `See ${site(ctx)}/docs/getting-started/gs-encryption-decryption#encryption-and-decryption-code-examples ` +
  'for encryption and decryption code examples.';

export type EnvelopeFault =
  'missing' | 'base64' | 'short' | 'version' | 'key' | 'clock' | 'payload' | 'unencrypted';

/** The refusals of v5.56 and of current versions. `fallback` is the fault that v5.56 sees in unencrypted JSON. */
export function envelopeMessages(
  ctx: ScenarioContext,
  fault: EnvelopeFault,
  version = 0,
  fallback: EnvelopeFault = 'base64',
): [old: string, current: string] {
  const h = hint(ctx);
  const table: Record<EnvelopeFault, [string, string]> = {
    missing: ['Invalid body: Body is missing.', 'Invalid body: Body is missing.'],
    base64: ['Invalid body: Body is not valid base64.', `Invalid body: Body is not valid base64.${h}`],
    short: [
      'Invalid body: Body too short. Check encryption method.',
      `Invalid body: Body too short. Check encryption method.${h}`,
    ],
    version: [
      'Invalid body: Version mismatch.',
      `Invalid body: Invalid request envelope format version: received ${String(version)}, must be 1.${h}`,
    ],
    key: [
      'Invalid body: Check encryption key (ClientSecret)',
      `Invalid body: Check encryption key (ClientSecret).${h}`,
    ],
    clock: [
      'Invalid timestamp: Request too old or client time drift.',
      'Invalid timestamp: Request too old or client time drift.',
    ],
    payload: [
      'Invalid payload in body: Data is not valid json string.',
      'Invalid payload in body: Data is not valid json string.',
    ],
    unencrypted: ['', unencrypted(ctx)],
  };
  const [old, current] = table[fault];
  return [fault === 'unencrypted' ? table[fallback][0] : old, current];
}
