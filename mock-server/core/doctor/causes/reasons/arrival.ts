/** What fixes refusals before a route runs, and bytes that are not an HTTP request. */

import type { arrival as sentences } from '../../../sentences/arrival.ts';
import type { Fix } from '../../cause.ts';

export const arrival: Readonly<Record<keyof typeof sentences, Fix>> = {
  request_unreadable: {
    fix: 'send the request with an HTTP library instead of writing its bytes',
    section: '6.4',
  },
  request_incomplete: { fix: 'keep the connection open until the answer has come', section: '6.4' },
  request_timeout: {
    fix: 'send the whole request at once, without pauses between its parts',
    section: '6.4',
  },
  bytes_after_request: { fix: 'count the bytes of the UTF-8 body for Content-Length', section: '6.4' },
  headers_too_long: {
    fix: 'send only the headers that the operator needs: Authorization and Content-Type',
    section: '6.4',
  },
  tls_on_plain_port: { fix: 'begin the base URL with http:// for this port', section: '6.4' },
  http2_on_plain_port: { fix: 'switch the client to HTTP/1.1', section: '6.4' },
  host_absent: { fix: 'send a Host header with host and port of the base URL', section: '6.4' },
  host_invalid: { fix: 'send host and port of the base URL alone as the Host header', section: '6.4' },
  target_empty: { fix: 'put the path of the endpoint between the host and the query', section: '6.4' },
  target_form: { fix: 'begin the path of the request with a slash', section: '6.4' },
  path_escape: {
    fix: 'write the path as the documentation has it, without percent-encoding',
    section: '6.4',
  },
  query_escape: { fix: 'percent-encode the values of the query, and write % itself as %25', section: '6.4' },
  origin_empty: {
    fix: 'send the Origin header with the origin of the page, or without it outside browsers',
    section: '6.3',
  },
  origin_invalid: { fix: 'send the Origin header on one line', section: '6.3' },
  test_id_invalid: { fix: 'name the test with 1 to 100 letters, digits and . _ ~ -', section: '6.4' },
  path_unknown: { fix: 'compare the path with the list of endpoints', section: '8' },
  path_case: { fix: 'write the path in lower case: {path}', section: '6.4' },
  path_repeated: {
    fix: 'remove the version from the base URL, or from the path, so that the path is {path}',
    section: '8',
  },
  path_prefixed: { fix: 'remove what stands in front of {path}', section: '8' },
  path_version: { fix: 'call {path}', section: '1.2' },
  client_generate_off: { fix: 'set client_side_token_generate of the world to true', section: '9' },
  method_wrong: { fix: 'send the request with {allowed}', section: '6.4' },
  script_absent: {
    fix: 'put the script into the folder of the option static, or correct its name',
    section: '6.4',
  },
  script_unchanged: {
    fix: 'use the kept copy of the script, or leave If-Modified-Since out',
    section: '6.4',
  },
  script_range: { fix: 'ask for bytes that the script has, or leave the Range header out', section: '6.4' },
  expectation_unknown: { fix: 'leave the Expect header out', section: '6.4' },
  body_too_long: { fix: 'divide the request so that no body is longer than {limit} bytes', section: '6.4' },
  form_refused: {
    fix: 'send the body with content type text/plain, or application/json for plain JSON',
    section: '7.1',
  },
  charset_unknown: { fix: 'leave the charset out of the content type, and send UTF-8', section: '7.1' },
};
