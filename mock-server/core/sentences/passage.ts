/** What the proxy learns of an exchange that no operator here answered. */
export const passage = {
  target_unreachable: 'the target cannot be reached ({code}), so the connection was reset',
  target_untrusted: 'the certificate of the target is not trusted ({code}), so the connection was reset',
  target_reset: 'the target reset the connection before its answer was complete',
  target_closed: 'the target ended the connection before its answer was complete',
  client_gone: 'the client went away before the answer was complete',
  target_refused:
    'the target answers {message}, for which the mock, which knows only your clients, has no reason',
  target_key_refused:
    'the target refused the API key, although the file of credentials has it: there it has no role for this endpoint, is disabled or belongs to another environment',
  target_secret_differs:
    'the target could not open the envelope, although it is sealed with the client secret of the file of credentials',
  target_answer_nonce:
    'the sealed answer repeats another nonce than that of the request, so clients refuse it',
  target_answer_sealed:
    'the answer cannot be opened with the client secret that sealed the request, so clients refuse it',
  target_clock_differs:
    'the target refused the time in the envelope, which is {distance} s from the clock of this machine',
} as const;
