/** Mutants of API keys, and of the order in which the parts of a request are checked (Protocol §6.1). */

import { OperatorError } from '../mock-server/core/operator-error.ts';
import { apiKey } from '../mock-server/http/auth.ts';
import type { HttpRules } from '../mock-server/http/rules.ts';
import { alterRoutes } from './answers.ts';
import { alterOpenRequest, envelopeOf, reopenRefused } from './faults.ts';
import { type Fault, mutantsOf } from './mutant.ts';

type Authenticate = HttpRules['authenticate'];

const alterAuthentication = (alter: (honest: Authenticate) => Authenticate): Fault => ({
  http: ({ authenticate }) => ({ authenticate: alter(authenticate) }),
});

/** Alters the Authorization header before it is read. */
const alterHeader = (alter: (header: string) => string): Fault =>
  alterAuthentication(
    (honest) => (deployment, route, header) =>
      honest(deployment, route, header === undefined ? undefined : alter(header)),
  );

export const authMutants = mutantsOf('auth', [
  [
    'no-key-needed',
    'R1',
    'a request without a key is served as if from the first client with the role',
    alterAuthentication((honest) => (deployment, route, header) => {
      if (header !== undefined || route.auth !== 'required') return honest(deployment, route, header);
      const clients = [...deployment.directory.clients.values()];
      return clients.find(({ roles, disabled }) => !disabled && route.roles.some((role) => roles.has(role)));
    }),
  ],
  [
    'keys-in-any-case',
    'R1',
    'keys are compared without regard to case',
    alterAuthentication((honest) => (deployment, route, header) => {
      const wanted = apiKey(header)?.toLowerCase();
      const found = [...deployment.directory.clients.keys()].find((key) => key.toLowerCase() === wanted);
      return honest(deployment, route, found === undefined ? header : `Bearer ${found}`);
    }),
  ],
  [
    'blanks-before-the-key',
    'R1',
    'any number of blanks may stand before the key',
    alterHeader((header) => header.replace(/^(bearer)\s+/i, '$1 ')),
  ],
  [
    'any-scheme',
    'R1',
    'the key is accepted under any scheme',
    alterHeader((header) => header.replace(/^\s*(?!bearer )\S+ /i, 'Bearer ')),
  ],
  [
    'keys-by-their-beginning',
    'R1',
    'the last character of a key is not compared',
    alterAuthentication((honest) => (deployment, route, header) => {
      const wanted = apiKey(header) ?? '';
      const known = [...deployment.directory.clients.keys()];
      const found =
        wanted &&
        known.find((key) => key.length === wanted.length && key.slice(0, -1) === wanted.slice(0, -1));
      return honest(deployment, route, found ? `Bearer ${found}` : header);
    }),
  ],
  [
    'disabled-clients',
    'R3',
    'disabled clients are served',
    {
      world: ({ clients }) => ({ clients: clients.map((client) => ({ ...client, disabled: false })) }),
    },
  ],
  [
    'exact-scheme',
    'R4',
    'only the spelling Bearer is accepted',
    alterHeader((header) => (header.trim().startsWith('Bearer ') ? header : '')),
  ],
  [
    'clock-before-key',
    'R13',
    'the payload is checked before the time of the request',
    alterOpenRequest((honest) =>
      reopenRefused(
        honest,
        'timestamp_out_of_window',
        (refusal) => (body, binary, secret, _now, _variant, primitives) => {
          const sealed = envelopeOf(body, binary, primitives);
          const plain = sealed && primitives.gcmOpen(secret, sealed.subarray(1, 13), sealed.subarray(13));
          if (plain && !new TextDecoder().decode(plain.subarray(16)).startsWith('{'))
            throw new OperatorError('payload_not_json', 'payload_not_json');
          throw refusal;
        },
      ),
    ),
  ],
  [
    'envelope-before-key',
    'R13',
    'a body that is not base64 is refused before the key is checked',
    {
      http: (http) => {
        const protectedRoutes = http.routes.filter(
          ({ auth: needs, method }) => needs === 'required' && method === 'POST',
        );
        return alterRoutes(http, /^\/v[23]\//, (route) =>
          protectedRoutes.includes(route)
            ? {
                auth: 'none',
                handle(call) {
                  if (/^[{[]/.test(new TextDecoder().decode(call.body)))
                    throw new OperatorError('body_not_base64', 'base64_json');
                  const client = http.authenticate(call.deployment, route, call.headers.authorization);
                  return route.handle({ ...call, client });
                },
              }
            : {},
        );
      },
    },
  ],
  [
    'no-trace-id',
    'R14',
    'the trace id of the request is not echoed',
    { http: () => ({ echoedHeaders: () => ({}) }) },
  ],
]);
