/** Client-side token generation: from the sealed request of a browser or app to tokens (Protocol §8.5). */

import { readPrivateScalar, readPublicPoint } from '../core/client-keys.ts';
import type { Identity } from '../core/identity-hash.ts';
import { equalsIgnoringCase } from '../core/ignoring-case.ts';
import { JsonNumber, type JsonObject, int64Of, isJsonObject, jsonText, writeJson } from '../core/json.ts';
import { JsonReading, parseJson } from '../core/json-reading.ts';
import { readBase64 } from '../core/base64-faults.ts';
import { payloadFault } from '../core/envelope-faults.ts';
import { identifierFault } from '../core/identifier-faults.ts';
import { jsonBodyFault } from '../core/json-faults.ts';
import { absentMember, misnamedMember, shownName } from '../core/member-faults.ts';
import { OperatorError } from '../core/operator-error.ts';
import { publicKeyFault } from '../core/public-key-faults.ts';
import type { Fault, Reason } from '../core/reasons.ts';
import { utf8 } from '../core/primitives.ts';
import { fromJsonBytes, fromUtf8 } from '../core/text.ts';
import { type IssuedTokens, issueTokens, privacyBits } from './generate.ts';
import type { Deployment } from './deployment.ts';
import type { Exchange } from './exchange.ts';
import { identify, locate } from './identity.ts';
import { isRefused, optOutReason } from './opt-out.ts';
import { originFault } from './origin-faults.ts';
import type { State } from './state/state.ts';
import { readInTurns } from './turns.ts';
import type { World } from './world/schema.ts';

const IV_LENGTH = 12;
const IV_HEX = /^[0-9a-f]{24}$/i;
const TAG_LENGTH = 16;
const KEY_PREFIX_LENGTH = 9;
const TEXT_MEMBERS = ['subscription_id', 'public_key', 'iv', 'payload', 'app_name'] as const;
/** A whole number of up to 19 digits, without leading zeros. */
const INTEGER = /^([+-]?)0*(\d{1,19})$/;
const SURROGATE = /\p{Surrogate}/u;
const SPACE = 0x20;

type Keypair = World['client_side_keypairs'][number];

interface ClientGenerateRequest extends Partial<Record<(typeof TEXT_MEMBERS)[number], string | undefined>> {
  readonly timestamp: bigint;
}

/** The key that seals the answer, and the tokens; a reason in place of tokens when the identity is opted out. */
interface ClientGenerated {
  readonly sharedKey: Uint8Array;
  readonly tokens: IssuedTokens | Reason;
}

/** @throws OperatorError the `cstg_*` codes, `identifier_invalid`, `no_active_key` and `unknown`, in order of §8.5 */
export async function clientGenerate(
  deployment: Deployment,
  state: State,
  exchange: Exchange,
  body: Uint8Array,
  origin: string | undefined,
): Promise<ClientGenerated> {
  const request = readRequest(await readBody(body));
  const keypair = deployment.world.client_side_keypairs.find(
    ({ subscription_id }) => subscription_id === request.subscription_id,
  );
  if (keypair === undefined) {
    const isAbsent = request.subscription_id === undefined;
    throw new OperatorError(
      'cstg_bad_subscription',
      isAbsent ? 'cstg_subscription_absent' : 'cstg_subscription_unknown',
    );
  }
  if (keypair.disabled) throw new OperatorError('cstg_disabled', 'cstg_subscription_disabled');
  await checkSource(deployment, keypair, request, origin);
  const { sharedKey, payload, json } = openPayload(deployment, keypair, request);
  exchange.plainRequest = json;
  const located = locate(deployment, readIdentity(deployment, payload));
  if (isRefused(deployment, state, located)) return { sharedKey, tokens: optOutReason(located) };
  const now = state.clock.now();
  const issue = { siteId: keypair.site_id, privacyBits: privacyBits.clientSide, established: now, now };
  return { sharedKey, tokens: issueTokens(deployment, located, issue) };
}

