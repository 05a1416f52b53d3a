/** What an operator serves: a deployment with its HTTP rules, and its routes by method and path. */

import type { Deployment } from '../operator/deployment.ts';
import { methodsByPath } from './gate.ts';
import type { Route } from './route.ts';
import type { HttpRules } from './rules.ts';

export interface Surface {
  readonly deployment: Deployment;
  readonly rules: HttpRules;
  /** by `METHOD path` */
  readonly routes: ReadonlyMap<string, Route>;
  /** the methods of each path */
  readonly methods: ReadonlyMap<string, readonly string[]>;
}

export const routeKey = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

export function surfaceOf(deployment: Deployment, rules: HttpRules): Surface {
  const served = rules.routes.filter(({ servedIn }) => servedIn?.(deployment.world) ?? true);
  return {
    deployment,
    rules,
    routes: new Map(served.map((route) => [routeKey(route), route])),
    methods: methodsByPath(served),
  };
}
