/**
 * The requirements that the scenarios check. S1-S22 are those of Protocol §11, for v0 and v1; where a later
 * generation has the same rule, the same scenario checks it there. R1 and up come from Protocol §6-8 and §10.
 * An id never changes its meaning; a new rule gets a new id.
 */
import type { Level } from './api.ts';
import { seedRows, type RequirementRow } from './seed-requirements.ts';

export interface Requirement {
  readonly id: string;
  readonly area: string;
  readonly level: Level;
  readonly text: string;
  /** Of the protocol, where the rule is described: `8.1.2`. */
  readonly section: string;
}

const rows: Readonly<Record<string, readonly RequirementRow[]>> = {
  seed: seedRows,
  http: [
    ['R1', '6.1', 'a missing, malformed or unknown API key is 401 with exactly the body of its route'],
    ['R2', '6.2', 'a key without a role that the route needs is 401'],
    ['R3', '6.1', 'the key of a disabled client is 401'],
    ['R4', '6.1', 'the scheme Bearer is accepted in any letter case, with exactly one space after it'],
    [
      'R5',
      '6.3',
      "every answer except a preflight has vary: origin, and the request's Origin as access-control-allow-origin",
    ],
    ['R90', '6.4', 'every request is answered in HTTP, on a connection that stays open'],
    [
      'R91',
      '6.5',
      'the content type is application/json for JSON, text/plain or application/octet-stream for envelopes, and none for text',
    ],
    ['R93', '6.4', 'the same request is answered in the same way whenever it is sent'],
    ['R6', '6.3', "a preflight is 204 on any path, with exactly the operator's CORS headers"],
    ['R7', '6.3', 'an empty Origin header is 403 Forbidden; OPTIONS without preflight headers is 405'],
    ['R8', '6.4', 'an unknown path is 404 with the HTML body, also a known path in another letter case'],
    ['R9', '6.4', 'a wrong method on a known path is 405 with the header allow and an empty body'],
    ['R10', '6.4', 'a body over 1 MiB is 413, with any key; a body of exactly 1 MiB is read'],
    ['R11', '6.4', 'a malformed percent escape in the query is 400 Bad Request'],
    ['R12', '6.4', '/ops/healthcheck is 200 OK without content type'],
    ['R13', '6.1', 'the checks come in this order: key, envelope, payload'],
    ['R14', '6.1', 'X-Amzn-Trace-Id is echoed on routes that need a key'],
    ['R15', '6.4', 'a path with a trailing slash or double slashes reaches the route'],
    [
      'R87',
      '8',
      'names of query parameters have any letter case, the first of a repeated parameter counts, and + is a space',
    ],
  ],
  envelope: [
    [
      'R16',
      '7.2',
      "a sealed answer is IV, ciphertext and tag under the client secret; inside are the operator's time, the nonce and JSON",
    ],
    ['R92', '7.2', "the times in answers and tokens are the operator's clock, in milliseconds"],
    ['R17', '7.3', 'the nonce is echoed, and a repeated request is accepted'],
    ['R18', '7.2', 'every sealed answer has a new IV'],
    [
      'R19',
      '7.2',
      'a request as application/octet-stream is answered in bytes, any other content type in base64 as text/plain',
    ],
    ['R20', '7.3', 'an empty body is refused as missing'],
    ['R21', '7.3', 'a body that is not strict standard base64 is refused'],
    ['R22', '7.3', 'an envelope of fewer than 45 bytes is refused as too short'],
    ['R23', '7.3', 'an envelope of a version other than 1 is refused'],
    ['R24', '7.3', 'an envelope that is sealed with another secret, or has one changed bit, is refused'],
    [
      'R25',
      '7.3',
      'an envelope whose time is two minutes off is refused, one that is 90 seconds off is accepted',
    ],
    ['R26', '7.3', 'a payload that is not a JSON object is refused'],
    ['R89', '7', 'all routes that need a key open requests and seal answers by the same rules'],
  ],
  generate: [
    [
      'R27',
      '2.2',
      'a phone number is + and 10 to 15 ASCII digits, without trimming; phone and phone_hash issue phone tokens',
    ],
    ['R28', '2.3', 'a hash is 44 characters of strict base64, or 64 hex digits in any letter case'],
    ['R29', '8.1.3', 'a JSON null counts as absent, any other JSON type as its text'],
    ['R30', '8.1.3', 'v2 generate answers optout for an opted-out identity'],
    ['R31', '8.1.5', 'tcf_consent_string is ignored in UID2; in EUID it must be valid and give the consent'],
  ],
  tokens: [
    [
      'R32',
      '5.2',
      'an advertising token has the text form, the version and the type byte of its scope and identity type',
    ],
    [
      'R33',
      '4.2',
      "an advertising token is encrypted with the master key and the active key of the caller's site, or of site 2",
    ],
    [
      'R34',
      '5.7',
      "tokens have the caller's site, privacy bits 1 (3 from client-generate) and constant operator fields",
    ],
    ['R35', '5.2', 'the times inside tokens agree with those of the answer and with the clock'],
    ['R36', '9', 'now < refresh_from <= identity_expires <= refresh_expires, with constant lifetimes'],
    ['R37', '3', 'the raw UID in a token is the one that identity map gives'],
    ['R38', '5.3', 'a refresh token has the layout of its version and the first-level hash of its identity'],
    ['R39', '5.5', 'v2 wraps each refresh token with a new response key, which the answer repeats'],
  ],
  refresh: [
    [
      'R40',
      '7.4',
      'the answer to a wrapped token is sealed with its response key, in bytes if the request was in bytes',
    ],
    ['R41', '7.4', 'the answer to a bare refresh token is plain JSON with a new wrapped token'],
    ['R42', '8.2', 'a refresh keeps the site, the privacy bits and the time of establishment, with any key'],
    ['R43', '8.2.3', 'an invalid token is 400: invalid_token to a known key, error to any other'],
    ['R44', '8.2.3', 'an expired token is 400: expired_token to a known key, error to any other'],
    ['R45', '8.2', 'a token established before 2021-03-08T17:00Z is answered with optout'],
    ['R46', '7.4', 'a wrapped token that does not open is 400 client_error with the reason'],
    ['R47', '6.1', 'a refresh with an unknown key is answered like one without a key'],
    ['R48', '8.2.3', 'a refresh without a token is refused'],
  ],
  validate: [
    [
      'R49',
      '8.3.3',
      'v2 validate answers true for a token of the own site and its identity, false for another identity',
    ],
    ['R50', '8.3.3', 'v2 validate answers a broken token as its version does'],
    [
      'R51',
      '8.3.2',
      'v1 and v2 validate refuse a missing identifier, two identifiers and an invalid identifier',
    ],
    [
      'R52',
      '8.3.3',
      "v2 validate goes by the site of the token's key in current versions, by the test identities in v5.56",
      'SHOULD',
    ],
  ],
  'identity map': [
    [
      'R53',
      '8.8',
      'mapped items have the identifier as sent, its raw UID and its bucket, in the order of the request',
    ],
    ['R54', '8.8', 'opted-out and invalid identifiers are listed as unmapped with their reason'],
    ['R55', '8.7', 'map of v0, v1 and v2 accepts exactly one kind of identifier'],
    ['R56', '8.8', 'a list that is not an array, or that holds null, is refused as in its generation'],
    ['R57', '8.9', 'v3 map answers four lists parallel to the request; an item has u, p and r, or e'],
    ['R58', '8.9', 'v3 map refuses unknown members, and a request without any list'],
    ['R59', '8.9', 'r is in the future; p is the raw UID before the last rotation, or null'],
    [
      'R60',
      '8.6',
      'buckets lists what changed at or after since_timestamp, in table order, with milliseconds',
    ],
    ['R61', '8.6', 'since_timestamp is required and must be an ISO date and time without zone'],
    ['R62', '8.6', 'identity map and buckets have the same bucket ids'],
    ['R63', '3', 'the raw UID follows from hash, salts and bucket by the formulas of Protocol §3'],
  ],
  keys: [
    [
      'R64',
      '4.4',
      'a key has id, created, activates, expires, secret and the member of its endpoint; keys are sorted by id',
    ],
    ['R65', '4.3', 'a client sees the master keys, its own keys and those shared with it, and no others'],
    ['R66', '8.10', 'key/sharing has exactly its members, with the numbers and texts of the settings'],
    ['R67', '8.10', 'key/bidstream has exactly its members, with the numbers of the settings'],
    ['R68', '8.10', 'the key endpoints agree with each other'],
    ['R69', '8.10', 'key/latest refuses clients of reserved sites as invalid_client'],
    ['R70', '8.10', 'site_data lists the domain names and app names of the sites whose keys are listed'],
  ],
  'client-generate': [
    [
      'R71',
      '8.5',
      'client-generate issues tokens with privacy bits 3, sealed with the shared key, without content type',
    ],
    ['R72', '8.5', 'the Origin must be of a domain of the site'],
    ['R73', '8.5', "the app name must be one of the site's"],
    ['R74', '8.5', 'an unknown subscription is 400, a disabled one 401'],
    ['R75', '8.5', 'payload, iv and public_key are required and must be valid'],
    [
      'R76',
      '8.5',
      'the ciphertext is bound to the timestamp and the app name; the age of the timestamp is not checked',
    ],
    ['R77', '8.5', 'the encrypted payload holds exactly one valid hash'],
    ['R78', '8.5', 'client-generate answers optout for an opted-out identity'],
    ['R79', '8.5', 'a body that is not a JSON object of the known members is refused'],
  ],
  'opt-out': [
    [
      'R80',
      '8.11',
      'optout/status lists the given raw UIDs that are opted out, with the time in milliseconds',
    ],
    ['R81', '8.11', 'optout/status refuses a missing list and a list that is too long'],
    ['R82', '8.4', 'token/logout answers as its generation does, and refuses an invalid identifier'],
  ],
  versions: [
    [
      'R88',
      '12',
      'where versions differ, the operator does exactly as the given profile, or as either of them',
    ],
    ['R83', '7.3', 'refusals of envelopes have the wording of the given version', 'SHOULD'],
    ['R84', '7.3', 'only current versions read base64 sent as application/octet-stream', 'SHOULD'],
    ['R85', '8.1.4', 'only v5.56 checks optout_check and policy', 'SHOULD'],
    [
      'R86',
      '6.3',
      'only current versions allow Authorization in preflights of v2 validate and vary its answers twice',
      'SHOULD',
    ],
  ],
};

/** Every requirement, in the order of their ids. */
export const requirements: readonly Requirement[] = Object.freeze(
  Object.entries(rows).flatMap(([area, list]) =>
    list.map(([id, section, text, level = 'MUST']) => Object.freeze({ id, area, level, text, section })),
  ),
);

const byId = new Map(requirements.map((requirement) => [requirement.id, requirement]));

/** @throws Error when there is no such requirement: scenarios name only those of this table. */
export function requirement(id: string): Requirement {
  const found = byId.get(id);
  if (!found) throw new Error(`requirement: expected one of requirements.ts, got ${id}`);
  return found;
}
