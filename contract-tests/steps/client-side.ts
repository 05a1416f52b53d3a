/** Requests of client-side token generation (Protocol §8.5). */
import { ContractError } from '../spec/contract-error.ts';
import { sealClientGenerate, type ClientGenerateOptions } from '../wire/index.ts';
import { emailHash, ORDINARY_EMAIL, type Identity } from '../target/identities.ts';
import type { Answer, Tokens } from '../check/answer.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { openBare } from '../context/opening.ts';
import { readTokens } from './read-tokens.ts';

interface Site {
  subscriptionId: string;
  serverPublicKey: string;
  siteId: number;
  /** An Origin that the site allows. */
  origin: string;
  domain: string;
  appNames: readonly string[];
}

/** True for localhost and for two labels, which are certainly a registrable domain. */
const isRegistrable = (domain: string): boolean =>
  domain === 'localhost' || /^[a-z0-9-]+\.(com|org|net)$/.test(domain);

export function site(ctx: ScenarioContext): Site {
  if (ctx.target.world && !ctx.target.clientGenerate)
    throw new ContractError('not_applicable', 'client-side generation is off in this world');
  const pairs = ctx.target.keypairs.filter((pair) => pair.disabled !== true);
  if (pairs.length === 0)
    throw new ContractError('not_applicable', 'no key pair for client-side generation was given');
  const found = pairs.flatMap((pair): Site[] => {
    const data = ctx.target.world?.sites?.find((one) => one.id === pair.site_id);
    const domain = ctx.target.world?.sites ? data?.domain_names.find(isRegistrable) : 'example.com';
    const { subscription_id: subscriptionId, public_key: serverPublicKey, site_id: siteId } = pair;
    if (domain === undefined) return [];
    return [
      {
        subscriptionId,
        serverPublicKey,
        siteId,
        domain,
        origin: domain === 'localhost' ? 'http://localhost' : `https://${domain}`,
        appNames: data?.app_names ?? [],
      },
    ];
  });
  const [first] = found;
  if (!first) throw new ContractError('not_applicable', 'no site with a key pair has a usable domain');
  return first;
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
    open: (reply, opened) => openBare(reply, opened, sealed.sharedKey),
    successType: null,
  });
}

export const hash = (identity: Identity): Record<string, string> => ({ [identity.kind]: identity.value });

export const ordinary = hash(emailHash(ORDINARY_EMAIL));

export async function generates(
  ctx: ScenarioContext,
  payload: unknown = ordinary,
  options: Options = {},
): Promise<Tokens> {
  return readTokens(ctx, await ask(ctx, payload, options));
}

/** Without a world the site's domains are not known: example.com is a guess, and a refusal of it skips the scenario. */
export function guard(run: (ctx: ScenarioContext) => Promise<void>): (ctx: ScenarioContext) => Promise<void> {
  return async (ctx) => {
    if (!ctx.target.world?.sites && ctx.target.keypairs.length > 0) {
      const answer = await ask(ctx, ordinary);
      if (answer.status === 403)
        throw new ContractError(
          'not_applicable',
          'the site does not have the domain example.com, and its own are not known',
        );
      if (answer.status === 404)
        throw new ContractError('incomplete', 'key pairs were given, but client-side generation is off');
    }
    await run(ctx);
  };
}
