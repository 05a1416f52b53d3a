/** Mutants of how the encrypted API answers a refresh (Protocol §7.4). */

import { isJsonObject } from '../mock-server/core/json.ts';
import { jsonAnswer } from '../mock-server/http/route.ts';
import type { Rules } from '../mock-server/operator/rules.ts';
import { alterRoutes, alterRules } from './answers.ts';
import { mutantsOf } from './mutant.ts';

const REFRESH = /\/token\/refresh$/;

export const refreshAnswerMutants = mutantsOf('refresh', [
  [
    'answer-under-client-secret',
    'R40',
    'the answer to a wrapped token is sealed with another key than the response key',
    {
      http: (http) =>
        alterRules(http, REFRESH, ({ sealWithKey }) => ({
          sealWithKey: (plain, key, iv, primitives) =>
            sealWithKey(plain, primitives.sha256(key), iv, primitives),
        })),
    },
  ],
  [
    'plain-answer',
    'R40',
    'the answer to a wrapped token is plain JSON',
    {
      http: (http) =>
        alterRoutes(http, /^\/v2\/token\/refresh$/, ({ handle }) => ({
          async handle(call) {
            let plain: unknown;
            const { rules } = call.deployment;
            const sealWithKey: typeof rules.sealWithKey = (bytes, ...rest) => {
              plain = JSON.parse(new TextDecoder().decode(bytes));
              return rules.sealWithKey(bytes, ...rest);
            };
            const answer = await handle({
              ...call,
              deployment: { ...call.deployment, rules: { ...rules, sealWithKey } },
            });
            return plain === undefined ? answer : jsonAnswer(plain);
          },
        })),
    },
  ],
  [
    'bare-stays-bare',
    'S3',
    'the answer to a bare token holds a bare token and no response key',
    {
      http: (http) =>
        alterRoutes(http, /^\/v2\/token\/refresh$/, ({ handle }) => ({
          async handle(call) {
            let bare = '';
            const wrapRefreshToken: Rules['wrapRefreshToken'] = (token, ...rest) => {
              bare = token.refreshToken;
              return call.deployment.rules.wrapRefreshToken(token, ...rest);
            };
            const deployment = { ...call.deployment, rules: { ...call.deployment.rules, wrapRefreshToken } };
            const answer = await handle({ ...call, deployment });
            const json: unknown =
              answer.type === 'application/json' ? JSON.parse(String(answer.body)) : undefined;
            if (!isJsonObject(json) || !isJsonObject(json.body)) return answer;
            const { refresh_response_key: _, ...body } = json.body;
            return jsonAnswer({ ...json, body: { ...body, refresh_token: bare } });
          },
        })),
    },
  ],
  [
    'v1-reads-bare-only',
    'R41',
    'v1 does not read wrapped refresh tokens',
    {
      http: (http) =>
        alterRules(http, /^(\/v1)?\/token\/refresh$/, () => ({
          unwrapRefreshToken: (refreshToken) => ({ refreshToken, responseKey: new Uint8Array(32) }),
        })),
    },
  ],
]);
