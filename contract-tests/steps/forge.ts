/** Refresh tokens as an operator with the world's keys would issue them at another time (Protocol §5.4). */
import { needError } from '../spec/contract-error.ts';
import { sealWithKey } from '../wire/index.ts';
import { identityHash, isPhone, type Identity } from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import { activeKey } from '../target/world-keys.ts';
import type { ScenarioContext } from '../context/context.ts';

export interface ForgedTimes {
  /** Milliseconds. */
  created: number;
  expires: number;
  established: number;
}

/**
 * A V3 refresh token of the given site.
 * @throws ContractError `not_applicable` without the keys and salts of a world.
 */
export function forgeRefreshToken(
  ctx: ScenarioContext,
  identity: Identity,
  siteId: number,
  times: ForgedTimes,
  scope = ctx.target.scope,
): string {
  const { world } = ctx.target;
  const key = world && activeKey(world, world.refresh_keyset_id, Date.now());
  const type = isPhone(identity) ? 1 : 0;
  const expected = expectedIdentity(world, identityHash(identity), type, Date.now());
  if (!key || !expected) throw needError('world', 'this token needs the keys and salts of a world');
  const typeByte = (scope << 4) | (type << 2) | 3;
  const payload = Buffer.alloc(90);
  payload.writeBigInt64BE(BigInt(times.expires), 0);
  payload.writeBigInt64BE(BigInt(times.created), 8);
  payload.writeUInt8(1, 20);
  payload.writeInt32BE(siteId, 29);
  payload.writeInt32BE(1, 45);
  payload.writeBigInt64BE(BigInt(times.established), 49);
  payload.writeUInt8(typeByte, 57);
  Buffer.from(expected.firstLevelHash, 'base64').copy(payload, 58);
  const head = Buffer.alloc(6);
  head.writeUInt8(typeByte, 0);
  head.writeUInt8(0x70, 1);
  head.writeInt32BE(key.id, 2);
  return Buffer.concat([head, sealWithKey(Buffer.from(key.secret, 'base64'), payload)]).toString('base64');
}
