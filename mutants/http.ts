/** Mutants of paths and of the health check (Protocol §6.4). */

import { contentTypes } from '../mock-server/http/route.ts';
import { alterRoutes } from './answers.ts';
import { mutantsOf } from './mutant.ts';

export const httpMutants = mutantsOf('http', [
  [
    'healthy-json',
    'R12',
    'the health check answers in JSON',
    {
      http: (rules) =>
        alterRoutes(rules, /^\/ops\/healthcheck$/, () => ({
          handle: () => ({ http: 200, type: contentTypes.json, body: '"OK"' }),
        })),
    },
  ],
  [
    'often-busy',
    'R93',
    'every fourth health check and token request is 503',
    {
      http(rules) {
        let asked = 0;
        return alterRoutes(rules, /healthcheck$|token\/generate$/, ({ handle }) => ({
          handle: (call) => (++asked % 4 === 0 ? { http: 503, body: 'Service Unavailable' } : handle(call)),
        }));
      },
    },
  ],
  [
    'no-trailing-slash',
    'R15',
    'a path with a trailing slash is another path',
    {
      http: ({ normalizePath }) => ({
        normalizePath: (path) => (path.length > 1 && path.endsWith('/') ? path : normalizePath(path)),
      }),
    },
  ],
  [
    'no-double-slash',
    'R15',
    'a path with a double slash is another path',
    {
      http: ({ normalizePath }) => ({
        normalizePath: (path) => (path.includes('//') ? path : normalizePath(path)),
      }),
    },
  ],
]);
