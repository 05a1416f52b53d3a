/**
 * The obligations the scenarios check. S1-S22 are those of Protocol §11 (the plain API of v0 and v1; where a later
 * generation has the same rule, the same scenario checks it there); R1 and up are drawn from Protocol §6-8 and §10.
 * Frozen: an id keeps its meaning, a new rule gets a new id.
 */
import type { Level } from './api.ts';

export interface Requirement {
  readonly id: string;
  readonly area: string;
  readonly level: Level;
  readonly text: string;
}

type Row = readonly [id: string, text: string, level?: Level];

const rows: Readonly<Record<string, readonly Row[]>> = {
  seed: [
    ['S1', 'token/generate with email issues tokens; the operator normalises the address itself'],
    ['S2', 'token/generate with the SHA-256 of the normalised address issues tokens for the same identity'],
    [
      'S3',
      'the answer to generate holds advertising_token, refresh_token, refresh_from, identity_expires and refresh_expires',
    ],
    ['S4', 'v1 wraps successes as {"body":…,"status":"success"} and wants the API key as Bearer'],
    ['S5', 'the unversioned twins answer in v0 shapes: flat JSON, bare text, empty strings'],
    [
      'S6',
      'the advertising token travels unchanged: text without characters that need escaping in JSON, which key holders decrypt as it is',
    ],
    [
      'S7',
      'every token is encrypted with a random IV: two generates for one person differ in both tokens and agree in the raw UID',
    ],
    ['S8', 'refresh issues a new identity with new tokens and times and the same raw UID, again and again'],
    ['S9', 'refresh works without an API key'],
    ['S10', 'refreshing before refresh_from is allowed'],
    ['S11', 'the refresh of an opted-out identity ends the chain: no identity, status optout'],
    ['S12', '{"status":"optout"} comes with HTTP 200 and without a member body'],
    ['S13', 'the validate identity and its hash pass generate and then validate as true'],
    [
      'S14',
      'validate is not true when token and identity do not fit, the token is broken or the identity is another one',
    ],
    ['S15', 'the opt-out test identity always gets tokens from the plain generate'],
    ['S16', 'refreshing the opt-out test identity always ends in optout, by hash as by address'],
    ['S17', 'log-out needs no call: earlier tokens stay valid after refreshes and new generates'],
    ['S18', 'a refresh token may be used repeatedly'],
    [
      'S19',
      'missing, double and invalid identifiers are 400 client_error with the exact message; a missing or unknown key is 401',
    ],
    ['S20', 'addresses are normalised exactly as the table of fixtures says'],
    ['S21', 'after an opt-out the person can log in again: the plain generate still issues tokens'],
    ['S22', 'an ordinary address behaves ordinarily on all endpoints'],
  ],
  http: [
    ['R1', 'a missing, malformed or unknown bearer key is 401 with exactly the body of its route'],
    ['R2', 'a key without a role for the route is 401'],
    ['R3', 'a disabled client is 401'],
    ['R4', 'the scheme Bearer is taken in any case, with exactly one space after it'],
    [
      'R5',
      "every answer but a preflight carries vary: origin, and the request's Origin as access-control-allow-origin",
    ],
    ['R6', "a preflight is 204 on any path, with exactly the operator's CORS headers"],
    [
      'R7',
      'an empty Origin header is 403 Forbidden; OPTIONS which is no preflight is an ordinary wrong method',
    ],
    ['R8', 'an unknown path, also one in another letter case, is 404 with the HTML body'],
    ['R9', 'a wrong method on a known path is 405 with allow and an empty body'],
    ['R10', 'a body over 1 MiB is 413, before the key is looked at; one of exactly 1 MiB is read'],
    ['R11', 'a malformed percent escape in the query is 400 Bad Request'],
    ['R12', '/ops/healthcheck is 200 OK without content type'],
    ['R13', 'the checks come in order: key, envelope, payload'],
    ['R14', 'X-Amzn-Trace-Id is echoed on routes with authorization'],
    ['R15', 'trailing and double slashes reach the route'],
    ['R87', 'query parameters have names in any case, the first of a repeated one counts and + is a space'],
  ],
  envelope: [
    [
      'R16',
      "a sealed answer is IV, ciphertext and tag under the client secret, holding the server's time, the nonce and JSON",
    ],
    ['R17', 'the nonce is echoed, and nothing is refused as a replay'],
    ['R18', 'every sealed answer has a fresh IV'],
    ['R19', 'application/octet-stream is answered in bytes, every other content type in base64 text/plain'],
    ['R20', 'an empty body is refused as missing'],
    ['R21', 'a body which is not strict standard base64 is refused'],
    ['R22', 'an envelope of fewer than 45 bytes is refused as too short'],
    ['R23', 'an envelope of another version than 1 is refused'],
    ['R24', 'an envelope sealed with another secret, or changed in one bit, is refused'],
    ['R25', 'a request of two minutes ago or ahead is refused, one of 90 seconds is not'],
    ['R26', 'a payload which is not a JSON object is refused'],
    ['R89', 'every route with authorization opens requests and seals answers by the same rules'],
  ],
  generate: [
    [
      'R27',
      'phone numbers are + and 10 to 15 ASCII digits, nothing trimmed; phone and phone_hash issue phone tokens',
    ],
    ['R28', 'hashes are 44 characters of strict base64 or 64 hex digits in any case'],
    ['R29', 'a JSON null counts as absent, other JSON types as their text'],
    ['R30', 'v2 generate answers optout for an opted-out identity'],
    ['R31', 'tcf_consent_string is ignored in UID2 and must parse and suffice in EUID'],
  ],
  tokens: [
    ['R32', 'an advertising token has the text form, version and type byte of its scope and identity'],
    [
      'R33',
      "an advertising token is encrypted with the master key and the active key of the caller's site, or of site 2",
    ],
    [
      'R34',
      "tokens carry the caller's site, privacy bits 1 (3 from the client side) and constant operator fields",
    ],
    ['R35', 'the times inside tokens agree with those of the answer and with the clock'],
    ['R36', 'now < refresh_from <= identity_expires <= refresh_expires, with constant lifetimes'],
    ['R37', 'the raw UID in a token is the one identity map gives'],
    ['R38', 'a refresh token has the layout of its version and holds the first-level hash'],
    ['R39', 'v2 wraps the refresh token with a fresh response key, repeated in the answer'],
  ],
  refresh: [
    ['R40', 'the answer to a wrapped token is sealed with its response key, in bytes if asked in bytes'],
    ['R41', 'a bare refresh token is answered in plain JSON with a newly wrapped one'],
    ['R42', 'a refresh keeps site, privacy bits and time of establishment, whoever asks'],
    ['R43', 'an invalid token is 400: invalid_token to a known key, error to anyone else'],
    ['R44', 'an expired token is 400: expired_token to a known key, error to anyone else'],
    ['R45', 'a token established before 2021-03-08T17:00Z ends as optout'],
    ['R46', 'a wrapped token that does not open is 400 client_error with the reason'],
    ['R47', 'a refresh with an unknown key is served as anonymous'],
    ['R48', 'a refresh without a token is refused'],
  ],
  validate: [
    ['R49', 'v2 validate is true for an own token and its identity, false for another identity'],
    ['R50', 'v2 validate treats a broken token as its version does'],
    ['R51', 'v1 and v2 validate refuse missing, double and invalid identifiers'],
    [
      'R52',
      "v2 validate looks at the site of the token's key in current versions, at test identities only in v5.56",
      'SHOULD',
    ],
  ],
  'identity map': [
    ['R53', 'mapped items hold the identifier as sent, its raw UID and bucket, in the order of the request'],
    ['R54', 'opted-out and invalid identifiers are listed as unmapped with their reason'],
    ['R55', 'v0, v1 and v2 map take exactly one kind of identifier'],
    ['R56', 'a list which is no array, or holds null, is refused as its generation does'],
    ['R57', 'v3 map answers four lists parallel to the request, of u, p and r or of e'],
    ['R58', 'v3 map refuses unknown members, and a request without any list'],
    ['R59', 'r is in the future; p is the raw UID before the last rotation, or null'],
    ['R60', 'buckets lists what changed at or after since_timestamp, with milliseconds, in table order'],
    ['R61', 'since_timestamp must be there and be a local ISO date and time'],
    ['R62', 'bucket ids of identity map are those of buckets'],
    ['R63', 'the raw UID follows from hash, salts and bucket by the formulas of Protocol §3'],
  ],
  keys: [
    [
      'R64',
      'keys are id, created, activates, expires, secret and the member of their endpoint, ascending by id',
    ],
    ['R65', 'a client sees the master keys, its own and those shared with it, nothing else'],
    ['R66', 'key/sharing has the members, numbers and texts of its contract'],
    ['R67', 'key/bidstream has the members and numbers of its contract'],
    ['R68', 'the key endpoints agree with one another'],
    ['R69', 'clients of reserved sites are refused by key/latest as invalid_client'],
    ['R70', 'site_data lists the domain and app names of sites whose keys are shown'],
  ],
  'client-generate': [
    [
      'R71',
      'client-generate issues tokens with privacy bits 3, sealed with the shared key, without content type',
    ],
    ['R72', 'the Origin must be of a domain of the site'],
    ['R73', "the app name must be one of the site's"],
    ['R74', 'an unknown subscription is 400, a disabled one 401'],
    ['R75', 'payload, iv and public_key must be there and fit'],
    ['R76', 'timestamp and app name are bound to the ciphertext, the age of the timestamp is not looked at'],
    ['R77', 'the encrypted payload holds exactly one valid hash'],
    ['R78', 'client-generate answers optout for an opted-out identity'],
    ['R79', 'a body which is not a JSON object of the known members is refused'],
  ],
  'opt-out': [
    [
      'R80',
      'optout/status lists those of the given raw UIDs which are opted out, with the time in milliseconds',
    ],
    ['R81', 'optout/status refuses a missing list and one that is too long'],
    ['R82', 'token/logout answers as its generation does, and refuses what is no identity'],
  ],
  versions: [
    ['R88', 'what versions differ in is done in exactly one of their ways, in that of the profile named'],
    ['R83', 'the refusals of envelopes are worded as in the version named', 'SHOULD'],
    ['R84', 'base64 sent as application/octet-stream is read by current versions only', 'SHOULD'],
    ['R85', 'optout_check and policy are looked at by v5.56 only', 'SHOULD'],
    [
      'R86',
      'preflights and answers of v2 validate name Authorization and vary twice in current versions only',
      'SHOULD',
    ],
  ],
};

/** Every requirement, in the order of their ids. */
export const requirements: readonly Requirement[] = Object.freeze(
  Object.entries(rows).flatMap(([area, list]) =>
    list.map(([id, text, level = 'MUST']) => Object.freeze({ id, area, level, text })),
  ),
);

const byId = new Map(requirements.map((requirement) => [requirement.id, requirement]));

/** Throws when there is no such requirement: scenarios and requirements are kept in step. */
export function requirement(id: string): Requirement {
  const found = byId.get(id);
  if (!found) throw new Error(`requirement: expected one of requirements.ts, got ${id}`);
  return found;
}
