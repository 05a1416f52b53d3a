/** The look before the run: which generations are served, what the credentials allow, how far apart the clocks are. */
import type { Participant } from '../spec/api.ts';
import { isContractError } from '../spec/contract-error.ts';
import { createHttpClient, type ClientOptions, type HttpClient } from '../target/client.ts';
import { readCallers, type Caller } from '../target/credentials.ts';
import { hasRole, roles } from '../target/roles.ts';
import type { Target, TargetOptions } from '../target/target.ts';
import { readWorld, type World } from '../target/world.ts';
import { medianOf, type RunWatch } from '../check/watch.ts';
import { createAsker, type Asker, type SealedAnswer } from './agreement.ts';
import { askHealth, otherScheme, whyNoOperator } from './base-url.ts';
import { lookAtCaller, type LookedAt } from './callers.ts';
import { faultsOfKeypairs } from './keypairs.ts';
import { describeTarget, findServed } from './probing.ts';
import {
  sentenceOfApis,
  sentenceOfClock,
  sentencesOfKeys,
  sentencesOfSecrets,
  whyNothingCanBeJudged,
} from './sentences.ts';

interface LookOptions {
  readonly client: ClientOptions;
  readonly waitMs: number;
  /** The participants whose scenarios are to run. */
  readonly as: readonly Participant[];
}

/** `end`: why nothing can be judged; without it, `target` is set. */
interface Look {
  readonly head: string[];
  readonly http: HttpClient;
  /** Sealed answers, to be watched once the target is known. */
  readonly sealed: readonly SealedAnswer[];
  readonly target?: Target;
  readonly end?: string;
}

/** @throws ContractError `usage` for a world that cannot be read */
export async function lookAt(target: TargetOptions, run: RunWatch, options: LookOptions): Promise<Look> {
  const world = target.world === undefined ? undefined : readWorld(target.world);
  const http = createHttpClient(target.url, options.client);
  const asker = createAsker(http, run);
  try {
    return { http, sealed: asker.sealed, ...(await look(target, world, http, asker, options)) };
  } catch (error) {
    if (!isContractError(error, 'unreachable', 'no_answer')) throw error;
    const other = await otherScheme(target.url, options.client);
    const end = other === undefined ? error.message : `${error.message}: write ${other} instead`;
    return { http, sealed: [], head: [end], end };
  }
}

async function look(
  options: TargetOptions,
  world: World | undefined,
  http: HttpClient,
  asker: Asker,
  { client, waitMs, as }: LookOptions,
): Promise<Omit<Look, 'http' | 'sealed'>> {
  const health = await askHealth(asker, waitMs);
  const { served, answered } = await findServed(asker, options.profile);
  const isServed = answered.length > 0 || options.profile !== undefined;
  const noOperator = await whyNoOperator(asker, options.url, client, { health, isServed });
  if (noOperator !== undefined) return { head: [noOperator], end: noOperator };
  const callers = readCallers(options.credentials ?? [], world);
  const inWorld = new Set(world?.clients.map(({ key }) => key));
  const lookAtAll = (some: readonly Caller[]): Promise<LookedAt[]> =>
    Promise.all(some.map((caller) => lookAtCaller(asker, caller, served)));
  const given = await lookAtAll(callers.filter(({ key }) => !inWorld.has(key)));
  const looked = [...given, ...(await lookAtAll(oneOfEachRole(callers, inWorld)))];
  const ahead = medianOf(looked.flatMap((one) => one.ahead ?? []));
  const known = [...given.map(({ caller }) => caller), ...callers.filter(({ key }) => inWorld.has(key))];
  const target = await describeTarget(options, http, asker, { world, served, callers: known });
  const pairs = world === undefined && target.clientGenerate ? target.keypairs : [];
  const faults = as.includes('publisher') ? await faultsOfKeypairs(asker, pairs) : [];
  const head = [
    sentenceOfApis(answered, target.profile, target.profileGiven),
    ...sentencesOfKeys(looked),
    ...sentencesOfSecrets(looked),
    ...sentenceOfClock(ahead),
  ];
  const arePairsRefused = looked.length === 0 && pairs.length > 0 && faults.length === pairs.length;
  if (arePairsRefused) return { head: [...head, ...faults], target, end: faults.join('; ') };
  head.push(...faults);
  // A world describes this operator: a departure from it is the operator's fault, so the run goes on.
  const end =
    world === undefined && looked.length > 0 ? whyNothingCanBeJudged(looked, served, ahead, as) : undefined;
  return end === undefined ? { head, target } : { head: [...head, end], target, end };
}

/** One client of the world for each role. */
function oneOfEachRole(callers: readonly Caller[], inWorld: ReadonlySet<string>): Caller[] {
  const usual = callers.filter(
    ({ key, disabled, serviceId, siteId = 0 }) =>
      inWorld.has(key) && !disabled && serviceId === 0 && siteId > 2,
  );
  const chosen = roles.map((role) => usual.find((caller) => hasRole(caller, role)));
  return [...new Set(chosen)].filter((caller) => caller !== undefined);
}
