/** Makes the bytes of a recorded body for a given time, and the opener of its answer. */
import { randomBytes } from 'node:crypto';
import { sealClientGenerate, sealWithKey } from '../../../contract-tests/wire/index.ts';
import type { World } from '../../operator/world/schema.ts';
import type { Opener } from '../replay/request.ts';
import { alterText, flipByte } from './alter-text.ts';
import type { ClientGenerateBody, DifferentialBody, DifferentialRequest, EnvelopeBody } from './format.ts';
import { alterJson, encodeText, jsonText } from './json-text.ts';

interface MadeBody {
  readonly bytes: Buffer;
  readonly opener: Opener | undefined;
}

interface Written {
  readonly json?: unknown;
  readonly text?: string | undefined;
  readonly jmut: EnvelopeBody['jmut'];
  readonly bom: boolean;
  readonly charset: string;
}

const written = ({ json, text, jmut, bom }: Written): string =>
  (bom ? '\uFEFF' : '') + alterJson(text ?? (json === undefined ? '' : jsonText(json)), jmut);

/** @throws Error when the world has no such client */
export function clientNamed(world: World, name: string): World['clients'][number] {
  const client = world.clients.find((candidate) => candidate.name === name);
  if (client === undefined) throw new Error(`client: expected one of the world, got ${name}`);
  return client;
}

function envelopeBody(recipe: EnvelopeBody, secret: Buffer, now: number): MadeBody {
  const nonce = randomBytes(recipe.nonce);
  const stamp = Buffer.alloc(8);
  stamp.writeBigInt64BE(BigInt(recipe.ts ?? now + recipe.off));
  const plain = Buffer.concat([stamp, nonce, encodeText(written(recipe), recipe.charset)]);
  const version = Buffer.of(recipe.version);
  const whole = Buffer.concat([version, sealWithKey(secret, plain.subarray(0, recipe.plain_cut))]);
  const cut = whole.subarray(0, recipe.cut);
  const sealed = recipe.flip === undefined ? cut : flipByte(cut, recipe.flip);
  const bytes = recipe.binary
    ? Buffer.concat([sealed, encodeText(recipe.tail)])
    : encodeText(alterText(sealed.toString('base64'), recipe.mut) + recipe.tail);
  return { bytes, opener: { sealed: true, key: secret, nonce } };
}

const endsInSetBit = (base64: string): boolean => ((Buffer.from(base64, 'base64').at(-1) ?? 0) & 1) === 1;

function clientGenerateBody(recipe: ClientGenerateBody, world: World, now: number): MadeBody {
  const keypair = world.client_side_keypairs.find(
    ({ subscription_id }) => subscription_id === recipe.encrypt_to,
  );
  if (keypair === undefined) {
    throw new Error(`cstg: expected a key pair of the world, got ${recipe.encrypt_to}`);
  }
  const timestamp = recipe.ts ?? now + recipe.off;
  const seal = () =>
    sealClientGenerate({
      subscriptionId: keypair.subscription_id,
      serverPublicKey: keypair.public_key,
      payload: written(recipe),
      timestampMs: timestamp,
      appName: recipe.app_name,
      aadText: jsonText(recipe.app_name === undefined ? [timestamp] : [timestamp, recipe.app_name]),
      ivBytes: recipe.iv,
    });
  let sealed = seal();
  // the last bit of the key has to be set: without it, another count of unused bits may leave the key as it is
  while (!endsInSetBit(String(sealed.body['public_key']))) sealed = seal();
  const { body, sharedKey } = sealed;
  const members = new Map<string, unknown>([
    ...Object.entries(body),
    ['iv', alterText(String(body['iv']), recipe.iv_mut)],
    ['public_key', alterText(String(body['public_key']), recipe.pub_mut)],
    ...recipe.override,
  ]);
  const text = jsonText({ $obj: [...members, ...recipe.more] });
  return { bytes: encodeText(text, recipe.charset), opener: { sealed: false, key: sharedKey } };
}

function plainBytes(body: Exclude<DifferentialBody, EnvelopeBody | ClientGenerateBody> | undefined): Buffer {
  switch (body?.kind) {
    case undefined:
      return Buffer.alloc(0);
    case 'json':
      return encodeText(written(body), body.charset);
    case 'text':
      return encodeText(body.text, body.charset);
    case 'bytes':
      return Buffer.from(body.b64, 'base64');
    case 'fill':
      return Buffer.from(body.text.repeat(body.n));
  }
}

/** Whether the name of the first field has an invalid escape, so that a form decoder refuses the bytes. */
const hasBrokenName = (bytes: Buffer): boolean =>
  /^[^=&\r\n]*%(?![0-9A-Fa-f]{2})[^=&\r\n]*=/.test(bytes.toString('latin1'));

/** Content types whose bodies are decoded as fields; multipart ones without a boundary are among them. */
const FIELDS = /^(application\/x-www-form-urlencoded|multipart\/form-data(?!.*boundary))/i;

const isForm = ({ headers }: DifferentialRequest): boolean => headers.some(([, value]) => FIELDS.test(value));

/**
 * @param refusedAsForm whether the operator's form decoder refused the body. The bytes of a binary envelope are random;
 *   one that the decoder refuses is then drawn
 * @throws Error when the request names a client or key pair that the world lacks
 */
export function makeBody(
  request: DifferentialRequest,
  world: World,
  now: number,
  refusedAsForm: boolean,
): MadeBody {
  const { body, auth, response_key } = request;
  if (body?.kind === 'cstg') return clientGenerateBody(body, world, now);
  if (body?.kind === 'env') {
    const owner = clientNamed(world, body.secret_of ?? auth ?? '');
    const make = (): MadeBody => envelopeBody(body, Buffer.from(owner.secret, 'base64'), now);
    let made = make();
    while (refusedAsForm && isForm(request) && body.binary && !hasBrokenName(made.bytes)) made = make();
    return made;
  }
  const opener: Opener | undefined =
    response_key === undefined ? undefined : { sealed: false, key: Buffer.from(response_key, 'base64') };
  return { bytes: plainBytes(body), opener };
}
