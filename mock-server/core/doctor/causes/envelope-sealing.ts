/** Layouts, ciphers and keys of envelopes other than the right ones. */

import { cause } from './text.ts';

export const layout = {
  version_missing: cause(
    'the version byte in front of the IV is missing',
    'put the byte 1 in front of the IV',
    '7.1',
  ),
  version_character: cause(
    "the envelope begins with the character '1' (49), not with the byte 1",
    'write the version as the byte 0x01, not as text',
    '7.1',
  ),
  version_other: cause('the version byte is {version}', 'make the first byte of the envelope 1', '7.1'),
  version_wide: cause(
    'the version takes {bytes} bytes',
    'write the version as one byte, not as a larger integer',
    '7.1',
  ),
  version_after_iv: cause(
    'the version byte comes after the IV',
    'put the version byte in front of the IV',
    '7.1',
  ),
  version_last: cause('the version byte is at the end', 'put the version byte in front of the IV', '7.1'),
  version_twice: cause('the envelope has the version byte twice', 'write the version byte once', '7.1'),
  length_prefix: cause(
    'a length of {bytes} bytes stands in front of the envelope or of the IV',
    'leave the length out: the IV always has 12 bytes, and the body ends where the request ends',
    '7.1',
  ),
  extra_bytes: cause(
    '{bytes} more bytes stand between the version and the IV, or between the IV and the ciphertext',
    'write only version (1), IV (12), ciphertext and tag (16)',
    '7.1',
  ),
  iv_length: cause('the IV has {bytes} bytes', 'use a random IV of 12 bytes', '7.1'),
  iv_last: cause(
    'the IV stands behind the ciphertext',
    'put the IV between the version byte and the ciphertext',
    '7.1',
  ),
  iv_twice: cause(
    'the envelope has the IV twice',
    'write the IV once; the library may have put it in front of its result already',
    '7.1',
  ),
  iv_not_sent: cause(
    'the envelope was sealed with an IV of zeros that is not in it',
    'make a random IV of 12 bytes for each envelope, and put it behind the version byte',
    '7.1',
  ),
  iv_encoded: cause(
    'the IV is in the envelope as {form} text',
    'put the 12 bytes of the IV into the envelope',
    '7.1',
  ),
  tag_missing: cause(
    'the envelope has no tag',
    'append the GCM tag of 16 bytes to the ciphertext (some libraries return it separately)',
    '7.1',
  ),
  tag_first: cause(
    'the tag stands in front of the ciphertext',
    'append the tag to the ciphertext: IV, ciphertext, tag',
    '7.1',
  ),
  tag_short: cause('the tag has {bytes} bytes', 'use the whole GCM tag of 16 bytes', '7.1'),
  truncated: cause(
    'the envelope is cut off: the text in it ends before it is complete',
    'send the whole envelope; check lengths and buffers',
    '7.1',
  ),
  altered: cause(
    'the key and IV are right, but bytes of the envelope were altered after it was sealed',
    'send the envelope as it was sealed; check proxies between client and operator',
    '7.1',
  ),
} as const;

export const cipher = {
  aad_set: cause(
    'the envelope was sealed with additional authenticated data{what}',
    'seal without additional data (AAD)',
    '7.1',
  ),
  cipher_ctr: cause('the envelope was encrypted in counter mode (CTR), not GCM', 'use AES-256-GCM', '7.1'),
  cipher_cbc: cause('the envelope was encrypted in CBC mode, not GCM', 'use AES-256-GCM', '7.1'),
  cipher_ecb: cause('the envelope was encrypted in ECB mode, not GCM', 'use AES-256-GCM', '7.1'),
  cipher_cfb: cause('the envelope was encrypted in CFB mode, not GCM', 'use AES-256-GCM', '7.1'),
  cipher_ofb: cause('the envelope was encrypted in OFB mode, not GCM', 'use AES-256-GCM', '7.1'),
  cipher_chacha: cause('the envelope was encrypted with ChaCha20, not AES', 'use AES-256-GCM', '7.1'),
  cipher_siv: cause('the envelope was encrypted in GCM-SIV mode, not GCM', 'use AES-256-GCM', '7.1'),
  cipher_none: cause(
    'time, nonce and JSON are in the body without encryption',
    'seal them with AES-256-GCM',
    '7.1',
  ),
  key_other_client: cause(
    'the envelope was sealed with the secret of {owner}, but the API key is of {client}',
    'use the API key and the secret of the same client',
    '7.1',
  ),
  key_text: cause(
    'the key is the text of the secret, not the bytes that it stands for',
    'decode the secret from base64 to its 32 bytes',
    '7.1',
  ),
  key_size: cause(
    'the key is {part} of the secret (AES-{bits})',
    'use all 32 bytes of the secret (AES-256)',
    '7.1',
  ),
  key_hashed: cause(
    'the key is {hash} of {what}, not the secret',
    'use the 32 bytes of the secret themselves, without hashing or stretching',
    '7.1',
  ),
  key_hex: cause(
    'the key is the hex text of the secret',
    'use the 32 bytes of the secret, not their hex digits',
    '7.1',
  ),
  key_lenient: cause(
    'the secret was decoded with {how}',
    'decode the secret with the standard alphabet (+ and /), exactly as it was given',
    '7.1',
  ),
  key_api_key: cause(
    'the API key was used for the secret',
    'seal with the client secret; the API key belongs in the Authorization header only',
    '7.1',
  ),
  key_zero: cause('the key is all zeros', 'load the client secret before it is used', '7.1'),
  key_reversed: cause(
    'the bytes of the key are reversed',
    'use the bytes of the secret in their order',
    '7.1',
  ),
  key_wrong: cause(
    'no known secret opens the envelope',
    'check that the secret belongs to the API key, and that nothing alters the envelope between client and operator',
    '7.1',
  ),
} as const;
