/** Mutants of content types (Protocol §6.5). */

import { contentTypes } from '../mock-server/http/route.ts';
import { alterCalls, alterRoutes } from './answers.ts';
import { mutantsOf } from './mutant.ts';

export const contentTypesMutants = mutantsOf('content-types', [
  [
    'charset',
    'R91',
    'JSON is labelled with a charset',
    {
      http: ({ finish }) => ({
        finish(answer, route) {
          const last = finish(answer, route);
          return last.type === contentTypes.json
            ? { ...last, type: `${contentTypes.json}; charset=utf-8` }
            : last;
        },
      }),
    },
  ],
  [
    'sealed-as-json',
    'R91',
    'sealed answers are labelled as JSON',
    {
      http: ({ finish }) => ({
        finish(answer, route) {
          const last = finish(answer, route);
          return last.type === contentTypes.text ? { ...last, type: contentTypes.json } : last;
        },
      }),
    },
  ],
  [
    'bytes-as-text',
    'R16',
    'binary requests are answered in base64',
    {
      http: (rules, { primitives }) => ({
        finish(answer, route) {
          const last = rules.finish(answer, route);
          return last.type === contentTypes.binary && typeof last.body !== 'string'
            ? { ...last, type: contentTypes.text, body: primitives.toBase64(last.body) }
            : last;
        },
      }),
    },
  ],
  [
    'octet-stream-with-parameters',
    'R19',
    'application/octet-stream with parameters counts as binary too',
    {
      http: (rules) =>
        alterCalls(rules, /^\/v[23]\//, ({ contentType }) => ({
          isBinary: contentType?.split(';')[0] === contentTypes.binary,
        })),
    },
  ],
  [
    'healthy-text',
    'R91',
    'the health check is labelled as text',
    {
      http: (rules) =>
        alterRoutes(rules, /^\/ops\/healthcheck$/, () => ({
          handle: () => ({ http: 200, type: contentTypes.text, body: 'OK' }),
        })),
    },
  ],
  [
    'labelled-client-generate',
    'R91',
    'the answer to client-generate is labelled as text',
    {
      http: ({ finish }) => ({
        finish(answer, route) {
          const last = finish(answer, route);
          return route?.path === '/v2/token/client-generate' && last.http === 200
            ? { ...last, type: contentTypes.text }
            : last;
        },
      }),
    },
  ],
  [
    'flat-as-text',
    'R91',
    'the flat JSON of unversioned routes is labelled as text',
    {
      on: { profile: 'v5.56' },
      http: ({ finish }) => ({
        finish(answer, route) {
          const last = finish(answer, route);
          return route?.path.startsWith('/token/') ? { ...last, type: contentTypes.text } : last;
        },
      }),
    },
  ],
]);
