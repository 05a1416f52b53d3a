/** Client-side token generation: from the sealed request of a browser or app to tokens (Protocol §8.5). */

import { readPrivateScalar, readPublicPoint } from '../core/client-keys.ts';
import { type JsonObject, isJsonObject, parseJsonObject, textOfJson } from '../core/envelope.ts';
import type { Identity } from '../core/identity-hash.ts';
import { OperatorError } from '../core/operator-error.ts';
import { fromUtf8Strict, utf8 } from '../core/primitives.ts';
import { type IssuedTokens, issueTokens, privacyBits } from './generate.ts';
import { type Operator, identify, locate, optedOut } from './operator.ts';
import type { World } from './world.ts';

const IV_LENGTH = 12;
const KEY_PREFIX_LENGTH = 9;
const TEXT_MEMBERS = ['subscription_id', 'public_key', 'iv', 'payload', 'app_name'] as const;
const TIMESTAMP = /^[+-]?\d{1,18}$/;

type Keypair = World['client_side_keypairs'][number];

interface ClientGenerateRequest extends Partial<Record<(typeof TEXT_MEMBERS)[number], string>> {
  readonly timestamp: number;
}

/** The key the answer is sealed with, and the tokens unless the identity is opted out. */
export interface ClientGenerated {
  readonly sharedKey: Uint8Array;
  readonly tokens: IssuedTokens | undefined;
}

/**
 * @param body undefined when it is no text
 * @throws OperatorError the `cstg_*` codes, `identifier_invalid`, `no_active_key` and `unknown`, in order of §8.5
 */
export async function clientGenerate(
  operator: Operator,
  body: string | undefined,
  origin: string | undefined,
): Promise<ClientGenerated> {
  const request = readRequest(body);
  const keypair = operator.world.client_side_keypairs.find(
    ({ subscription_id }) => subscription_id === request.subscription_id,
  );
  if (keypair === undefined) throw new OperatorError('cstg_bad_subscription');
  if (keypair.disabled) throw new OperatorError('cstg_disabled');
  await checkSource(operator, keypair, request, origin);
  const { sharedKey, payload } = openPayload(operator, keypair, request);
  const located = locate(operator, readIdentity(operator, payload));
  if (optedOut(operator, located)) return { sharedKey, tokens: undefined };
  const now = operator.clock.now();
  const issue = { siteId: keypair.site_id, privacyBits: privacyBits.clientSide, established: now, now };
  return { sharedKey, tokens: issueTokens(operator, located, issue) };
}

function readRequest(body: string | undefined): ClientGenerateRequest {
  if (body === undefined) throw new OperatorError('cstg_json_invalid');
  if (body === '') throw new OperatorError('cstg_json_missing');
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new OperatorError('cstg_json_invalid');
  }
  if (json === null) throw new OperatorError('cstg_json_missing');
  if (!isJsonObject(json)) throw new OperatorError('unknown');
  const request: ClientGenerateRequest = { timestamp: readTimestamp(json.timestamp) };
  for (const [name, value] of Object.entries(json)) {
    if (name === 'timestamp') continue;
    const member = TEXT_MEMBERS.find((known) => known === name);
    if (member === undefined || (typeof value === 'object' && value !== null))
      throw new OperatorError('unknown');
    if (value !== null) request[member] = textOfJson(value);
  }
  return request;
}

function readTimestamp(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'string' && TIMESTAMP.test(value.trim())) return Number(value);
  throw new OperatorError('unknown');
}

async function checkSource(
  operator: Operator,
  keypair: Keypair,
  request: ClientGenerateRequest,
  origin: string | undefined,
): Promise<void> {
  if (!operator.world.client_side_token_generate_domain_name_check) return;
  const site = operator.directory.sites.get(keypair.site_id);
  if (request.app_name !== undefined) {
    const app = request.app_name.toLowerCase();
    if (!site?.app_names.some((name) => name.toLowerCase() === app)) throw new OperatorError('cstg_app_name');
    return;
  }
  const domain = origin === undefined ? undefined : await operator.rules.registrableDomain(origin);
  if (domain === undefined || !site?.domain_names.includes(domain)) throw new OperatorError('cstg_origin');
}

function openPayload(operator: Operator, keypair: Keypair, request: ClientGenerateRequest) {
  const { primitives } = operator;
  if (request.payload === undefined || request.iv === undefined || request.public_key === undefined) {
    throw new OperatorError('cstg_parameters');
  }
  const spki = primitives.fromBase64(request.public_key);
  const point = spki && readPublicPoint(spki);
  if (point === undefined) throw new OperatorError('cstg_bad_public_key');
  const pkcs8 = primitives.fromBase64(keypair.private_key.slice(KEY_PREFIX_LENGTH));
  const scalar = pkcs8 && readPrivateScalar(pkcs8);
  const sharedKey = point === 'other-curve' || !scalar ? undefined : primitives.ecdhP256(scalar, point);
  if (sharedKey === undefined) throw new OperatorError('unknown');
  const iv = primitives.fromBase64(request.iv);
  if (iv?.length !== IV_LENGTH) throw new OperatorError('cstg_bad_iv');
  const { timestamp, app_name } = request;
  const aad = utf8(JSON.stringify(app_name === undefined ? [timestamp] : [timestamp, app_name]));
  const sealed = primitives.fromBase64(request.payload);
  const plain = sealed && primitives.gcmOpen(sharedKey, iv, sealed, aad);
  if (plain === undefined) throw new OperatorError('cstg_undecryptable');
  const payload = parseJsonObject(fromUtf8Strict(plain) ?? '');
  if (payload === undefined) throw new OperatorError('cstg_payload_not_json');
  return { sharedKey, payload };
}

function readIdentity(operator: Operator, payload: JsonObject): Identity {
  const { email_hash, phone_hash } = payload;
  const hasEmail = email_hash !== undefined && email_hash !== null;
  const hasPhone = phone_hash !== undefined && phone_hash !== null;
  if (hasPhone && !operator.phones) throw new OperatorError('cstg_phone_unsupported');
  if (hasEmail === hasPhone) {
    throw new OperatorError(operator.phones ? 'cstg_identifier_missing' : 'cstg_identifier_missing_no_phone');
  }
  const identity = hasEmail
    ? identify(operator, 'email_hash', textOfJson(email_hash))
    : identify(operator, 'phone_hash', textOfJson(phone_hash));
  if (identity === undefined) throw new OperatorError('identifier_invalid');
  return identity;
}
