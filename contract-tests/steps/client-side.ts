/** Requests of client-side token generation (Protocol §8.5). */
import { ContractError, needError } from '../spec/contract-error.ts';
import { sealClientGenerate, type ClientGenerateOptions } from '../wire/index.ts';
import type { Keypair } from '../target/target.ts';
import { emailHash, ORDINARY_EMAIL, type Identity } from '../target/identities.ts';
import type { Answer, Tokens } from '../check/answer.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { openBare } from '../context/opening.ts';
import { readTokens } from './read-tokens.ts';

interface Site {
  subscriptionId: string;
  serverPublicKey: string;
  siteId: number | undefined;
  /** An Origin that the site allows. */
  origin: string;
  domain: string;
  /** `domain` is certainly a registrable domain, not a subdomain. */
  isRegistrable: boolean;
  /** Whether the site allows the Origin is not known. */
  isGuess: boolean;
  appNames: readonly string[];
}

/** True for localhost and for two labels, which are certainly a registrable domain. */
const isRegistrable = (domain: string): boolean =>
  domain === 'localhost' || /^[a-z0-9-]+\.(com|org|net)$/.test(domain);

const GUESSED_DOMAIN = 'example.com';

/** The site of a key pair; undefined when none of its domains can be used. */
export function siteOf(pair: Keypair): Site | undefined {
  const { domain_names: names, origin } = pair;
  const domain =
    origin === undefined
      ? names === undefined
        ? GUESSED_DOMAIN
        : (names.find(isRegistrable) ?? names[0])
      : new URL(origin).hostname;
  if (domain === undefined) return undefined;
  return {
    subscriptionId: pair.subscription_id,
    serverPublicKey: pair.public_key,
    siteId: pair.site_id,
    domain,
    origin: origin ?? (domain === 'localhost' ? 'http://localhost' : `https://${domain}`),
    isRegistrable: isRegistrable(domain),
    isGuess: origin === undefined && (names === undefined || !isRegistrable(domain)),
    appNames: pair.app_names ?? [],
  };
}

export function site(ctx: ScenarioContext): Site {
  if (ctx.target.world && !ctx.target.clientGenerate)
    throw new ContractError('not_applicable', 'client-side generation is off in this world');
  const pairs = ctx.target.keypairs.filter((pair) => pair.disabled !== true);
  if (pairs.length === 0) throw needError('key pair', 'no key pair for client-side generation was given');
  const found = pairs.map(siteOf).filter((one) => one !== undefined);
  const best = found.find((one) => one.isRegistrable) ?? found[0];
  if (!best) throw needError('origin', 'no site with a key pair has a domain');
  return best;
}

interface Options extends Partial<ClientGenerateOptions> {
  origin?: string | null;
  override?: Record<string, unknown>;
  omit?: readonly string[];
  headers?: Record<string, string>;
}

export const PATH = '/v2/token/client-generate';

export async function ask(ctx: ScenarioContext, payload: unknown, options: Options = {}): Promise<Answer> {
  const { subscriptionId, serverPublicKey, origin: allowed } = site(ctx);
  const { origin = allowed, override = {}, omit = [], headers = {}, ...rest } = options;
  const sealed = sealClientGenerate({
    subscriptionId,
    serverPublicKey,
    payload,
    timestampMs: Date.now(),
    ...rest,
  });
  const kept = Object.entries({ ...sealed.body, ...override }).filter(([name]) => !omit.includes(name));
  return askPlain(ctx, 'POST', PATH, {
    headers: { 'content-type': 'text/plain', ...(origin === null ? {} : { origin }), ...headers },
    body: JSON.stringify(Object.fromEntries(kept)),
    shown: `${JSON.stringify(payload)} (sealed) from ${origin ?? 'no origin'}${rest.appName === undefined ? '' : ` app ${rest.appName}`}`,
    open: (reply, opened) => openBare('envelope/shared-key', reply, opened, sealed.sharedKey),
    successType: null,
  });
}

export const hash = (identity: Identity): Record<string, string> => ({ [identity.kind]: identity.value });

export const ordinary = hash(emailHash(ORDINARY_EMAIL));

/** The identity of a payload with one hash. */
function identityIn(payload: unknown): Identity | undefined {
  const { email_hash: email, phone_hash: phone } = payload as { email_hash?: unknown; phone_hash?: unknown };
  if (typeof email === 'string') return { kind: 'email_hash', value: email };
  return typeof phone === 'string' ? { kind: 'phone_hash', value: phone } : undefined;
}

export async function generates(
  ctx: ScenarioContext,
  payload: unknown = ordinary,
  options: Options = {},
): Promise<Tokens> {
  return readTokens(ctx, await ask(ctx, payload, options), 'v2', identityIn(payload));
}

/** A refusal of an Origin that is a guess skips the scenario. */
export function guard(run: (ctx: ScenarioContext) => Promise<void>): (ctx: ScenarioContext) => Promise<void> {
  return async (ctx) => {
    const { isGuess, origin } = site(ctx);
    if (isGuess) {
      const answer = await ask(ctx, ordinary);
      if (answer.status === 403)
        throw needError('origin', `the Origin ${origin} is refused, and no Origin of the site is known`);
      if (answer.status === 404)
        throw new ContractError('incomplete', 'key pairs were given, but client-side generation is off');
    }
    await run(ctx);
  };
}
