/** Reasons for the contents of an opened envelope: time, nonce, payload. */

import { type Sealing, sealed } from './requests.ts';
import { type Row, rowsOn } from './row.ts';
import { NOW } from './stage.ts';

const GENERATE = '/v2/token/generate';
const user = { email: 'envelopes@example.com' };
const MINUTE = 60_000;

const row = rowsOn('current');
const generate = (how: Sealing = {}) => sealed(GENERATE, user, how);
const good = generate();
const at = (timestampMs: number) => generate({ timestampMs });
/** An envelope with other bytes in front of its payload. */
const stamped = (...parts: Buffer[]) =>
  generate({ plain: (usual) => Buffer.concat([...parts, usual.subarray(16)]) });
const payload = (text: string | Uint8Array) => sealed(GENERATE, text);

const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const time = int64(BigInt(NOW));
const nonce = Buffer.from('any nonce of sixteen').subarray(0, 8);
const json = JSON.stringify(user);

export const envelopeRows: Row[] = [
  row('timestamp_absent', stamped(), good),
  row('timestamp_unit', at(NOW / 1000), good),
  row('timestamp_unit', stamped(int64(BigInt(NOW) * 1000n), nonce), good),
  row('timestamp_little_endian', stamped(Buffer.from(time).reverse(), nonce), good),
  row('timestamp_four_bytes', stamped(int32(NOW / 1000), nonce), good),
  row('timestamp_after_nonce', stamped(nonce, time), good),
  row('timestamp_local_time', at(NOW - 330 * MINUTE), good),
  row('timestamp_past', at(NOW - 7 * MINUTE), good),
  row('timestamp_future', at(NOW + 7 * MINUTE), good),
  row('nonce_length', stamped(time, nonce, Buffer.alloc(4)), good),
  row('nonce_length', stamped(time), good),
  row('payload_absent', sealed('/v2/identity/map', undefined), sealed('/v2/identity/map', { email: [] })),
  row('payload_absent', sealed(GENERATE, undefined), good),
  row('payload_byte_order_mark', payload(`\ufeff${json}`), good),
  row('payload_utf16', payload(Buffer.from(json, 'utf16le')), good),
  row('payload_form', payload('email=envelopes%40example.com'), good),
  row('payload_bare', payload('envelopes@example.com'), good),
  row('payload_not_json', payload(json.replaceAll('"', "'")), good),
  row('payload_null', payload('null'), good),
  row('payload_encoded_twice', payload(JSON.stringify(json)), good),
  row('payload_not_an_object', payload('["envelopes@example.com"]'), good),
  row('payload_empty', sealed('/v3/identity/map', {}), sealed('/v3/identity/map', { email: [] })),
];
