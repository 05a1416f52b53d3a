/** What stands around an envelope, and bodies that are not envelopes. */

import { cause } from './text.ts';

export const wrapping = {
  wrap_quotes: cause(
    'the body stands in quotes',
    'send the base64 text itself, without JSON encoding or quotes',
    '7.1',
  ),
  wrap_newline: cause(
    'the base64 text has white space at its beginning or end, such as a line end',
    'trim the base64 text before it is sent; an encoder on the command line appends a line end',
    '7.1',
  ),
  wrap_lines: cause(
    'the base64 text is wrapped in lines',
    'use the encoder without line breaks (not MIME; `base64 -w0`)',
    '7.1',
  ),
  wrap_url_alphabet: cause(
    'the body is base64 in the URL alphabet (- and _)',
    'use the standard alphabet (+ and /)',
    '7.1',
  ),
  wrap_percent: cause(
    'the body is percent-encoded',
    'send the base64 text as it is; a body needs no URL encoding',
    '7.1',
  ),
  wrap_plus_lost: cause(
    'the body has blanks in place of +, as after form decoding',
    'send the base64 text as a raw body, not through a form encoder or decoder',
    '7.1',
  ),
  wrap_form_field: cause(
    'the envelope is a field of a form',
    'make the base64 text the whole body, without a field name',
    '7.1',
  ),
  wrap_json_member: cause(
    'the envelope is inside JSON ({member})',
    'make the base64 text the whole body, without JSON around it',
    '7.1',
  ),
  wrap_parts: cause(
    'the parts of the envelope (IV, ciphertext, tag) are encoded one by one',
    'join the bytes of version, IV, ciphertext and tag first, then encode them in base64 once',
    '7.1',
  ),
  wrap_data_uri: cause('the body is a data URI', 'send only what follows `base64,`', '7.1'),
  wrap_armor: cause(
    'the base64 text stands between lines such as -----BEGIN …-----',
    'send the base64 text alone, on one line',
    '7.1',
  ),
  wrap_escaped: cause(
    'the base64 text has escapes in it (such as \\/, \\u002b, &#43; or =3D)',
    'send the text itself, not its escaped form from JSON, HTML or mail',
    '7.1',
  ),
  wrap_text_around: cause(
    'the base64 text has other text around it',
    'send the base64 text alone as the body',
    '7.1',
  ),
  wrap_padding: cause(
    'the padding of the base64 text is wrong',
    'pad with = to a multiple of four characters, or leave the padding out altogether',
    '2.3',
  ),
  wrap_base64_twice: cause(
    'the envelope is encoded in base64 twice',
    'encode the envelope in base64 once',
    '7.1',
  ),
  wrap_hex: cause('the envelope is encoded in hex', 'encode the bytes of the envelope in base64', '7.1'),
  wrap_base32: cause(
    'the envelope is encoded in base32',
    'encode the bytes of the envelope in base64',
    '7.1',
  ),
  wrap_numbers: cause(
    'the body is a list of the numbers of the bytes',
    'encode the bytes of the envelope in base64, not the array that holds them',
    '7.1',
  ),
  wrap_repr: cause(
    "the body is the printed form of bytes (such as b'…')",
    'decode the bytes to text (ASCII) before they are put into the body',
    '7.1',
  ),
  wrap_latin1: cause(
    'the bytes of the envelope went through a text: each became a character, and was encoded in UTF-8',
    'send base64 text, or pass the bytes to the HTTP client as bytes with application/octet-stream',
    '7.1',
  ),
  wrap_replaced: cause(
    'the bytes of the envelope were decoded as UTF-8 text, which replaced invalid UTF-8: those bytes are lost',
    'encode the envelope in base64, or pass it to the HTTP client as bytes with application/octet-stream',
    '7.1',
  ),
  wrap_bom: cause(
    'the body begins with a byte order mark',
    'write the body in UTF-8 without a byte order mark',
    '7.1',
  ),
  wrap_utf16: cause('the body is in UTF-16', 'write the base64 text in ASCII or UTF-8', '7.1'),
  wrap_binary_untyped: cause(
    'the body is the binary envelope, but the content type does not say so{type}',
    'send the binary envelope with Content-Type: application/octet-stream and no parameter, or encode it in base64',
    '7.1',
  ),
  wrap_text_as_binary: cause(
    'the body is base64 text, but the content type application/octet-stream says that it is binary',
    'send the bytes themselves, or base64 text with another content type such as text/plain',
    '7.3',
  ),
  wrap_multipart: cause(
    'the body is a multipart form, which the operator does not read',
    'send the base64 text as the whole body, not as a part of a form',
    '7.1',
  ),
  wrap_compressed: cause(
    'the body is compressed; the operator decompresses nothing',
    'switch off compression of request bodies (Content-Encoding)',
    '7.1',
  ),
  wrap_case: cause(
    'the base64 text is all in {case} case, which destroys it',
    'do not change the case of base64 text',
    '7.1',
  ),
  wrap_not_base64: cause(
    'the body has characters that base64 does not have',
    'encode the bytes of the envelope in standard base64',
    '7.1',
  ),
  envelope_absent: cause('the request has no body', 'send an envelope, also where it holds no JSON', '7.3'),
  refresh_sealed: cause(
    'the body is a sealed envelope, but a refresh has none',
    'send the refresh token itself as the body of /v2/token/refresh',
    '7.4',
  ),
  plain_json: cause(
    'the body is JSON that is not encrypted',
    'seal the JSON in an envelope: version, IV, AES-GCM of time, nonce and JSON',
    '7.1',
  ),
  plain_json_encoded: cause(
    'the body is encoded JSON that is not encrypted',
    'encrypt before encoding: base64 is not encryption',
    '7.1',
  ),
  plain_form: cause(
    'the body is a form that is not encrypted',
    'seal JSON in an envelope; v2 and v3 read no forms',
    '7.1',
  ),
  plain_identifier: cause(
    'the body is an identifier alone, not encrypted',
    'write the identifier in JSON and seal the JSON in an envelope',
    '7.1',
  ),
  refresh_token_here: cause(
    'the body has the length of a refresh token, not the form of an envelope',
    'send refresh tokens to /v2/token/refresh; this route takes a sealed envelope',
    '7.4',
  ),
} as const;