async function readBody(body: Uint8Array): Promise<JsonObject> {
  if (body.length === 0) throw new OperatorError('cstg_json_missing', 'body_empty');
  const reading = new JsonReading(fromJsonBytes(body) ?? '');
  await readInTurns(reading);
  const { value } = reading;
  if (isJsonObject(value)) return value;
  const code = value === undefined ? 'cstg_json_invalid' : value === null ? 'cstg_json_missing' : 'unknown';
  throw new OperatorError(code, ...jsonBodyFault(body, value));
}

function readRequest(json: JsonObject): ClientGenerateRequest {
  const request: ClientGenerateRequest = { timestamp: readTimestamp(json.timestamp) };
  for (const [name, value] of Object.entries(json)) {
    if (name === 'timestamp') continue;
    const member = TEXT_MEMBERS.find((known) => known === name);
    if (member === undefined) throw new OperatorError('unknown', ...unknownMember(name));
    if (Array.isArray(value) || isJsonObject(value)) {
      throw new OperatorError('unknown', 'cstg_member_not_text', { member });
    }
    request[member] = jsonText(value);
  }
  return request;
}

function unknownMember(name: string): Fault {
  const misnamed = misnamedMember([name], [...TEXT_MEMBERS, 'timestamp']);
  return misnamed ? ['member_misnamed', misnamed] : ['member_unknown', { member: shownName(name) }];
}

/** A text without the control characters and spaces around it; other white space stays. */
function trimmed(text: string): string {
  let from = 0;
  let end = text.length;
  // beyond its ends a text has no code, and the loops stop
  while (text.charCodeAt(from) <= SPACE) from += 1;
  while (text.charCodeAt(end - 1) <= SPACE) end -= 1;
  return text.slice(from, end);
}

/** Reads a 64-bit number, or the text of one; zero when it is missing. */
function readTimestamp(value: unknown): bigint {
  const given = typeof value === 'string' ? trimmed(value) : value;
  if (given === undefined || given === null || given === '' || given === 'null') return 0n;
  const timestamp =
    given instanceof JsonNumber ? given.int64 : typeof given === 'string' ? integerOf(given) : undefined;
  if (timestamp === undefined) throw new OperatorError('unknown', 'cstg_timestamp');
  return timestamp;
}

function integerOf(text: string): bigint | undefined {
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return int64Of(sign === '-' ? -BigInt(digits) : BigInt(digits));
}

async function checkSource(
  deployment: Deployment,
  keypair: Keypair,
  request: ClientGenerateRequest,
  origin: string | undefined,
): Promise<void> {
  if (!deployment.world.client_side_token_generate_domain_name_check) return;
  const site = deployment.directory.sites.get(keypair.site_id);
  if (request.app_name !== undefined) {
    const app = request.app_name;
    if (!site?.app_names.some((name) => equalsIgnoringCase(name, app))) {
      throw new OperatorError('cstg_app_name', 'cstg_app_name_unknown');
    }
    return;
  }
  const domain = origin === undefined ? undefined : await deployment.rules.registrableDomain(origin);
  if (origin === undefined) throw new OperatorError('cstg_origin', 'cstg_origin_absent');
  if (domain === undefined) {
    throw new OperatorError('cstg_origin', ...originFault(origin));
  }
  if (!site?.domain_names.includes(domain)) {
    throw new OperatorError('cstg_origin', 'cstg_origin_unknown', { domain });
  }
}

function parameter(request: ClientGenerateRequest, member: 'payload' | 'iv' | 'public_key'): string {
  const text = request[member];
  if (text === undefined) throw new OperatorError('cstg_parameters', 'cstg_parameter_absent', { member });
  return text;
}

