/** What the target does with the given key pairs of client-side generation. */
import { sealClientGenerate } from '../wire/index.ts';
import type { Keypair } from '../target/target.ts';
import { ordinary, PATH, siteOf } from '../steps/client-side.ts';
import type { Asker } from './agreement.ts';

/** What is wrong with a key pair, by the refusal of a request that is right but for it. */
const FAULTS: readonly (readonly [refusal: string, fault: (pair: Keypair, origin: string) => string])[] = [
  ['bad subscription_id', ({ subscription_id: id }) => `the subscription ${id} is unknown here`],
  [
    'unexpected http origin',
    ({ subscription_id: id }, origin) => `the site of subscription ${id} does not list the Origin ${origin}`,
  ],
  [
    'payload decryption failed',
    ({ subscription_id: id }) => `the public key of subscription ${id} is not the operator's`,
  ],
];

/** A sentence for each key pair that the target refuses. An Origin that is only a guess is not judged. */
export async function faultsOfKeypairs(asker: Asker, pairs: readonly Keypair[]): Promise<string[]> {
  const faults = await Promise.all(pairs.map((pair) => faultOf(asker, pair)));
  return faults.filter((fault) => fault !== undefined);
}

async function faultOf(asker: Asker, pair: Keypair): Promise<string | undefined> {
  const site = siteOf(pair);
  if (site === undefined) return undefined;
  const { subscriptionId, serverPublicKey, origin, isGuess } = site;
  const request = { subscriptionId, serverPublicKey, payload: ordinary };
  const { body } = await asker.ask(
    () => ({
      method: 'POST',
      path: PATH,
      headers: { 'content-type': 'text/plain', origin },
      body: JSON.stringify(sealClientGenerate({ ...request, timestampMs: Date.now() }).body),
    }),
    ({ status, body: bytes }) => (status === 200 ? 'sealed' : bytes.toString('utf8')),
  );
  const [, fault] = FAULTS.find(([refusal]) => body.includes(refusal)) ?? [];
  if (fault === undefined || (isGuess && body.includes('origin'))) return undefined;
  return fault(pair, origin);
}
