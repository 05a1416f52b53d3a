/** Mutants of which role opens which route (Protocol §6.2). */

import { onRoutes } from './answers.ts';
import { mutantsOf } from './mutant.ts';

export const rolesMutants = mutantsOf('roles', [
  [
    'any-role',
    'R2',
    'any known key opens every route',
    {
      http: (http) =>
        onRoutes(http, /./, () => ({ roles: ['GENERATOR', 'MAPPER', 'ID_READER', 'SHARER', 'OPTOUT'] })),
    },
  ],
  [
    'publishers-may-map',
    'R2',
    'the role GENERATOR opens identity map',
    { http: (http) => onRoutes(http, /\/identity\/map$/, () => ({ roles: ['MAPPER', 'GENERATOR'] })) },
  ],
  [
    'sharers-only',
    'R2',
    'key/sharing is closed to the role ID_READER',
    { http: (http) => onRoutes(http, /\/key\/sharing$/, () => ({ roles: ['SHARER'] })) },
  ],
  [
    'status-for-advertisers',
    'R2',
    'optout/status is open to the role MAPPER only',
    { http: (http) => onRoutes(http, /\/optout\/status$/, () => ({ roles: ['MAPPER'] })) },
  ],
  [
    'readers-may-generate',
    'R2',
    'the role ID_READER opens generate',
    { http: (http) => onRoutes(http, /\/token\/generate$/, () => ({ roles: ['GENERATOR', 'ID_READER'] })) },
  ],
]);
