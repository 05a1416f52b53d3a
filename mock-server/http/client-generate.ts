/** token/client-generate, for browsers and apps (Protocol §8.5). */

import { utf8 } from '../core/primitives.ts';
import { clientGenerate } from '../operator/client-generate.ts';
import type { Operator } from '../operator/operator.ts';
import {
  type Answer,
  type Call,
  type Outcome,
  type Route,
  optedOut,
  success,
  textAnswer,
  wrapped,
} from './route.ts';
import { v2Tokens } from './token.ts';

async function handle({ operator, headers, body }: Call): Promise<Answer> {
  const { sharedKey, tokens } = await clientGenerate(operator, body, headers.origin);
  const outcome: Outcome = tokens ? success(v2Tokens(operator, tokens)) : optedOut;
  const { rules, primitives } = operator;
  const sealed = rules.sealWithKey(utf8(wrapped(outcome)), sharedKey, primitives.randomBytes(12), primitives);
  return textAnswer(primitives.toBase64(sealed));
}

/** The route exists only where client-side generation is switched on. */
export function clientGenerateRoutes({ world }: Operator): Record<'v0' | 'v1' | 'encrypted', Route[]> {
  const route: Route = {
    method: 'POST',
    path: '/v2/token/client-generate',
    auth: 'none',
    roles: [],
    unauthorized: 'json',
    failure: 'Unknown error while handling client side token generate',
    handle,
  };
  return { v0: [], v1: [], encrypted: world.client_side_token_generate ? [route] : [] };
}
