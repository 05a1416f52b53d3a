/** Fields that advertising and refresh tokens have in common (Protocol §5). */
import { ContractError } from '../spec/contract-error.ts';
import { expectLength, Reader } from './bytes.ts';

/** Fields of V3 and V4 tokens that V2 tokens do not have. */
export interface LaterFields {
  prefix_byte: number;
  version_byte: number;
  operator_site_id: number;
  operator_type: number;
  operator_version: number;
  operator_key_id: number;
  publisher_id: number;
  client_key_id: number;
}

/**
 * Scope and identity type of a type byte.
 * @throws ContractError `malformed`
 */
export function typeByte(what: string, value: number): { scope: number; identity_type: number } {
  if ((value & 0b11101011) !== 0b11) {
    throw new ContractError(
      'malformed',
      `${what}: expected a type byte of scope<<4 | type<<2 | 3, got ${value}`,
    );
  }
  return { scope: value >> 4, identity_type: (value >> 2) & 1 };
}

/** The 13 bytes about the operator in V3 and V4 tokens. */
export function operatorFields(reader: Reader) {
  return {
    operator_site_id: reader.int(),
    operator_type: reader.byte(),
    operator_version: reader.int(),
    operator_key_id: reader.int(),
  };
}

/** The inner part of every V2 token: site id, length of the id, id, privacy bits, established. */
export function v2Identity(payload: Buffer) {
  expectLength('V2 identity', payload, 64);
  const reader = new Reader(payload);
  const site_id = reader.int();
  const idLength = reader.int();
  if (idLength !== 44) {
    throw new ContractError('malformed', `V2 identity: expected an id of 44 characters, got ${idLength}`);
  }
  return {
    site_id,
    id: reader.take(44).toString('latin1'),
    privacy_bits: reader.int(),
    established: reader.long(),
  };
}
