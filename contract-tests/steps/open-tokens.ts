/** Decodes tokens with the keys that the suite knows (Protocol §5). */
import { isContractError, needError } from '../spec/contract-error.ts';
import {
  decodeAdvertisingToken,
  decodeRefreshToken,
  unwrapRefreshToken,
  type AdvertisingTokenFields,
  type RefreshTokenFields,
} from '../wire/index.ts';
import type { Tokens } from '../check/answer.ts';
import { fail } from '../check/departure.ts';
import { expectEqual, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';

/**
 * Decodes an advertising token.
 * @throws ContractError `not_applicable` when no given credential can see its keys.
 */
export async function openAdvertisingToken(
  ctx: ScenarioContext,
  token: string,
  sent: string,
): Promise<AdvertisingTokenFields> {
  const keys = ctx.keys;
  try {
    return decodeAdvertisingToken(token, keys);
  } catch (error) {
    if (isContractError(error, 'unknown_key') && !ctx.worldKeys)
      throw needError('keys', 'no given credential can see the keys of this token');
    if (!isContractError(error, 'malformed', 'unknown_key')) throw error;
    const check = { sent, cause: 'the layout, the keys or the text form of advertising tokens' };
    return fail(check, 'an advertising token as Protocol §5 has it', error.message);
  }
}

/** Decodes a refresh token, without its wrapper; undefined without a world, which alone has the refresh keys. */
export function openRefreshToken(ctx: ScenarioContext, tokens: Tokens): RefreshTokenFields | undefined {
  const keys = ctx.worldKeys;
  if (!keys) return undefined;
  const check = {
    sent: tokens.answer.sent,
    cause: 'the layout, the keys or the text form of refresh tokens',
  };
  try {
    if (!tokens.responseKey) return decodeRefreshToken(tokens.refreshToken, keys);
    const outer = unwrapRefreshToken(tokens.refreshToken, keys);
    expectEqual(check, 'scope byte of the wrapper', outer.scopeByte, ctx.target.scope << 4);
    expectThat(
      check,
      outer.refreshResponseKey.equals(tokens.responseKey),
      'the same response key inside and outside',
      'two keys',
    );
    const inner = decodeRefreshToken(outer.refreshToken, keys);
    expectEqual(check, 'key id of the wrapper', outer.keyId, inner.key_id);
    return inner;
  } catch (error) {
    if (!isContractError(error, 'malformed', 'unknown_key')) throw error;
    return fail(check, 'a refresh token as Protocol §5 has it', error.message);
  }
}
