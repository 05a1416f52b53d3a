/** Answers that are not refusals. Some give less than was asked for. */
export const outcomes = {
  served: 'served',
  preflight: 'answered as a CORS preflight',
  preflight_header:
    'answered as a CORS preflight, but it does not allow the header {header}, so the browser will not send the request',
  fault_ordered: 'the fault {fault} was ordered',
  opted_out: 'the user has opted out',
  opted_out_test_identity: 'the identity is a test identity that is always opted out',
  chain_too_old: 'the tokens were first issued before 8 March 2021, and such tokens are no longer refreshed',
  consent_insufficient: 'the consent string does not give the vendor {vendor} the purposes {purposes}',
  consent_geolocation: 'the consent string does not allow precise geolocation (special feature 1)',
  other_identity: 'the token is of another identity',
  former_raw_uid: 'the token holds the raw UID that the identity had before its salt was rotated',
  not_the_test_identity: 'this endpoint knows only tokens of the test identity',
} as const;
