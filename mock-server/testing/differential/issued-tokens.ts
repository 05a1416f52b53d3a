/**
 * Checks the tokens in answers, which the recordings mask. They must decode with the contract suite's decoder. Those of
 * a refresh must have the same fields of the user as the presented token.
 */
import { z } from 'zod';
import {
  decodeAdvertisingToken,
  decodeBase64Strict,
  decodeRefreshToken,
  openWithKey,
  unwrapRefreshToken,
  type Keys,
} from '../../../contract-tests/wire/index.ts';
import { valueAt } from '../replay/paths.ts';
import type { DifferentialRequest } from './format.ts';

const issued = z.looseObject({ advertising_token: z.string().min(1), refresh_token: z.string().min(1) });

const WRAPPED_LENGTH = 388;

const bareToken = (token: string, keys: Keys): string =>
  token.length === WRAPPED_LENGTH ? unwrapRefreshToken(token, keys).refreshToken : token;

/** The token that a refresh presents, in its query or as its body. */
function presentedToken({ path, query = '', body }: DifferentialRequest): string | undefined {
  if (!path.includes('token/refresh')) return undefined;
  if (body?.kind === 'text') return body.text;
  const given = /(?:^|&)refresh_token=([^&#]*)/.exec(query)?.[1];
  return given === undefined ? undefined : decodeURIComponent(given);
}

/**
 * The fields that a refresh copies from a V3 token (Protocol §5.4). The type byte is not checked: operators accept
 * bytes there that they never write.
 */
function carriedFields(token: string, keys: Keys) {
  const bytes = decodeBase64Strict(token);
  const key = keys.get(bytes.readInt32BE(2));
  if (key === undefined) throw new Error('presented token: expected a key of the world, got another');
  const payload = openWithKey(key, bytes.subarray(6));
  return {
    site_id: payload.readInt32BE(29),
    publisher_id: Number(payload.readBigInt64BE(33)),
    client_key_id: payload.readInt32BE(41),
    established: Number(payload.readBigInt64BE(49)),
  };
}

/** Why an operator would not give the tokens of an answer; empty also when the answer has no tokens. */
export function tokenProblems(json: unknown, request: DifferentialRequest, keys: Keys): string[] {
  const tokens = issued.safeParse(valueAt(json, 'body') ?? json).data;
  if (tokens === undefined) return [];
  const made = {
    'advertising token': new Map(Object.entries(decodeAdvertisingToken(tokens.advertising_token, keys))),
    'refresh token': new Map(Object.entries(decodeRefreshToken(bareToken(tokens.refresh_token, keys), keys))),
  };
  const presented = presentedToken(request);
  if (presented === undefined) return [];
  const carried = Object.entries(carriedFields(bareToken(presented, keys), keys));
  return Object.entries(made).flatMap(([what, fields]) =>
    carried
      .filter(([name, value]) => fields.get(name) !== value)
      .map(([name, value]) => `${what} ${name}: expected ${value}, got ${fields.get(name)}`),
  );
}
