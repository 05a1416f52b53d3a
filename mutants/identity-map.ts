/** Mutants of identity map (Protocol §8.7 to §8.9). */

import { isJsonObject } from '../mock-server/core/json.ts';
import { alterLists, alterRoutes, alterPayloads, alterBodies } from './answers.ts';
import { mutantsOf } from './mutant.ts';

const MAPS = /\/identity\/map$/;
const MAP_V3 = /^\/v3\/identity\/map$/;

export const identityMapMutants = mutantsOf('identity-map', [
  [
    'reversed',
    'R53',
    'mapped items come in the reverse order',
    { http: (http) => alterLists(http, MAPS, 'mapped', (items) => [...items].reverse()) },
  ],
  [
    'normalised-identifier',
    'R53',
    'items hold the normalised address in place of the one that was sent',
    {
      http: (http, { rules }) =>
        alterLists(http, MAPS, 'mapped', (items) =>
          items.map((item) => ({
            ...item,
            identifier: rules.normalizeEmail(String(item.identifier)) ?? item.identifier,
          })),
        ),
    },
  ],
  [
    'repeated-once',
    'R53',
    'an identifier that is sent twice is mapped once',
    {
      http: (http) =>
        alterLists(http, MAPS, 'mapped', (items) => [
          ...new Map(items.map((item) => [item.identifier, item])).values(),
        ]),
    },
  ],
  [
    'maps-opted-out',
    'R54',
    'opted-out identities are mapped',
    { rules: () => ({ isOptedOut: () => false }) },
  ],
  [
    'unmapped-not-listed',
    'R53',
    'identifiers that cannot be mapped are left out',
    {
      http: (http) =>
        alterBodies(http, MAPS, (body) =>
          Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'unmapped')),
        ),
    },
  ],
  [
    'other-reason',
    'R54',
    'the reason for an invalid identifier has another wording',
    {
      http: (http) =>
        alterLists(http, MAPS, 'unmapped', (items) =>
          items.map((item) => ({ ...item, reason: String(item.reason).replace(' ', '_') })),
        ),
    },
  ],
  [
    'first-kind-counts',
    'R55',
    'the first of several kinds of identifiers is mapped',
    {
      http: (http) =>
        alterRoutes(http, MAPS, ({ path, handle }) =>
          path.startsWith('/v3')
            ? {}
            : {
                handle(call) {
                  const firstOf = (payload: Record<string, unknown>): Record<string, unknown> =>
                    'email' in payload && 'email_hash' in payload ? { email: payload.email } : payload;
                  const { rules } = call.deployment;
                  const openRequest: typeof rules.openRequest = (...request) => {
                    const opened = rules.openRequest(...request);
                    return { ...opened, payload: opened.payload && firstOf(opened.payload) };
                  };
                  return handle({
                    ...call,
                    deployment: { ...call.deployment, rules: { ...rules, openRequest } },
                  });
                },
              },
        ),
    },
  ],
  [
    'lists-of-one',
    'R56',
    'a text in place of a list is read as a list of one',
    {
      http: (http) =>
        alterPayloads(http, MAPS, (payload) =>
          Object.fromEntries(
            Object.entries(payload).map(([name, value]) => [
              name,
              typeof value === 'string' ? [value] : value,
            ]),
          ),
        ),
    },
  ],
  [
    'null-elements-skipped',
    'R56',
    'null elements of lists are skipped',
    {
      http: (http) =>
        alterPayloads(http, MAPS, (payload) =>
          Object.fromEntries(
            Object.entries(payload).map(([name, value]) => [
              name,
              Array.isArray(value) ? value.filter((element) => element !== null) : value,
            ]),
          ),
        ),
    },
  ],
  [
    'only-lists-asked-for',
    'R57',
    'v3 map leaves out the lists that were not sent',
    {
      http: (http) =>
        alterBodies(http, MAP_V3, (body) =>
          Object.fromEntries(
            Object.entries(body).filter(([, items]) => !Array.isArray(items) || items.length > 0),
          ),
        ),
    },
  ],
  [
    'invalid-left-out',
    'R57',
    'v3 map leaves out invalid identifiers, so that its lists are not parallel to the input',
    {
      http: (http) =>
        alterBodies(http, MAP_V3, (body) =>
          Object.fromEntries(
            Object.entries(body).map(([kind, items]) => [
              kind,
              Array.isArray(items) ? items.filter((item) => !isJsonObject(item) || !('e' in item)) : items,
            ]),
          ),
        ),
    },
  ],
  [
    'unknown-members-ignored',
    'R58',
    'v3 map ignores members that it does not know',
    {
      http: (http) =>
        alterPayloads(http, MAP_V3, (payload) =>
          Object.fromEntries(
            Object.entries(payload).filter(([name]) => /^(email|phone)(_hash)?$/.test(name)),
          ),
        ),
    },
  ],
  [
    'nothing-to-map',
    'R58',
    'v3 map answers an empty request with empty lists',
    {
      http: (http) =>
        alterPayloads(http, MAP_V3, (payload) =>
          Object.keys(payload).length === 0 ? { email: [] } : payload,
        ),
    },
  ],
]);
