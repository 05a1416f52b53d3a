/** Refusals before a route runs, and refusals of bytes that are not an HTTP request. */
export const arrival = {
  request_unreadable: 'the bytes that came are no HTTP request ({cause})',
  request_incomplete: 'the connection ended before the request came whole',
  request_timeout: 'the request did not come whole in time',
  bytes_after_request:
    'the bytes after a request are not a request; its Content-Length may count characters in place of bytes',
  headers_too_long: 'the headers are longer than 16 KiB',
  tls_on_plain_port:
    'a TLS handshake came, but this port speaks plain HTTP; the base URL has to begin with http://',
  http2_on_plain_port: 'HTTP/2 came, but this port speaks HTTP/1.1',
  host_absent: 'the request has no Host header',
  host_invalid: 'the Host header names no valid host',
  target_empty: 'the request target has no path in front of its query',
  target_form: 'the path of the request target does not begin with a slash',
  path_escape: 'the path has a % without two hex digits behind it',
  query_escape: 'the query has a % without two hex digits behind it',
  origin_empty: 'the Origin header is empty',
  origin_invalid: 'the Origin header has a line end in it',
  test_id_invalid: 'the test id is not 1 to 100 letters, digits and . _ ~ -',
  path_unknown: 'no endpoint has this path',
  path_case: 'the path has capital letters; the endpoint is {path}',
  path_repeated: 'the path has a version twice; the endpoint is {path}',
  path_prefixed: 'the path has something in front of the endpoint, which is {path}',
  path_version: 'no endpoint has this path; {path} is one of another version',
  client_generate_off:
    'client-side generation is switched off (client_side_token_generate of the world is false)',
  method_wrong: 'the endpoint takes {allowed}, not {method}',
  script_absent: 'the folder of the option static has no such file',
  script_unchanged: 'the script has not changed since the time in If-Modified-Since',
  script_range: 'the script has no such range of bytes',
  expectation_unknown: 'the Expect header is not 100-continue',
  body_too_long: 'the body is longer than {limit} bytes',
  form_refused:
    'the content type is that of a form, and the form decoder cannot read the body; send another content type',
  charset_unknown: 'the content type names an unknown charset',
} as const;
