/** The IVs of all layers of tokens that the known keys open (Protocol §5). */
import { createDecipheriv } from 'node:crypto';
import { openWithKey, unwrapRefreshToken, type Keys } from '../wire/index.ts';
import type { Tokens } from '../check/answer.ts';
import { type Check } from '../check/departure.ts';
import { expectEqual } from '../check/expect.ts';

type LayerIv = readonly [layer: string, iv: string];

const hex = (bytes: Buffer, from: number, to: number): string => bytes.subarray(from, to).toString('hex');

/** The IVs of both tokens; those of inner layers only where `keys` has the key. */
export function layerIvs(tokens: Tokens, keys: Keys): LayerIv[] {
  return [
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

/** Five random IVs (hex) have no byte in common, except in one of 10^9 runs. */
export function expectRandom(check: Check, what: string, ivs: readonly string[]): void {
  const bytes = ivs.map((iv) => Buffer.from(iv, 'hex'));
  const constant = [...(bytes[0] ?? [])].flatMap((byte, i) =>
    bytes.every((iv) => iv[i] === byte) ? [i] : [],
  );
  const why = { ...check, cause: 'the IV is a counter, or contains the time' };
  expectEqual(why, `places of bytes that are the same in all ${what}:`, constant, []);
}

/** expectRandom for each layer of five or more answers; and two layers do not share an IV. */
export function expectRandomIvs(all: readonly Tokens[], keys: Keys): void {
  const ivs = new Map<string, string[]>();
  for (const tokens of all)
    for (const [layer, iv] of layerIvs(tokens, keys)) ivs.set(layer, [...(ivs.get(layer) ?? []), iv]);
  const check = { sent: all[0]?.answer.sent ?? '' };
  const each = [...ivs.values()].flat();
  const cause = 'two layers use the same IV';
  expectEqual({ ...check, cause }, 'number of different IVs in all layers:', new Set(each).size, each.length);
  for (const [layer, found] of ivs) expectRandom(check, `IVs of ${layer}`, found);
}
