/** What fixes refusals of bodies: base64, envelopes, JSON. */

import type { bodies as sentences } from '../../../sentences/bodies.ts';
import type { Fix } from '../../cause.ts';

export const bodies: Readonly<Record<keyof typeof sentences, Fix>> = {
  base64_empty: { fix: 'check that the variable that holds the value is set', section: '2.3' },
  base64_quoted: { fix: 'send the base64 without quotes, not as a JSON text', section: '2.3' },
  base64_plus_lost: {
    fix: 'write + as %2B wherever the text goes through a form or a query',
    section: '2.3',
  },
  base64_white_space: { fix: 'encode to base64 without line breaks, and trim the text', section: '2.3' },
  base64_url_alphabet: { fix: 'encode with standard base64 instead of base64url', section: '2.3' },
  base64_percent_encoded: { fix: 'send the base64 itself, without percent-encoding it', section: '2.3' },
  base64_padding: {
    fix: 'encode with padding: the length has to be a multiple of 4, filled up with =',
    section: '2.3',
  },
  base64_byte_order_mark: { fix: 'write the text without a byte order mark', section: '2.3' },
  base64_utf16: { fix: 'encode the text in UTF-8', section: '2.3' },
  base64_compressed: { fix: 'switch off the compression of request bodies', section: '7.1' },
  base64_form_field: {
    fix: 'send the value as the whole body, without the name of a field in front',
    section: '7.1',
  },
  base64_binary: {
    fix: 'encode the bytes in base64, or send them with content type application/octet-stream',
    section: '7.1',
  },
  base64_json: {
    fix: 'seal the JSON with the client secret, and send the base64 of the envelope',
    section: '7.1',
  },
  base64_alphabet: { fix: 'send only letters, digits, + and / and the padding =', section: '2.3' },

  body_empty: { fix: 'send the envelope as the body of the request', section: '7.1' },
  body_multipart: { fix: 'send the value as the whole body with content type text/plain', section: '7.1' },
  body_charset: { fix: 'send UTF-8, and leave the charset out of the content type', section: '7.1' },
  body_plain_json: { fix: 'seal the JSON in an envelope with the client secret', section: '7.1' },
  body_not_json: { fix: 'write the body with a JSON library, as an object', section: '8' },
  body_null: { fix: 'send a JSON object; null is what an unset variable becomes', section: '8' },
  body_not_an_object: { fix: 'send a JSON object with the members of the endpoint', section: '8' },
  body_form: { fix: 'send the members as a JSON object instead of a form', section: '8' },
  body_compressed: { fix: 'switch off the compression of request bodies', section: '7.1' },
  body_is_envelope: { fix: 'send the JSON itself: this endpoint takes no envelope', section: '8' },
  body_binary_untyped: {
    fix: 'set the content type application/octet-stream, or send the envelope as base64',
    section: '7.1',
  },
  body_binary_parameter: {
    fix: 'set the content type to application/octet-stream, without a parameter behind it',
    section: '7.1',
  },

  envelope_in_json: { fix: 'send the base64 of the envelope as the whole body', section: '7.1' },
  envelope_too_short: {
    fix: 'write version (1), IV (12), ciphertext and tag (16), with time and nonce sealed inside',
    section: '7.1',
  },
  envelope_version: { fix: 'begin the envelope with the byte 1, followed by the IV', section: '7.1' },
  envelope_version_character: {
    fix: 'write the version as the byte 0x01 instead of the character "1"',
    section: '7.1',
  },
  envelope_text_as_binary: {
    fix: 'send base64 as text/plain, or the bytes themselves as application/octet-stream',
    section: '7.1',
  },
  envelope_encoded_twice: { fix: 'encode the envelope in base64 once', section: '7.1' },
  envelope_hex: { fix: 'encode the envelope in base64', section: '7.1' },
  envelope_tag: {
    fix: 'seal with AES-256-GCM, the base64-decoded secret that belongs to the API key, a 12-byte IV, and no additional data',
    section: '7.1',
  },
  timestamp_absent: {
    fix: 'put the time (8 bytes) and a nonce (8 bytes) in front of the JSON before sealing',
    section: '7.1',
  },
  timestamp_unit: { fix: 'write the time in milliseconds since 1970', section: '7.1' },
  timestamp_little_endian: { fix: 'write the time with the most significant byte first', section: '7.1' },
  timestamp_four_bytes: { fix: 'write the time as a 64-bit integer', section: '7.1' },
  timestamp_after_nonce: { fix: 'write the time first, then the nonce', section: '7.1' },
  timestamp_local_time: { fix: 'take the time in UTC, without the offset of the time zone', section: '7.1' },
  timestamp_past: {
    fix: 'seal each request when it is sent, and set the clock of the machine by NTP',
    section: '7.3',
  },
  timestamp_future: { fix: 'set the clock of the machine by NTP', section: '7.3' },
  nonce_length: { fix: 'put a nonce of 8 bytes between the time and the JSON', section: '7.1' },

  payload_absent: { fix: 'put the JSON behind time and nonce before sealing', section: '7.1' },
  payload_byte_order_mark: { fix: 'encode the JSON without a byte order mark', section: '7.1' },
  payload_utf16: { fix: 'encode the JSON in UTF-8', section: '7.1' },
  payload_form: { fix: 'seal a JSON object instead of a form', section: '7.1' },
  payload_bare: {
    fix: 'seal a JSON object in which the identifier has its name, such as {"email": "..."}',
    section: '7.1',
  },
  payload_not_json: { fix: 'write the payload with a JSON library', section: '7.1' },
  payload_null: { fix: 'seal a JSON object; null is what an unset variable becomes', section: '7.1' },
  payload_encoded_twice: { fix: 'serialize the object to JSON once', section: '7.1' },
  payload_not_an_object: { fix: 'seal a JSON object with the members of the endpoint', section: '7.1' },
  payload_empty: { fix: 'put the members of the endpoint into the object', section: '8' },
};
