/**
 * What the sender of a request of client-side generation did wrong (Protocol §8.5): a search over the form of the public key,
 * the key made of the shared secret, the IV, and the additional data.
 */

import type { Facts } from '../reasons.ts';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { decodeBase64, standardAlphabet } from '../base64.ts';
import { readPrivateScalar, readPublicPoint } from '../client-keys.ts';
import { type JsonObject, JsonNumber, isJsonObject, jsonText } from '../json.ts';
import { parseJson, parseJsonObject } from '../json-reading.ts';
import { type Primitives, utf8 } from '../primitives.ts';
import { fromUtf8 } from '../text.ts';
import { type Cause, causeFrom } from './cause.ts';
import { clientGenerateCauses } from './causes/client-generate.ts';
import { bytesOfHex } from '../decoding.ts';
import type { EnvelopeCase, EnvelopeDiagnosis } from './envelope-case.ts';
import { Aes, gcmPlain, openGcm } from './envelope-ciphers.ts';

type Id = keyof typeof clientGenerateCauses;
type Form<T> = readonly [value: T, cause?: readonly [id: Id, facts?: Facts]];

const looseBase64 = (text: string): Uint8Array | undefined =>
  decodeBase64(standardAlphabet(text.trim()).replace(/=+$/, ''));

/** Bytes of a text in base64, or in another encoding, which is a cause. */
function encodedForms(text: string, id: Id): Form<Uint8Array>[] {
  const forms: Form<Uint8Array>[] = [];
  const strict = decodeBase64(text);
  if (strict) forms.push([strict]);
  const hex = bytesOfHex(text);
  if (hex) forms.push([hex, [id, { form: 'in hex' }]]);
  const loose = strict ? undefined : looseBase64(text);
  if (loose)
    forms.push([loose, [id, { form: /[-_]/.test(text) ? 'in the URL alphabet' : 'not strict base64' }]]);
  return forms;
}

function pointOf(bytes: Uint8Array | undefined): Uint8Array | undefined {
  try {
    return bytes && p256.Point.fromBytes(bytes).toBytes(false);
  } catch {
    return undefined;
  }
}

const spkiPoint = (bytes: Uint8Array | undefined): Uint8Array | undefined => {
  const point = bytes && readPublicPoint(bytes);
  return point === 'other-curve' ? undefined : point;
};

function jwkPoint(value: unknown): Uint8Array | undefined {
  const jwk = typeof value === 'string' ? parseJsonObject(value) : isJsonObject(value) ? value : undefined;
  const x = looseBase64(jsonText(jwk?.x) ?? '');
  const y = looseBase64(jsonText(jwk?.y) ?? '');
  return x && y ? pointOf(Uint8Array.of(4, ...x, ...y)) : undefined;
}

/** The points that a public key may mean, the right form first. */
function pointForms(value: unknown): Form<Uint8Array>[] {
  const text = typeof value === 'string' ? value : '';
  const pem = /-----BEGIN[^-]*-----\s*(.*?)\s*-----END/s.exec(text)?.[1]?.replace(/\s+|\\n/g, '');
  const bytes = looseBase64(text) ?? new Uint8Array(0);
  const forms: readonly (readonly [Uint8Array | undefined, string])[] = [
    [spkiPoint(decodeBase64(text)), ''],
    [spkiPoint(looseBase64(text)), 'in the URL alphabet of base64'],
    [spkiPoint(looseBase64(text.slice(9))), 'a key with its prefix of nine characters'],
    [spkiPoint(looseBase64(pem ?? '')), 'in PEM'],
    [pointOf(bytes), 'a bare point'],
    [pointOf(bytesOfHex(text)), 'a bare point in hex'],
    [spkiPoint(bytesOfHex(text)), 'in hex'],
    [jwkPoint(value), 'a JWK'],
  ];
  return forms.flatMap(([point, form]): Form<Uint8Array>[] =>
    point ? [form === '' ? [point] : [point, ['cstg_public_key_wrong_form', { form }]]] : [],
  );
}

