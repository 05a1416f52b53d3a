/** Converts a recorded request to the bytes for a given time. */
import { randomBytes } from 'node:crypto';
import type { World } from '../../operator/world/schema.ts';
import { sealClientGenerate, sealRequest } from '../../../contract-tests/wire/index.ts';
import type { ClientGenerateRecipe, EnvelopeRecipe, RecordedRequest } from './format.ts';

/** How to open an encrypted answer: sealed like a request with its nonce, or bare. */
export type Opener = { sealed: true; key: Buffer; nonce: Buffer } | { sealed: false; key: Buffer };

export interface WireRequest {
  method: string;
  /** Path and query, sent as they are. */
  target: string;
  headers: Record<string, string | string[]>;
  body: Buffer | undefined;
  opener: Opener | undefined;
}

type Client = World['clients'][number];
type Body = Pick<WireRequest, 'body' | 'opener'>;

function clientNamed(world: World, name: string): Client {
  const client = world.clients.find((candidate) => candidate.name === name);
  if (client === undefined) {
    throw new Error(`client: expected one of the world, got ${name}`);
  }
  return client;
}

function envelopePayload(recipe: EnvelopeRecipe, json: unknown): Buffer | undefined {
  if (recipe.omit_payload) {
    return undefined;
  }
  if (recipe.payload_base64 !== undefined) {
    return Buffer.from(recipe.payload_base64, 'base64');
  }
  return Buffer.from(recipe.payload_text ?? JSON.stringify(json));
}

const encodings: Record<EnvelopeRecipe['encoding'], (sealed: Buffer) => Buffer | string> = {
  base64: (sealed) => sealed.toString('base64'),
  binary: (sealed) => sealed,
  base64url: (sealed) => sealed.toString('base64url'),
  base64_newline: (sealed) => `${sealed.toString('base64')}\n`,
  base64_mime: (sealed) => sealed.toString('base64').replace(/.{76}/g, '$&\r\n'),
  hex: (sealed) => sealed.toString('hex'),
  json_quoted: (sealed) => JSON.stringify(sealed.toString('base64')),
};

function envelopeBody(recipe: EnvelopeRecipe, json: unknown, secret: Buffer, now: number): Body {
  const nonce = randomBytes(8);
  const timestampMs = recipe.timestamp_ms ?? now + recipe.timestamp_offset_ms;
  const payload = envelopePayload(recipe, json);
  let sealed = sealRequest(secret, payload, { timestampMs, nonce, version: recipe.version });
  // The URL alphabet shows only in an envelope which has one of its two characters.
  while (recipe.encoding === 'base64url' && !/[-_]/.test(sealed.toString('base64url'))) {
    sealed = sealRequest(secret, payload, { timestampMs, nonce, version: recipe.version });
  }
  sealed = sealed.subarray(0, recipe.truncate_bytes);
  if (recipe.flip_byte !== undefined) {
    const index = (recipe.flip_byte + sealed.length) % sealed.length;
    sealed.writeUInt8(sealed.readUInt8(index) ^ 1, index);
  }
  return {
    body: Buffer.from(encodings[recipe.encoding](sealed)),
    opener: { sealed: true, key: secret, nonce },
  };
}

function clientGenerateBody(recipe: ClientGenerateRecipe, world: World, now: number): Body {
  const keypair = world.client_side_keypairs.find(
    ({ subscription_id }) => recipe.encrypt_to === undefined || subscription_id === recipe.encrypt_to,
  );
  if (keypair === undefined) {
    throw new Error(`cstg: expected a key pair of the world, got ${recipe.encrypt_to}`);
  }
  const { body, sharedKey } = sealClientGenerate({
    subscriptionId: recipe.subscription_id ?? keypair.subscription_id,
    serverPublicKey: keypair.public_key,
    payload: recipe.payload_text ?? recipe.payload,
    timestampMs: now + recipe.timestamp_offset_ms,
    appName: recipe.app_name,
    timestampAsString: recipe.timestamp_as_string,
    aadText: recipe.aad_text,
    aadAppName: recipe.aad_app_name,
    aadTimestampShift: recipe.aad_timestamp_shift,
    ivBytes: recipe.iv_bytes,
    curve: recipe.curve,
    payloadEncoding: recipe.payload_encoding,
    flipPayloadByte: recipe.flip_payload_byte,
  });
  const members = Object.entries({ ...body, ...recipe.override }).filter(([, value]) => value !== '<omit>');
  return {
    body: Buffer.from(JSON.stringify(Object.fromEntries(members))),
    opener: { sealed: false, key: sharedKey },
  };
}

function plainBody(request: RecordedRequest): Body {
  const { raw_body, raw_body_base64, body_repeat, response_key } = request;
  const opener: Opener | undefined =
    response_key === undefined ? undefined : { sealed: false, key: Buffer.from(response_key, 'base64') };
  if (raw_body_base64 !== undefined) {
    return { body: Buffer.from(raw_body_base64, 'base64'), opener };
  }
  const text = body_repeat === undefined ? raw_body : body_repeat.text.repeat(body_repeat.count);
  return { body: text === undefined ? undefined : Buffer.from(text), opener };
}

function bodyOf(request: RecordedRequest, world: World, now: number): Body {
  const { envelope, cstg, json } = request;
  if (cstg !== undefined) {
    return clientGenerateBody(cstg, world, now);
  }
  if (envelope === undefined) {
    return plainBody(request);
  }
  const owner = envelope.secret_of ?? request.client;
  if (owner == null) {
    throw new Error('envelope: expected a client whose secret seals it, got none');
  }
  return envelopeBody(envelope, json, Buffer.from(clientNamed(world, owner).secret, 'base64'), now);
}

/**
 * The request as it was sent, made for the time `now` (Unix milliseconds).
 * @throws Error when it names a client or key pair which the world lacks.
 */
export function wireRequest(request: RecordedRequest, world: World, now: number): WireRequest {
  const { method, path, query, client, headers } = request;
  const authorization = client == null ? {} : { Authorization: `Bearer ${clientNamed(world, client).key}` };
  return {
    method,
    target: query === undefined ? path : `${path}?${query}`,
    headers: { ...authorization, ...headers },
    ...bodyOf(request, world, now),
  };
}
