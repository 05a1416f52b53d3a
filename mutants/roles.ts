/** Mutants of which role may use which route (Protocol §6.2). */

import { alterRoutes } from './answers.ts';
import { mutantsOf } from './mutant.ts';

export const rolesMutants = mutantsOf('roles', [
  [
    'any-role',
    'R2',
    'a key of any role may use every route',
    {
      http: (http) =>
        alterRoutes(http, /./, () => ({ roles: ['GENERATOR', 'MAPPER', 'ID_READER', 'SHARER', 'OPTOUT'] })),
    },
  ],
  [
    'publishers-may-map',
    'R2',
    'the role GENERATOR may use identity map',
    { http: (http) => alterRoutes(http, /\/identity\/map$/, () => ({ roles: ['MAPPER', 'GENERATOR'] })) },
  ],
  [
    'sharers-only',
    'R2',
    'the role ID_READER may not use key/sharing',
    { http: (http) => alterRoutes(http, /\/key\/sharing$/, () => ({ roles: ['SHARER'] })) },
  ],
  [
    'status-for-advertisers',
    'R2',
    'only the role MAPPER may use optout/status',
    { http: (http) => alterRoutes(http, /\/optout\/status$/, () => ({ roles: ['MAPPER'] })) },
  ],
  [
    'readers-may-generate',
    'R2',
    'the role ID_READER may use generate',
    {
      http: (http) => alterRoutes(http, /\/token\/generate$/, () => ({ roles: ['GENERATOR', 'ID_READER'] })),
    },
  ],
]);
