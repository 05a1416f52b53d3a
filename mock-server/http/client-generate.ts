/** token/client-generate, for browsers and apps (Protocol §8.5). */

import { utf8 } from '../core/primitives.ts';
import { clientGenerate } from '../operator/client-generate.ts';
import type { Deployment } from '../operator/deployment.ts';
import { noteSealed } from '../operator/exchange.ts';
import { explainBodyError } from './body-faults.ts';
import { type Answer, type Call, type Outcome, type Route, optedOut, textAnswer, wrapped } from './route.ts';
import { v2Tokens } from './token.ts';

async function handle(call: Call): Promise<Answer> {
  const { deployment, state, exchange, headers, body } = call;
  const { sharedKey, tokens } = await clientGenerate(deployment, state, exchange, body, headers.origin).catch(
    (error: unknown) => {
      throw explainBodyError(call, error);
    },
  );
  const outcome: Outcome = typeof tokens === 'string' ? optedOut(call, tokens) : v2Tokens(call, tokens);
  const { rules, primitives } = deployment;
  const json = wrapped(outcome);
  noteSealed(exchange, [json], sharedKey, false);
  const sealed = rules.sealWithKey(utf8(json), sharedKey, primitives.iv(sharedKey, 12), primitives);
  return textAnswer(primitives.toBase64(sealed));
}

export function clientGenerateRoutes(_deployment: Deployment): Record<'v0' | 'v1' | 'encrypted', Route[]> {
  const route: Route = {
    method: 'POST',
    path: '/v2/token/client-generate',
    auth: 'none',
    roles: [],
    unauthorized: 'json',
    failure: 'Unknown error while handling client side token generate',
    servedIn: (world) => world.client_side_token_generate,
    handle,
  };
  return { v0: [], v1: [], encrypted: [route] };
}
