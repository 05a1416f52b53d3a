/** Why an origin names no domain. */

import { expect, it } from 'vitest';
import { originFault } from './origin-faults.ts';

it.each([
  ['null', 'cstg_origin_null'],
  [' null\t', 'cstg_origin_null'],
  ['nullx', 'cstg_origin_without_scheme'],
  ['shop.example.com', 'cstg_origin_without_scheme'],
  ['http:/example.com', 'cstg_origin_without_scheme'],
  ['://example.com', 'cstg_origin_without_scheme'],
  ['1a://example.com', 'cstg_origin_without_scheme'],
  ['to http://example.com', 'cstg_origin_without_scheme'],
  ['http://127.0.0.1:3000', 'cstg_origin_address'],
  [' HTTPS://127.0.0.1:3000/ ', 'cstg_origin_address'],
  ['http://127.0.0.1', 'cstg_origin_address'],
  ['http://127.1:', 'cstg_origin_address'],
  ['http://2130706433', 'cstg_origin_address'],
  ['http://user:secret@10.0.0.10', 'cstg_origin_address'],
  ['http://@10.0.0.10', 'cstg_origin_address'],
  ['http://[::1]', 'cstg_origin_address'],
  ['http://[]:80/', 'cstg_origin_address'],
  ['http://127.0.0.1.5', 'cstg_origin_without_domain'],
  ['http://127.0.0.1/x', 'cstg_origin_without_domain'],
  ['http://127.0.0.1:http', 'cstg_origin_without_domain'],
  ['http://127.0.0.1x', 'cstg_origin_without_domain'],
  ['http://x127.0.0.1', 'cstg_origin_without_domain'],
  ['http://127..1', 'cstg_origin_without_domain'],
  ['http://a@b@127.0.0.1', 'cstg_origin_without_domain'],
  ['http://a/@127.0.0.1', 'cstg_origin_without_domain'],
  ['http://com/http://127.0.0.1', 'cstg_origin_without_domain'],
  ['http://[::1', 'cstg_origin_without_domain'],
  ['http://[::1]]', 'cstg_origin_without_domain'],
  ['https://com', 'cstg_origin_without_domain'],
  ['http://', 'cstg_origin_without_domain'],
])('%j: %s', (origin, reason) => expect(originFault(origin)).toEqual([reason]));

it.each([
  ['capacitor://localhost', 'capacitor'],
  [' file://', 'file'],
  ['httpx://example.com', 'httpx'],
  ['xhttp://example.com', 'xhttp'],
  ['a+b-1.C://127.0.0.1', 'a+b-1.C'],
])('%j has a scheme that no page has', (origin, scheme) => {
  expect(originFault(origin)).toEqual(['cstg_origin_scheme', { scheme }]);
});