const sharedForms: readonly (readonly [make: (shared: Uint8Array) => Uint8Array, what: string])[] = [
  [(shared) => shared, ''],
  [(shared) => sha256(shared), 'SHA-256'],
  [(shared) => hkdf(sha256, shared, undefined, undefined, 32), 'HKDF'],
  [(shared) => shared.subarray(0, 16), 'the first 16 bytes'],
  [(shared) => sha256(Uint8Array.of(0, 0, 0, 1, ...shared)), 'the concatenation KDF'],
  [(shared) => Uint8Array.from(shared).reverse(), 'the reversed bytes'],
];

const timeText = (value: unknown): string =>
  value instanceof JsonNumber ? value.text : (jsonText(value) ?? '');

/** Additional data as senders write it; the right one first. */
function aadForms({ timestamp, app_name: appName }: JsonObject): Form<string | undefined>[] {
  const time = timeText(timestamp);
  const app = jsonText(appName);
  const right = app === undefined ? `[${time}]` : `[${time},${JSON.stringify(app)}]`;
  const others: readonly (readonly [string | undefined, string])[] = [
    [undefined, 'missing'],
    ...(app === undefined ? [] : ([[`[${time}]`, 'without the app_name']] as const)),
    [time, 'the time alone, without brackets'],
    [`["${time}"]`, 'the time as a text'],
    [`{"timestamp":${time}}`, 'an object'],
    [`[${time},null]`, 'a list with null for the app_name'],
    [`[${time},""]`, 'a list with an empty app_name'],
    [`[${time}, ${JSON.stringify(app ?? '')}]`, 'written with blanks'],
    [`[ ${time} ]`, 'written with blanks'],
    [`["${time}",${JSON.stringify(app ?? '')}]`, 'the time as a text'],
    [`${time}${app ?? ''}`, 'time and app_name joined, not JSON'],
    [`${time},${app ?? ''}`, 'time and app_name joined, not JSON'],
    [app ?? '', 'the app_name alone'],
    [`[${Math.floor(Number(time) / 1000)}]`, 'the time in seconds'],
    [`[${time}.0]`, 'the time with a fraction'],
    ['[]', 'an empty list'],
  ];
  return [
    [right],
    ...others
      .filter(([text]) => text !== right)
      .map(([text, what]): Form<string | undefined> => [text, ['cstg_aad_wrong', { what }]]),
  ];
}

/** How far another time in the additional data is looked for, in ms. */
const FARTHEST_MS = 1500;

/** A time near that of the request with which the tag is right. */
function otherTime(
  request: JsonObject,
  key: Uint8Array,
  iv: Uint8Array,
  sealed: Uint8Array,
): number | undefined {
  const time = Number(timeText(request.timestamp));
  const app = jsonText(request.app_name);
  const rest = app === undefined ? ']' : `,${JSON.stringify(app)}]`;
  for (let distance = 1; distance <= FARTHEST_MS; distance++) {
    for (const other of [time - distance, time + distance]) {
      if (openGcm(key, iv, sealed, utf8(`[${other}${rest}`)) !== undefined) return other - time;
    }
  }
  return undefined;
}

interface Found {
  readonly causes: Cause[];
  readonly payload: string;
}

const proved = (forms: readonly (Form<unknown>[1] | undefined)[]): Cause[] =>
  forms.flatMap((one) => (one ? [causeFrom(clientGenerateCauses, one[0], true, one[1])] : []));

