/** Functions that alter the calls and answers of routes, plain and sealed alike. */

import { type JsonObject, isJsonObject } from '../mock-server/core/json.ts';
import { concatBytes } from '../mock-server/core/bytes.ts';
import { utf8 } from '../mock-server/core/primitives.ts';
import { type Answer, type Call, type Route, contentTypes } from '../mock-server/http/route.ts';
import type { HttpRules } from '../mock-server/http/rules.ts';
import type { Deployment } from '../mock-server/operator/deployment.ts';
import type { Rules } from '../mock-server/operator/rules.ts';

type Routes = Pick<HttpRules, 'routes'>;

/** Alters the routes whose path matches. */
export const alterRoutes = (
  { routes }: HttpRules,
  paths: RegExp,
  alter: (honest: Route) => Partial<Route>,
): Routes => ({
  routes: routes.map((route) => (paths.test(route.path) ? { ...route, ...alter(route) } : route)),
});

/** Alters the calls that these routes handle. */
export const alterCalls = (http: HttpRules, paths: RegExp, alter: (call: Call) => Partial<Call>): Routes =>
  alterRoutes(http, paths, ({ handle }) => ({ handle: (call) => handle({ ...call, ...alter(call) }) }));

/** Alters the rules that these routes apply. */
export const alterRules = (
  http: HttpRules,
  paths: RegExp,
  alter: (honest: Rules, deployment: Deployment) => Partial<Rules>,
): Routes =>
  alterCalls(http, paths, ({ deployment }) => ({
    deployment: { ...deployment, rules: { ...deployment.rules, ...alter(deployment.rules, deployment) } },
  }));

/** Alters the payloads that these routes read: JSON in an envelope, or the parameters of a query. */
export const alterPayloads = (
  http: HttpRules,
  paths: RegExp,
  alter: (payload: JsonObject) => JsonObject,
): Routes =>
  alterCalls(http, paths, ({ deployment, query }) => ({
    query: new Map(
      Object.entries(alter(Object.fromEntries(query))).map(([name, value]) => [name, String(value)]),
    ),
    deployment: {
      ...deployment,
      rules: {
        ...deployment.rules,
        openRequest: (...request) => {
          const opened = deployment.rules.openRequest(...request);
          return { ...opened, payload: opened.payload && alter(opened.payload) };
        },
      },
    },
  }));

type AlterJson = (json: JsonObject, call: Call) => unknown;

function alteredJson(bytes: Uint8Array | string, alter: AlterJson, call: Call): string {
  const json: unknown = JSON.parse(typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes));
  return JSON.stringify(isJsonObject(json) ? alter(json, call) : json);
}

const alteredAnswer = (answer: Answer, alter: AlterJson, call: Call): Answer =>
  answer.type === contentTypes.json && answer.http === 200
    ? { ...answer, body: alteredJson(answer.body, alter, call) }
    : answer;

/** Alters the JSON that these routes answer with, also inside an envelope. */
export const alterAnswers = (http: HttpRules, paths: RegExp, alter: AlterJson): Routes =>
  alterRoutes(http, paths, ({ handle }) => ({
    async handle(call) {
      const { rules } = call.deployment;
      const alteredSeals: Partial<Rules> = {
        sealResponse: (json, ...rest) =>
          rules.sealResponse([utf8(alteredJson(concatBytes(...json), alter, call))], ...rest),
        sealWithKey: (json, ...rest) => rules.sealWithKey(utf8(alteredJson(json, alter, call)), ...rest),
      };
      const deployment = { ...call.deployment, rules: { ...rules, ...alteredSeals } };
      return alteredAnswer(await handle({ ...call, deployment }), alter, call);
    },
  }));

/** Alters the body of a wrapped answer, or a flat answer as a whole. */
export const alterBodies = (http: HttpRules, paths: RegExp, alter: AlterJson): Routes =>
  alterAnswers(http, paths, (json, call) => {
    if (!('status' in json)) return alter(json, call);
    return isJsonObject(json.body) ? { ...json, body: alter(json.body, call) } : json;
  });

/** Alters the objects of a list: a member of the body, or of the answer (`body` itself may be the list). */
export const alterLists = (
  http: HttpRules,
  paths: RegExp,
  member: string,
  alter: (items: readonly JsonObject[], call: Call) => readonly unknown[],
): Routes =>
  alterAnswers(http, paths, (json, call) => {
    const owner = isJsonObject(json.body) ? json.body : json;
    const list = owner[member];
    if (!Array.isArray(list)) return json;
    const altered = { ...owner, [member]: alter(list.filter(isJsonObject), call) };
    return owner === json ? altered : { ...json, body: altered };
  });
