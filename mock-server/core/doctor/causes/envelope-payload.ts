/** Times, nonces and texts in an envelope other than the right ones. */

import { cause } from './text.ts';

export const time = {
  time_unit: cause('the time is in {unit}', 'write the time in milliseconds since 1970 in UTC', '7.1'),
  time_little_endian: cause('the time is little-endian', 'write the time big-endian', '7.1'),
  time_narrow: cause('the time has {bytes} bytes', 'write the time as an integer of 8 bytes', '7.1'),
  time_wide: cause('the time has {bytes} bytes', 'write the time as an integer of 8 bytes', '7.1'),
  time_float: cause('the time is a floating-point number', 'write the time as an integer of 8 bytes', '7.1'),
  time_text: cause('the time is text ({form})', 'write the time as an integer of 8 bytes, big-endian', '7.1'),
  time_after_nonce: cause('the nonce comes before the time', 'write the time first, then the nonce', '7.1'),
  time_zone: cause(
    'the time is {hours} h from the clock of the operator, as local time is',
    'use the time in UTC (epoch milliseconds have no zone)',
    '7.3',
  ),
  time_past: cause(
    'the time is {seconds} s behind the clock of the operator; up to two minutes are accepted',
    'set the clock of the machine, and seal each request just before it is sent',
    '7.3',
  ),
  time_future: cause(
    'the time is {seconds} s ahead of the clock of the operator; up to two minutes are accepted',
    'set the clock of the machine (NTP)',
    '7.3',
  ),
  time_missing: cause(
    'no time stands in front of the JSON',
    'put the time (8 bytes, ms) and then the nonce (8 bytes) in front of the JSON before sealing',
    '7.1',
  ),
  time_unknown: cause(
    'the 8 bytes where the time belongs are the integer {number}, which is no time in milliseconds',
    'write the time as an integer of 8 bytes, big-endian, in milliseconds since 1970 in UTC, and then the nonce',
    '7.1',
  ),
  stamp_missing: cause(
    'time and nonce are missing in front of the JSON',
    'put the time (8 bytes, ms) and the nonce (8 bytes) in front of the JSON before sealing',
    '7.1',
  ),
  stamp_last: cause(
    'time and nonce stand behind the JSON',
    'put the time (8 bytes, ms) and the nonce (8 bytes) in front of the JSON',
    '7.1',
  ),
  nonce_length_wrong: cause('the nonce has {bytes} bytes', 'use a nonce of 8 bytes', '7.1'),
  stamp_short: cause(
    'what is sealed has {bytes} bytes; time and nonce alone have 16',
    'put the time (8 bytes, ms) and the nonce (8 bytes) in front of the JSON before sealing',
    '7.1',
  ),
} as const;

export const text = {
  text_utf16: cause('the JSON is in UTF-16', 'encode the JSON in UTF-8', '7.3'),
  text_utf32: cause('the JSON is in UTF-32', 'encode the JSON in UTF-8', '7.3'),
  text_bom: cause(
    'the JSON begins with a byte order mark',
    'write the JSON in UTF-8 without a byte order mark',
    '7.3',
  ),
  text_list: cause('the JSON is a list', 'send a JSON object', '7.3'),
  text_encoded_twice: cause('the JSON is a text that holds JSON', 'encode the object as JSON once', '7.3'),
  text_single_quotes: cause(
    'the text is the printed form of an object of a program, not JSON',
    'write it with a JSON encoder: names and texts in double quotes; true, false, null',
    '7.3',
  ),
  text_form: cause('the text is a form, not JSON', 'write the fields as a JSON object', '7.3'),
  text_identifier: cause(
    'the text is an identifier alone',
    'write a JSON object such as {"email": …}',
    '7.3',
  ),
  text_scalar: cause('the JSON is {what}, not an object', 'send a JSON object', '7.3'),
  text_base64: cause('the JSON is encoded in base64 before sealing', 'seal the JSON itself', '7.3'),
  text_hex: cause('the JSON is encoded in hex before sealing', 'seal the JSON itself', '7.3'),
  text_percent: cause('the JSON is percent-encoded before sealing', 'seal the JSON itself', '7.3'),
  text_trailing: cause(
    'the JSON is followed by {what}',
    'seal exactly the bytes of the JSON: no padding, terminator or rest of a buffer',
    '7.3',
  ),
  text_leading: cause('text stands in front of the JSON', 'seal the JSON alone behind time and nonce', '7.3'),
  text_trailing_comma: cause(
    'the JSON has a comma behind its last element',
    'write it with a JSON encoder',
    '7.3',
  ),
  text_xml: cause('the text is XML', 'write a JSON object', '7.3'),
  text_compressed: cause('the JSON is compressed before sealing', 'seal the JSON without compression', '7.3'),
  text_cut: cause(
    'the JSON ends before it is complete',
    'seal the whole text; check its length in bytes',
    '7.3',
  ),
  text_other: cause('the text is not JSON', 'write a JSON object with a JSON encoder', '7.3'),
  text_binary: cause('what is sealed is neither JSON nor other text', 'seal a JSON object in UTF-8', '7.3'),
} as const;
