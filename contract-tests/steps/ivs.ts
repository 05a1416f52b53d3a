/** The IVs in every layer of tokens that can be reached (Protocol §5). */
import { createDecipheriv } from 'node:crypto';
import type { Tokens } from '../answer.ts';

import { openWithKey, type Keys } from '../wire.ts';
import { unwrapRefreshToken } from '../wire.ts';

export type LayerIv = readonly [layer: string, iv: string];

const hex = (bytes: Buffer, from: number, to: number): string => bytes.subarray(from, to).toString('hex');

/** IVs of the answer's envelope, the advertising token and the refresh token; inner ones as far as the keys are known. */
export function layerIvs(tokens: Tokens, keys: Keys): LayerIv[] {
  const { envelope } = tokens.answer;
  return [
    ...(envelope ? [['the envelope', envelope.iv.toString('hex')] as const] : []),
    ...advertisingIvs(Buffer.from(tokens.advertisingToken, 'base64'), keys),
    ...(tokens.responseKey ? wrapperIvs(tokens.refreshToken, keys) : refreshIvs(tokens.refreshToken)),
  ];
}

function advertisingIvs(bytes: Buffer, keys: Keys): LayerIv[] {
  const version2 = bytes[0] === 2;
  const outer: LayerIv = ['the advertising token', version2 ? hex(bytes, 5, 21) : hex(bytes, 6, 18)];
  const master = keys.get(bytes.readUInt32BE(version2 ? 1 : 2));
  if (!master) return [outer];
  if (!version2)
    return [
      outer,
      ['the site layer of the advertising token', hex(openWithKey(master, bytes.subarray(6)), 33, 45)],
    ];
  const decipher = createDecipheriv('aes-256-cbc', master, bytes.subarray(5, 21));
  const payload = Buffer.concat([decipher.update(bytes.subarray(21)), decipher.final()]);
  return [outer, ['the site layer of the advertising token', hex(payload, 12, 28)]];
}

function refreshIvs(text: string): LayerIv[] {
  const bytes = Buffer.from(text, 'base64');
  return [['the refresh token', bytes[1] === 0x70 ? hex(bytes, 6, 18) : hex(bytes, 29, 45)]];
}

function wrapperIvs(text: string, keys: Keys): LayerIv[] {
  const bytes = Buffer.from(text, 'base64');
  const outer: LayerIv = ['the wrapper of the refresh token', hex(bytes, 5, 17)];
  if (!keys.has(bytes.readUInt32BE(1))) return [outer];
  return [outer, ...refreshIvs(unwrapRefreshToken(text, keys).refreshToken)];
}
