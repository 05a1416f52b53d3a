/**
 * The contract suite as vitest tests, one for every scenario in every generation of the API and one for every rule that
 * holds for all answers: `npm run contract`.
 *
 * UID2_TARGET is the base URL of the target. UID2_API_KEY and UID2_CLIENT_SECRET, or UID2_WORLD (a world file), are
 * its credentials; UID2_SUBSCRIPTION_ID, UID2_PUBLIC_KEY and UID2_ORIGIN give a key pair for client-side generation.
 * Also read: UID2_PROFILE, UID2_AS (publisher, advertiser, dsp, sharer or all), UID2_STRICT and UID2_ALLOW_PRODUCTION
 * (any text turns them on).
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  answerRules,
  participants,
  profiles,
  runContract,
  selectScenarios,
  type ContractOptions,
  type Departure,
  type Participant,
  type Result,
  type TargetReport,
} from './index.ts';

const env = (name: string): string | undefined => process.env[name] || undefined;

function readParticipants(text: string): readonly Participant[] | 'all' {
  if (text === 'all') return 'all';
  const found = participants.find((participant) => participant === text);
  if (!found) throw new Error(`UID2_AS: expected ${participants.join(', ')} or all, got ${text}`);
  return [found];
}

function readProfile(text: string | undefined): (typeof profiles)[number] | undefined {
  const found = profiles.find((profile) => profile === text);
  if (text !== undefined && !found)
    throw new Error(`UID2_PROFILE: expected ${profiles.join(', ')}, got ${text}`);
  return found;
}

const target = env('UID2_TARGET');
if (target === undefined)
  throw new Error(
    'UID2_TARGET: expected the base URL of an operator, such as http://127.0.0.1:8432; got nothing',
  );
const key = env('UID2_API_KEY');
const world = env('UID2_WORLD');
const [subscription, publicKey] = [env('UID2_SUBSCRIPTION_ID'), env('UID2_PUBLIC_KEY')];
const pair =
  subscription === undefined || publicKey === undefined
    ? undefined
    : { subscription_id: subscription, public_key: publicKey, origin: env('UID2_ORIGIN') };
const as = env('UID2_AS');

const options: ContractOptions = {
  targets: [
    {
      url: target,
      ...(key === undefined ? {} : { credentials: [{ key, secret: env('UID2_CLIENT_SECRET') }] }),
      ...(pair === undefined ? {} : { clientSideKeypairs: [pair] }),
      ...(world === undefined ? {} : { world: JSON.parse(readFileSync(world, 'utf8')) as unknown }),
      profile: readProfile(env('UID2_PROFILE')),
    },
  ],
  ...(as === undefined ? {} : { as: readParticipants(as) }),
  allowProduction: env('UID2_ALLOW_PRODUCTION') !== undefined,
};

const describeDeparture = ({ sent, expected, got, likelyCause }: Departure): string =>
  `sent: ${sent}\nexpected: ${expected}\ngot: ${got}\nlikely cause: ${likelyCause}`;

const describeFailure = ({ failure, requirementText, reason }: Result): string =>
  failure ? `${requirementText}\n${describeDeparture(failure)}` : (reason ?? '');

describe(`contract of ${target}`, () => {
  const results = new Map<string, Result>();
  let report: TargetReport | undefined;

  beforeAll(async () => {
    report = (await runContract(options)).targets[0];
    for (const result of report?.results ?? []) results.set(`${result.scenario}@${result.api}`, result);
  }, 300_000);

  for (const { id, requirement, says } of answerRules) {
    it(`${id} [${requirement}] ${says}`, () => {
      const { departed, example } = report?.answerRules.find((rule) => rule.id === id) ?? {};
      expect(example, example && `in ${departed} answers\n${describeDeparture(example)}`).toBe(undefined);
    });
  }

  for (const scenario of selectScenarios(options)) {
    for (const api of scenario.apis) {
      it(`${scenario.id}@${api} [${scenario.requirement}] ${scenario.description}`, ({ skip }) => {
        const result = results.get(`${scenario.id}@${api}`);
        if (result?.outcome === 'skipped') skip(result.reason);
        const tolerated = result?.level === 'SHOULD' && env('UID2_STRICT') === undefined;
        if (result?.outcome === 'failed' && tolerated) skip(`SHOULD: ${describeFailure(result)}`);
        expect(result?.outcome, result && describeFailure(result)).toBe('passed');
      });
    }
  }
});
