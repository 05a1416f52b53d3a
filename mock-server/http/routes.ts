/** Every route an operator serves. */

import type { Deployment } from '../operator/deployment.ts';
import { clientGenerateRoutes } from './client-generate.ts';
import { identityRoutes } from './identity.ts';
import { keyRoutes } from './keys.ts';
import { optOutRoutes } from './opt-out.ts';
import { type Route, textAnswer } from './route.ts';
import { refreshRoutes } from './token-refresh.ts';
import { tokenRoutes } from './token.ts';

const healthcheck: Route = {
  method: 'GET',
  path: '/ops/healthcheck',
  auth: 'none',
  roles: [],
  unauthorized: 'text',
  handle: () => textAnswer('OK'),
};

const families = [tokenRoutes, refreshRoutes, identityRoutes, keyRoutes, optOutRoutes, clientGenerateRoutes];

/** The routes of an operator's profile and world. */
export function routesOf(deployment: Deployment): Route[] {
  const served = families.flatMap((family) => {
    const routes = family(deployment);
    return deployment.profile.routes.flatMap((set) => routes[set]);
  });
  return [...served, healthcheck];
}
