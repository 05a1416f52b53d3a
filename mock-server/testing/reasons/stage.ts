/** Starts the mocks on which reasons are reached, each with its changes to the embedded world. */

import { type Composed, type Replacements, compose } from '../../compose.ts';
import { type MockOperator, listen } from '../../listen.ts';
import type { Exchange } from '../../operator/exchange.ts';
import { type IssuedTokens, issueTokens, wrapTokens } from '../../operator/generate.ts';
import { locateNamed } from '../../operator/identity.ts';
import type { World } from '../../operator/world/schema.ts';
import type { MockOperatorOptions } from '../../options.ts';
import { embeddedWorld } from '../caller.ts';

/** The clock is frozen at this time, so that equal requests are equal bytes. */
export const NOW = Date.UTC(2026, 10, 23, 12);

interface Tokens {
  readonly advertising: string;
  /** unwrapped */
  readonly refresh: string;
  readonly wrapped: string;
}

export interface Stage {
  readonly mock: MockOperator;
  readonly world: World;
  readonly composed: Composed;
  readonly clientOf: (name: string) => World['clients'][number];
  /** tokens for an email and a client; equal arguments give the same tokens */
  readonly tokensOf: (email: string, client?: string) => Tokens;
  /** the exchanges since the last call */
  readonly takeExchanges: () => Exchange[];
  readonly log: readonly string[];
}

export interface Configuration {
  readonly options?: MockOperatorOptions;
  readonly world?: (world: World) => Partial<World>;
  readonly euid?: boolean;
  readonly replacements?: Replacements;
  /** where the clock is frozen; NOW if absent */
  readonly now?: number;
  readonly prepare?: (composed: Composed) => void | Promise<void>;
}

export const COMPANY = 'Example Company';

/** Text salts only, as operators before v4 had them. */
export const textSalts = ({ salts }: World): Partial<World> => ({
  salts: { ...salts, buckets: salts.buckets.map((bucket) => ({ ...bucket, salt: 'salt', key: null })) },
});

function tokenMaker({ deployment, state }: Composed): Stage['tokensOf'] {
  const made = new Map<string, Tokens>();
  return (email, client = COMPANY) => {
    const name = `${client} ${email}`;
    const known = made.get(name);
    if (known !== undefined) return known;
    const located = locateNamed(deployment(), { email });
    const siteId = deployment().world.clients.find((one) => one.name === client)?.site_id;
    if (located === undefined || siteId === undefined)
      throw new Error(`tokens: expected a client; got ${client}`);
    const now = state.clock.now();
    const issue = { siteId, privacyBits: 1, established: now, now };
    const tokens: IssuedTokens = issueTokens(deployment(), located, issue);
    const wrapped = wrapTokens(deployment(), tokens, now).refreshToken;
    const result = { advertising: tokens.advertisingToken, refresh: tokens.refreshToken, wrapped };
    made.set(name, result);
    return result;
  };
}

export async function openStage(configuration: Configuration): Promise<Stage> {
  const { options = {}, world: change, euid = false, replacements, now = NOW, prepare } = configuration;
  const base = embeddedWorld(euid ? 'euid' : 'uid2');
  const world = { ...base, ...change?.(base) };
  const exchanges: Exchange[] = [];
  const log: string[] = [];
  const composed = await compose(
    { ...options, world, now, log: (level, line) => log.push(`${level} ${line}`) },
    { ...replacements, observe: (exchange) => exchanges.push({ ...exchange }) },
  );
  await composed.state.clock.set(now);
  await prepare?.(composed);
  const mock = await listen(composed);
  return {
    mock,
    world,
    composed,
    clientOf(name) {
      const client = world.clients.find((one) => one.name === name);
      if (client === undefined) throw new Error(`clients: expected one named ${name}, got none`);
      return client;
    },
    tokensOf: tokenMaker(composed),
    takeExchanges: () => exchanges.splice(0),
    log,
  };
}