/** What opens a payload under one key, IV and ciphertext. */
function openedBy(
  request: JsonObject,
  key: Uint8Array,
  iv: Uint8Array,
  sealed: Uint8Array,
  before: readonly (Form<unknown>[1] | undefined)[],
): Found | undefined {
  const aads = aadForms(request);
  for (const [aad, mistake] of aads) {
    const plain = openGcm(key, iv, sealed, aad === undefined ? undefined : utf8(aad));
    if (plain) return { causes: proved([...before, mistake]), payload: fromUtf8(plain) };
  }
  const whole = gcmPlain(new Aes(key), iv, sealed);
  if (whole === undefined) return undefined;
  if (parseJsonObject(fromUtf8(whole)) !== undefined) {
    return { causes: proved([...before, ['cstg_tag_missing']]), payload: fromUtf8(whole) };
  }
  const untagged = fromUtf8(whole.subarray(0, -16));
  if (parseJsonObject(untagged) === undefined || untagged.length < 7) return undefined;
  const ms = otherTime(request, key, iv, sealed);
  const mistake: Form<unknown>[1] =
    ms === undefined ? ['cstg_aad_unknown'] : ['cstg_aad_time', { ms: Math.abs(ms) }];
  return { causes: proved([...before, mistake]), payload: untagged };
}

function ivForms(text: string): Form<Uint8Array>[] {
  return encodedForms(text, 'cstg_iv_form').map(([iv, form]): Form<Uint8Array> =>
    iv.length === 12 || form
      ? ([iv, form] as Form<Uint8Array>)
      : [iv, ['cstg_iv_form', { form: `${iv.length} bytes long` }]],
  );
}

function search(primitives: Primitives, request: JsonObject, given: EnvelopeCase): Found | undefined {
  const { keypairs = [] } = given;
  const subscription = jsonText(request.subscription_id);
  const own = keypairs.filter(({ subscription_id }) => subscription_id === subscription);
  const others = keypairs.filter(({ subscription_id }) => subscription_id !== subscription);
  const ivs = ivForms(jsonText(request.iv) ?? '');
  const payloads = encodedForms(jsonText(request.payload) ?? '', 'cstg_payload_form');
  for (const keypair of [...own, ...others]) {
    const scalar = readPrivateScalar(decodeBase64(keypair.private_key.slice(9)) ?? new Uint8Array(0));
    const other: Form<unknown>[1] = own.includes(keypair)
      ? undefined
      : ['cstg_other_keypair', { subscription: keypair.subscription_id }];
    for (const [point, ofPoint] of pointForms(request.public_key)) {
      const shared = scalar && primitives.ecdhP256(scalar, point);
      if (shared === undefined) continue;
      for (const [make, what] of sharedForms) {
        const ofKey: Form<unknown>[1] = what === '' ? undefined : ['cstg_shared_hashed', { what }];
        for (const [iv, ofIv] of ivs) {
          for (const [sealed, ofPayload] of payloads) {
            const found = openedBy(request, make(Uint8Array.from(shared)), iv, sealed, [
              ofPoint,
              other,
              ofKey,
              ofIv,
              ofPayload,
            ]);
            if (found) return found;
          }
        }
      }
    }
  }
  return undefined;
}

const refusalFor = (causes: readonly Cause[]): EnvelopeDiagnosis['refusal'] => {
  const ids = new Set(causes.map(({ id }) => id));
  if (causes.length === 0) return null;
  const message = ids.has('cstg_public_key_wrong_form')
    ? 'bad public key'
    : ids.has('cstg_iv_form')
      ? 'bad iv'
      : 'payload decryption failed';
  return { status: 400, message };
};

/** Why the sealed part of a request of client-side generation is refused. */
export function diagnoseClientGenerate(primitives: Primitives, given: EnvelopeCase): EnvelopeDiagnosis {
  const text = typeof given.body === 'string' ? given.body : fromUtf8(given.body);
  const value = parseJson(text);
  const kind = 'client_generate_request';
  if (!isJsonObject(value)) {
    const refusal = {
      status: 400,
      message:
        value === null || text === '' ? 'json payload expected but not found' : 'json payload is not valid',
    };
    return { kind, opens: false, refusal, causes: [], found: {} };
  }
  const found = search(primitives, value, given);
  if (found === undefined) {
    return {
      kind,
      opens: false,
      refusal: { status: 400, message: 'payload decryption failed' },
      causes: [],
      found: {},
    };
  }
  const { causes, payload } = found;
  return { kind, opens: causes.length === 0, refusal: refusalFor(causes), causes, found: { payload } };
}
