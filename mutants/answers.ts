/** Ways to replace what an endpoint is asked and what it answers, plain and sealed alike. */

import { type JsonObject, isJsonObject } from '../mock-server/core/json.ts';
import { utf8 } from '../mock-server/core/primitives.ts';
import { type Answer, type Call, type Route, contentTypes } from '../mock-server/http/route.ts';
import type { HttpRules } from '../mock-server/http/rules.ts';
import type { Deployment } from '../mock-server/operator/deployment.ts';
import type { Rules } from '../mock-server/operator/rules.ts';

export type Handler = Route['handle'];
type Routes = Pick<HttpRules, 'routes'>;

/** The same routes, those on the paths altered. */
export const onRoutes = (
  { routes }: HttpRules,
  paths: RegExp,
  alter: (honest: Route) => Partial<Route>,
): Routes => ({
  routes: routes.map((route) => (paths.test(route.path) ? { ...route, ...alter(route) } : route)),
});

/** The routes on the paths handle another call than they were asked. */
export const asking = (http: HttpRules, paths: RegExp, alter: (call: Call) => Partial<Call>): Routes =>
  onRoutes(http, paths, ({ handle }) => ({ handle: (call) => handle({ ...call, ...alter(call) }) }));

/** The routes on the paths work for an operator with other rules. */
export const ruling = (
  http: HttpRules,
  paths: RegExp,
  alter: (honest: Rules, deployment: Deployment) => Partial<Rules>,
): Routes =>
  asking(http, paths, ({ deployment }) => ({
    deployment: { ...deployment, rules: { ...deployment.rules, ...alter(deployment.rules, deployment) } },
  }));

/** The routes on the paths read another payload than they were sent: sealed, or parameters of the query. */
export const reading = (http: HttpRules, paths: RegExp, alter: (payload: JsonObject) => JsonObject): Routes =>
  asking(http, paths, ({ deployment, query }) => ({
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

/** The routes on the paths answer with other JSON than they would, inside the envelope where there is one. */
export const answering = (http: HttpRules, paths: RegExp, alter: AlterJson): Routes =>
  onRoutes(http, paths, ({ handle }) => ({
    async handle(call) {
      const { rules } = call.deployment;
      const sealing: Partial<Rules> = {
        sealResponse: (json, ...rest) => rules.sealResponse(utf8(alteredJson(json, alter, call)), ...rest),
        sealWithKey: (json, ...rest) => rules.sealWithKey(utf8(alteredJson(json, alter, call)), ...rest),
      };
      const deployment = { ...call.deployment, rules: { ...rules, ...sealing } };
      return alteredAnswer(await handle({ ...call, deployment }), alter, call);
    },
  }));

/** As `answering`, for the body of a wrapped answer or the whole of a flat one. */
export const telling = (http: HttpRules, paths: RegExp, alter: AlterJson): Routes =>
  answering(http, paths, (json, call) => {
    if (!('status' in json)) return alter(json, call);
    return isJsonObject(json.body) ? { ...json, body: alter(json.body, call) } : json;
  });

/** As `telling`, for the objects of a list: of the member named, or of the body itself. */
export const listing = (
  http: HttpRules,
  paths: RegExp,
  member: string,
  alter: (items: readonly JsonObject[], call: Call) => readonly unknown[],
): Routes =>
  answering(http, paths, (json, call) => {
    const holder = isJsonObject(json.body) ? json.body : json;
    const list = holder[member];
    if (!Array.isArray(list)) return json;
    const altered = { ...holder, [member]: alter(list.filter(isJsonObject), call) };
    return holder === json ? altered : { ...json, body: altered };
  });
