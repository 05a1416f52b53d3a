/** Raw UIDs: the right one of an identity, and the one inside a token (Protocol §3, §5). */
import { withRole } from '../target/callers.ts';
import { identityHash, isPhone, type Identity } from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import type { Tokens } from '../check/answer.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askOnce } from '../context/run-memory.ts';
import { askMap, readMapped } from './maps.ts';
import { openAdvertisingToken } from './open-tokens.ts';

/** The right raw UID of an identity: by the world's salts, else by identity map; undefined without both. */
export async function expectedRawUid(ctx: ScenarioContext, identity: Identity): Promise<string | undefined> {
  const expected = expectedIdentity(
    ctx.target.world,
    identityHash(identity),
    isPhone(identity) ? 1 : 0,
    Date.now(),
  );
  if (expected) return expected.rawUid;
  const mapper = withRole(ctx.target, 'MAPPER')[0];
  if (ctx.api === 'v0' && isPhone(identity)) return undefined;
  if (!mapper || (ctx.sealed && !mapper.secret)) return undefined;
  return askOnce(ctx.memory, `uid ${ctx.api} ${identity.kind} ${identity.value}`, async () => {
    const { mapped } = readMapped(ctx, await askMap(ctx, { [identity.kind]: [identity.value] }, mapper));
    return mapped[0]?.advertisingId;
  });
}

/** The raw UID inside a token; undefined when no given credential can decrypt it. */
export async function rawUidIn(ctx: ScenarioContext, tokens: Tokens): Promise<string | undefined> {
  if (ctx.keys.size === 0) return undefined;
  return (await openAdvertisingToken(ctx, tokens.advertisingToken, tokens.answer.sent)).raw_uid;
}
