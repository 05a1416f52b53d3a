/**
 * Reads advertising tokens (Protocol §5.1, §5.2) with the keys of the world they were made in. Stricter than an
 * operator: lengths, alphabets, padding and constant bytes must be exactly those that an operator writes.
 */
import { ContractError } from '../spec/contract-error.ts';
import { canonicalBase64, expectLength, keyOf, openCbc, openWithKey, Reader, type Keys } from './bytes.ts';
import { operatorFields, typeByte, v2Identity, type LaterFields } from './token-fields.ts';

/** Times are Unix milliseconds; `scope` 0 UID2, 1 EUID; `identity_type` 0 email, 1 phone; `raw_uid` base64. */
export interface AdvertisingTokenFields extends Partial<LaterFields> {
  version: 2 | 3 | 4;
  scope: number;
  identity_type: number;
  master_key_id: number;
  site_key_id: number;
  expires: number;
  /** Absent in V2. */
  created?: number;
  /** Time of this token, absent in V2. */
  refreshed?: number;
  site_id: number;
  privacy_bits: number;
  established: number;
  raw_uid: string;
}

function advertisingV2(bytes: Buffer, keys: Keys): AdvertisingTokenFields {
  expectLength('advertising token V2', bytes, 133);
  const outer = new Reader(bytes.subarray(1));
  const master_key_id = outer.int();
  const master = new Reader(
    openCbc(keyOf(keys, master_key_id, 'master key id'), outer.take(16), outer.rest()),
  );
  const expires = master.long();
  const site_key_id = master.int();
  const { id, ...identity } = v2Identity(
    openCbc(keyOf(keys, site_key_id, 'site key id'), master.take(16), master.rest()),
  );
  return {
    version: 2,
    scope: 0,
    identity_type: 0,
    master_key_id,
    expires,
    site_key_id,
    ...identity,
    raw_uid: id,
  };
}

function sitePayload(payload: Buffer) {
  const reader = new Reader(payload);
  return {
    site_id: reader.int(),
    publisher_id: reader.long(),
    client_key_id: reader.int(),
    privacy_bits: reader.int(),
    established: reader.long(),
    refreshed: reader.long(),
    raw_uid: reader.rest(),
  };
}

function advertisingGcm(bytes: Buffer, keys: Keys, version: 3 | 4): AdvertisingTokenFields {
  expectLength(`advertising token V${version}`, bytes, 163, 164);
  const outer = new Reader(bytes);
  const prefix_byte = outer.byte();
  const type = typeByte('advertising token', prefix_byte);
  const version_byte = outer.byte();
  const master_key_id = outer.int();
  const master = new Reader(openWithKey(keyOf(keys, master_key_id, 'master key id'), outer.rest()));
  const times = { expires: master.long(), created: master.long() };
  const operator = operatorFields(master);
  const site_key_id = master.int();
  const { raw_uid, ...site } = sitePayload(
    openWithKey(keyOf(keys, site_key_id, 'site key id'), master.rest()),
  );
  if (raw_uid.length === 33 && (raw_uid.readUInt8(0) & 0b10100) !== (prefix_byte & 0b10100)) {
    throw new ContractError(
      'malformed',
      'advertising token: expected the raw UID to be of the scope and type of the token',
    );
  }
  return {
    version,
    prefix_byte,
    version_byte,
    ...type,
    master_key_id,
    ...times,
    ...operator,
    site_key_id,
    ...site,
    raw_uid: raw_uid.toString('base64'),
  };
}

/**
 * Decodes an advertising token of any version (Protocol §5.1, §5.2).
 * @throws ContractError `malformed` or `unknown_key` unless it is as an operator with these keys writes it.
 */
export function decodeAdvertisingToken(text: string, keys: Keys): AdvertisingTokenFields {
  const head = Buffer.from(text.slice(0, 4), 'base64url');
  if (head[0] === 2) {
    return advertisingV2(canonicalBase64('advertising token V2', text), keys);
  }
  if (head[1] === 0x70) {
    return advertisingGcm(canonicalBase64('advertising token V3', text), keys, 3);
  }
  if (head[1] === 0x80) {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.toString('base64url') !== text) {
      throw new ContractError(
        'malformed',
        'advertising token V4: expected the URL alphabet without padding, got another spelling',
      );
    }
    return advertisingGcm(bytes, keys, 4);
  }
  throw new ContractError(
    'malformed',
    `advertising token: expected version 2, 3 or 4, got first bytes ${head.toString('hex')}`,
  );
}