function openPayload(deployment: Deployment, keypair: Keypair, request: ClientGenerateRequest) {
  const { primitives } = deployment;
  const payloadText = parameter(request, 'payload');
  const ivText = parameter(request, 'iv');
  const public_key = parameter(request, 'public_key');
  const spki = primitives.fromBase64(public_key);
  const point = spki && readPublicPoint(spki);
  if (point === undefined) throw new OperatorError('cstg_bad_public_key', ...publicKeyFault(public_key));
  const pkcs8 = primitives.fromBase64(keypair.private_key.slice(KEY_PREFIX_LENGTH));
  const scalar = pkcs8 && readPrivateScalar(pkcs8);
  if (point === 'other-curve') throw new OperatorError('unknown', 'cstg_public_key_curve');
  const sharedKey = scalar && primitives.ecdhP256(scalar, point);
  if (sharedKey === undefined) throw new OperatorError('unknown', 'cstg_public_key_off_curve');
  const iv = readBase64(ivText, 'iv', 'cstg_bad_iv', primitives);
  if (iv.length !== IV_LENGTH) {
    const fault = IV_HEX.test(ivText) ? 'cstg_iv_hex' : 'cstg_iv_length';
    throw new OperatorError('cstg_bad_iv', fault, { length: iv.length });
  }
  const { timestamp, app_name } = request;
  // the operator cannot encode such a name for the additional data
  if (app_name !== undefined && SURROGATE.test(app_name)) {
    throw new OperatorError('cstg_undecryptable', 'cstg_app_name_not_text');
  }
  const aad = utf8(`[${timestamp}${app_name === undefined ? '' : `,${writeJson(app_name)}`}]`);
  const sealed = readBase64(payloadText, 'payload', 'cstg_undecryptable', primitives);
  const plain = primitives.gcmOpen(sharedKey, iv, sealed, aad);
  if (plain === undefined) {
    throw new OperatorError('cstg_undecryptable', ...sealFault(keypair, public_key, sealed));
  }
  const json = fromJsonBytes(plain);
  const payload = json === undefined ? undefined : parseJson(json);
  if (!isJsonObject(payload)) {
    throw new OperatorError('cstg_payload_not_json', ...payloadFault(fromUtf8(plain), payload));
  }
  return { sharedKey, payload, json };
}

/** Why a payload does not open. */
function sealFault({ public_key }: Keypair, given: string, { length }: Uint8Array): Fault {
  if (length < TAG_LENGTH) return ['cstg_payload_too_short', { length }];
  return [public_key.endsWith(given) ? 'cstg_public_key_of_operator' : 'cstg_payload_tag'];
}

/** With phone support off, a phone hash is refused, not ignored. */
const HASHES = ['email_hash', 'phone_hash'] as const;

function readIdentity(deployment: Deployment, payload: JsonObject): Identity {
  const given = HASHES.filter((kind) => jsonText(payload[kind]) !== undefined);
  if (given.includes('phone_hash') && !deployment.phones) {
    throw new OperatorError('cstg_phone_unsupported', 'phones_off', { kind: 'phone_hash' });
  }
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw new OperatorError(
      deployment.phones ? 'cstg_identifier_missing' : 'cstg_identifier_missing_no_phone',
      ...(kind === undefined ? absentHash(deployment, payload) : severalHashes),
    );
  }
  const text = jsonText(payload[kind]) ?? '';
  const identity = identify(deployment, kind, text);
  if (identity !== undefined) return identity;
  const isText = typeof payload[kind] === 'string';
  const fault: Fault = isText ? identifierFault(kind, text) : ['identifier_not_text', { kind }];
  throw new OperatorError('identifier_invalid', ...fault);
}

const severalHashes: Fault = ['identifiers_several', { kinds: HASHES.join(', ') }];

function absentHash({ phones }: Deployment, payload: JsonObject): Fault {
  const plain = ['email', 'phone'].find((kind) => kind in payload);
  if (plain !== undefined) return ['cstg_hash_expected', { got: plain }];
  const kind = HASHES.find((one) => payload[one] === null);
  if (kind !== undefined) return ['identifier_null', { kind }];
  const reasons = { absent: 'identifier_absent', misnamed: 'identifier_misnamed' } as const;
  return absentMember(Object.keys(payload), phones ? HASHES : ['email_hash'], reasons);
}
