/** What the operator answers to a token, where it refuses one (Protocol §7.4, §8.2, §8.3). */

import { OperatorError, type OperatorErrorCode } from '../operator-error.ts';
import { WRAPPED_LENGTH, unwrapRefreshToken } from '../refresh-token.ts';
import type { DoctorWorld } from './doctor-world.ts';
import type { Case, Reading } from './reading.ts';
import { type OpenedToken, openToken } from './token-facts.ts';

export interface Refusal {
  readonly status: number;
  /** of the wire, whole */
  readonly message: string;
}

const UNKNOWN: Refusal = { status: 500, message: 'Unknown error while refreshing token v2' };
const INVALID: Refusal = { status: 400, message: 'Invalid Token presented' };

const refusals: Partial<Readonly<Record<OperatorErrorCode, Refusal>>> = {
  refresh_token_invalid: INVALID,
  refresh_token_malformed: UNKNOWN,
  refresh_wrapper_not_base64: { status: 400, message: 'Invalid body: Body is not valid base64.' },
  refresh_wrapper_unknown_key: {
    status: 400,
    message: 'Invalid key: Generator of this token (Key ID: {key_id}) does not exist.',
  },
  refresh_wrapper_undecryptable: {
    status: 400,
    message: 'Invalid data: Check encryption method and encryption key.',
  },
  refresh_wrapper_bad_payload: {
    status: 400,
    message: 'Invalid format: Payload is not valid json or missing required data.',
  },
  advertising_token_invalid: { status: 400, message: 'Invalid token' },
};

/** Refusals of tokens that open, by their cause. */
const byCause: Readonly<Record<string, Refusal>> = {
  token_other_scope: INVALID,
  token_expired: { status: 400, message: 'Expired Token presented' },
  no_active_master_key: { status: 500, message: 'No active encryption key available' },
  no_active_site_key: { status: 500, message: 'No active encryption key available' },
  no_active_refresh_key: { status: 500, message: 'No active encryption key available' },
};

/** Profiles in which an altered refresh token is invalid, not an unknown error. */
const CALLS_ALTERED_INVALID: readonly string[] = ['local', 'seed-v1'];

/** Profiles in which validate refuses a token that it cannot decode; in others it answers that it is not valid. */
const REFUSES_AT_VALIDATE: readonly string[] = ['local', 'current'];

function refusalOf({ code, facts }: OperatorError, profile: string): Refusal | null {
  if (code === 'refresh_token_malformed' && CALLS_ALTERED_INVALID.includes(profile)) return INVALID;
  const refusal = refusals[code];
  return refusal === undefined
    ? null
    : { ...refusal, message: refusal.message.replace('{key_id}', String(facts.key_id)) };
}

/** The refusal that decoding ends in; null when it does not. */
function refusalBy(decode: () => void, profile: string): Refusal | null {
  try {
    decode();
    return null;
  } catch (error) {
    if (error instanceof OperatorError) return refusalOf(error, profile);
    throw error;
  }
}

/** The answer to a refresh with a text, of which `reading` tells what it holds. */
export function refreshVerdict(text: string, reading: Reading | undefined, one: Case): Refusal | null {
  const { findSecret, primitives, profile } = one;
  const refusal = refusalBy(() => {
    const isWrapped = text.length === WRAPPED_LENGTH;
    const bare = isWrapped ? unwrapRefreshToken(text, findSecret, primitives).refreshToken : text;
    openToken('refresh', bare, findSecret, primitives);
  }, profile);
  const [first] = reading?.causes ?? [];
  return refusal ?? (first === undefined ? null : (byCause[first.id] ?? null));
}

/** Why validate refuses a client the check of a token that opens; undefined when it does not. */
export function ownershipFault(
  { kind, token }: OpenedToken,
  { client }: Case,
  { clients, keysets, keyset_keys }: DoctorWorld,
): 'token_of_other_site' | 'site_without_keyset' | undefined {
  const siteId = clients?.find(({ name }) => name === client)?.site_id;
  if (siteId === undefined || kind !== 'advertising') return undefined;
  const keysetId = keyset_keys?.find(({ id }) => id === token.siteKeyId)?.keyset_id;
  if (keysets?.find(({ id }) => id === keysetId)?.site_id === siteId) return undefined;
  return keysets?.some((one) => one.site_id === siteId) === true
    ? 'token_of_other_site'
    : 'site_without_keyset';
}

/** The answer to the check of a token; null where the operator answers true or false. */
export function validateVerdict(text: string, causes: Reading['causes'], one: Case): Refusal | null {
  if (!REFUSES_AT_VALIDATE.includes(one.profile)) return null;
  const refusal = refusalBy(
    () => openToken('advertising', text, one.findSecret, one.primitives),
    one.profile,
  );
  const isOthers = causes.some(({ id }) => id === 'token_of_other_site' || id === 'site_without_keyset');
  return refusal ?? (isOthers ? { status: 400, message: 'Unauthorised to validate token' } : null);
}
