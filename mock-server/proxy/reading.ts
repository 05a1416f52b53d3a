/** Opens a passed exchange: its client, the payloads of request and answer, and the times in their envelopes. */

import { clientOfKey } from '../http/auth.ts';
import { isJsonObject } from '../core/json.ts';
import { parseJsonBytes } from '../core/json-reading.ts';
import { type Opened, openAnswerBody, openRequestBody } from '../core/opening.ts';
import { fromJsonBytes, fromUtf8 } from '../core/text.ts';
import type { Deployment } from '../operator/deployment.ts';
import type { Client } from '../operator/world/directory.ts';
import { valuesOf } from './message-reader.ts';
import { clientSideKey } from './client-side-key.ts';
import type { PassedExchange, PassedAnswer } from './passed.ts';
import type { ResponseKeys } from './response-keys.ts';

/** What could be opened of an exchange. */
export interface OpenedExchange {
  readonly client: Client | undefined;
  /** the opened envelope of the request */
  readonly request: Opened | undefined;
  /** the opened envelope of the answer */
  readonly answer: Opened | undefined;
  /** JSON of the answer, opened if it was sealed; undefined when the answer is not JSON, or cannot be opened */
  readonly answerJson: unknown;
}

/** The path of a request target, without its query. */
export const pathOf = (target: string): string => target.replace(/[?#].*$/s, '');

const isRefresh = ({ target }: Pick<PassedExchange, 'target'>): boolean =>
  pathOf(target) === '/v2/token/refresh';
/** Whether a request is one of client-side generation, whose answer is sealed without time and nonce. */
export const isClientSide = ({ target }: Pick<PassedExchange, 'target'>): boolean =>
  pathOf(target) === '/v2/token/client-generate';

/** The key that seals the answer alone, without time and nonce. */
function bareKey(passed: PassedExchange, deployment: Deployment, keys: ResponseKeys): Uint8Array | undefined {
  if (isRefresh(passed)) return keys.of(fromUtf8(passed.body.bytes));
  return isClientSide(passed) ? clientSideKey(passed.body.bytes, deployment) : undefined;
}

function openAnswer(
  passed: PassedExchange,
  { body }: PassedAnswer,
  client: Client | undefined,
  deployment: Deployment,
  keys: ResponseKeys,
): Opened | undefined {
  const { primitives } = deployment;
  const key = bareKey(passed, deployment, keys);
  if (key !== undefined) return openAnswerBody(body.bytes, key, false, primitives);
  return client && openAnswerBody(body.bytes, client.secret, true, primitives);
}

/** Reads an exchange, and learns the keys of its answer. */
export function readPassed(
  passed: PassedExchange,
  deployment: Deployment,
  keys: ResponseKeys,
): OpenedExchange {
  const { primitives } = deployment;
  const [authorization] = valuesOf(passed.headers, 'authorization');
  const client = clientOfKey(deployment, authorization);
  const hasBody = passed.body.length > 0 && passed.body.isWhole;
  const request =
    client && hasBody ? openRequestBody(passed.body.bytes, client.secret, primitives) : undefined;
  const { answer } = passed;
  if (answer === undefined || !answer.body.isWhole || answer.body.length === 0) {
    return { client, request, answer: undefined, answerJson: undefined };
  }
  const plain = parseJsonBytes(answer.body.bytes);
  const isPlain = isJsonObject(plain) || Array.isArray(plain);
  const sealed = isPlain ? undefined : openAnswer(passed, answer, client, deployment, keys);
  const answerJson = isPlain ? plain : sealed && parseJsonBytes(sealed.json);
  keys.learn(answerJson, primitives);
  return { client, request, answer: sealed, answerJson };
}

/** The JSON of an opened request, if it is an object. */
export function plainRequestOf({ request }: OpenedExchange): string | undefined {
  return request && isJsonObject(parseJsonBytes(request.json)) ? fromJsonBytes(request.json) : undefined;
}
