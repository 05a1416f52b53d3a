/** What an operator serves: a deployment with its HTTP rules, and its routes by method and path. */

import type { Deployment } from '../operator/deployment.ts';
import type { Route } from './route.ts';
import type { HttpRules } from './rules.ts';

export interface Surface {
  readonly deployment: Deployment;
  readonly rules: HttpRules;
  /** by path; those of a path by method, in the order in which `allow` names them */
  readonly routes: ReadonlyMap<string, ReadonlyMap<string, Route>>;
}

function routesByPath(routes: readonly Route[]): Map<string, Map<string, Route>> {
  const byPath = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const byMethod = byPath.get(route.path) ?? new Map<string, Route>();
    byPath.set(route.path, byMethod.set(route.method, route));
  }
  return byPath;
}

export function surfaceOf(deployment: Deployment, rules: HttpRules): Surface {
  const served = rules.routes.filter(({ servedIn }) => servedIn?.(deployment.world) ?? true);
  return { deployment, rules, routes: routesByPath(served) };
}
