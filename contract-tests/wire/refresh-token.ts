/**
 * Reads refresh tokens (Protocol §5.3 to §5.5) with the keys of their world. Stricter than an operator: lengths,
 * padding and constant bytes must be exactly those that an operator writes.
 */
import { ContractError } from '../spec/contract-error.ts';
import { canonicalBase64, expectLength, keyOf, openCbc, openWithKey, Reader, type Keys } from './bytes.ts';
import { operatorFields, typeByte, v2Identity, type LaterFields } from './token-fields.ts';

/** Times are Unix milliseconds; `first_level_hash` is base64. */
export interface RefreshTokenFields extends Partial<LaterFields> {
  version: 2 | 3;
  scope: number;
  identity_type: number;
  key_id: number;
  created: number;
  expires: number;
  /** V2 only: when it really ends, a minute after `expires`. */
  valid_till?: number;
  site_id: number;
  privacy_bits: number;
  established: number;
  /** Absent in V2. */
  identity_byte?: number;
  first_level_hash: string;
}

/** The 388 characters of a refresh token of v2 and client-generate, opened. */
interface UnwrappedRefreshToken {
  scopeByte: number;
  keyId: number;
  refreshToken: string;
  /** 32 bytes. */
  refreshResponseKey: Buffer;
  /** Member names of the inner JSON in their order. */
  jsonKeys: string[];
}

function refreshV2(bytes: Buffer, keys: Keys): RefreshTokenFields {
  expectLength('refresh token V2', bytes, 125);
  const outer = new Reader(bytes.subarray(1));
  const times = { created: outer.long(), expires: outer.long(), valid_till: outer.long() };
  const key_id = outer.int();
  const { id, ...identity } = v2Identity(
    openCbc(keyOf(keys, key_id, 'refresh key id'), outer.take(16), outer.rest()),
  );
  return { version: 2, scope: 0, identity_type: 0, key_id, ...times, ...identity, first_level_hash: id };
}

function refreshV3(bytes: Buffer, keys: Keys): RefreshTokenFields {
  expectLength('refresh token V3', bytes, 124);
  const outer = new Reader(bytes);
  const prefix_byte = outer.byte();
  const version_byte = outer.byte();
  const key_id = outer.int();
  const payload = new Reader(openWithKey(keyOf(keys, key_id, 'refresh key id'), outer.rest()));
  const fields = {
    ...typeByte('refresh token', prefix_byte),
    expires: payload.long(),
    created: payload.long(),
    ...operatorFields(payload),
    site_id: payload.int(),
    publisher_id: payload.long(),
    client_key_id: payload.int(),
    privacy_bits: payload.int(),
    established: payload.long(),
    identity_byte: payload.byte(),
    first_level_hash: payload.rest().toString('base64'),
  };
  if (fields.identity_byte !== prefix_byte) {
    throw new ContractError(
      'malformed',
      `refresh token: expected the inner type byte ${prefix_byte}, got ${fields.identity_byte}`,
    );
  }
  return { version: 3, prefix_byte, version_byte, key_id, ...fields };
}

/**
 * Decodes a bare refresh token of 168 characters (Protocol §5.3, §5.4).
 * @throws ContractError `malformed` or `unknown_key` unless it is as an operator with these keys writes it.
 */
export function decodeRefreshToken(text: string, keys: Keys): RefreshTokenFields {
  const bytes = canonicalBase64('refresh token', text);
  if (bytes[1] === 0x70) {
    return refreshV3(bytes, keys);
  }
  if (bytes[0] === 2) {
    return refreshV2(bytes, keys);
  }
  throw new ContractError(
    'malformed',
    `refresh token: expected version 2 or 3, got ${bytes.length} bytes of neither`,
  );
}

/** The object that `json` holds in the only spelling an operator writes: compact. */
function parseCompact(json: string): object {
  const wrong = 'wrapped refresh token: expected compact JSON of an object';
  let inner: unknown;
  try {
    inner = JSON.parse(json);
  } catch {
    throw new ContractError('malformed', `${wrong}, got ${json.length} characters that are not JSON`);
  }
  if (typeof inner === 'object' && inner !== null && JSON.stringify(inner) === json) return inner;
  throw new ContractError('malformed', `${wrong}, got another spelling or type`);
}

/**
 * Opens the 388 characters around a refresh token (Protocol §5.5).
 * @throws ContractError `malformed` or `unknown_key` unless they are as an operator with these keys writes them.
 */
export function unwrapRefreshToken(text: string, keys: Keys): UnwrappedRefreshToken {
  expectLength('wrapped refresh token', text, 388);
  const outer = new Reader(canonicalBase64('wrapped refresh token', text));
  const scopeByte = outer.byte();
  const keyId = outer.int();
  const json = openWithKey(keyOf(keys, keyId, 'wrapping key id'), outer.rest()).toString('utf8');
  const inner = parseCompact(json);
  const members = new Map<string, unknown>(Object.entries(inner));
  const refreshToken = members.get('refresh_token');
  const responseKey = members.get('refresh_response_key');
  if (typeof refreshToken !== 'string' || typeof responseKey !== 'string') {
    throw new ContractError(
      'malformed',
      'wrapped refresh token: expected refresh_token and refresh_response_key as text',
    );
  }
  const refreshResponseKey = canonicalBase64('refresh_response_key', responseKey);
  expectLength('refresh_response_key', refreshResponseKey, 32);
  return { scopeByte, keyId, refreshToken, refreshResponseKey, jsonKeys: [...members.keys()] };
}
