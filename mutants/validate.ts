/** Mutants of token/validate (Protocol §8.3). */

import { OperatorError } from '../mock-server/core/operator-error.ts';
import { alterAnswers, alterPayloads, alterRules } from './answers.ts';
import { mutantsOf } from './mutant.ts';

const VALIDATE = /\/token\/validate$/;
const VALIDATE_PLAIN = /^(\/v1)?\/token\/validate$/;
const VALIDATE_V2 = /^\/v2\/token\/validate$/;

export const validateMutants = mutantsOf('validate', [
  [
    'never-true',
    'S13',
    'the validate test identity is an ordinary identity',
    {
      profile: ({ testIdentities }) => ({
        testIdentities: testIdentities.filter(({ kind }) => kind !== 'validate'),
      }),
    },
  ],
  [
    'always-true',
    'S14',
    'v0 and v1 validate answer true to everything',
    { http: (http) => alterAnswers(http, VALIDATE_PLAIN, (json) => ({ ...json, body: true })) },
  ],
  [
    'any-readable-token',
    'S14',
    'v0 and v1 validate answer true to every readable token of the validate identity',
    {
      http: (http) =>
        alterRules(http, VALIDATE_PLAIN, ({ currentRawUid, decodeAdvertisingToken }) => {
          let read: string | undefined;
          return {
            decodeAdvertisingToken(...token) {
              const decoded = decodeAdvertisingToken(...token);
              read = decoded.rawUid;
              return decoded;
            },
            currentRawUid: (...located) => read ?? currentRawUid(...located),
          };
        }),
    },
  ],
  [
    'broken-is-an-error',
    'S14',
    'v0 and v1 validate answer 400 to an unreadable token',
    {
      http: (http) =>
        alterRules(http, VALIDATE_PLAIN, ({ decodeAdvertisingToken }) => ({
          decodeAdvertisingToken(text, ...rest) {
            try {
              return decodeAdvertisingToken(text, ...rest);
            } catch (error) {
              throw error instanceof OperatorError ? new Error('unreadable token') : error;
            }
          },
        })),
    },
  ],
  [
    'sealed-always-true',
    'R49',
    'v2 validate answers true to every token of the site',
    { http: (http) => alterAnswers(http, VALIDATE_V2, (json) => ({ ...json, body: true })) },
  ],
  [
    'sealed-never-true',
    'R49',
    'v2 validate answers false to every token of the site',
    { http: (http) => alterAnswers(http, VALIDATE_V2, (json) => ({ ...json, body: false })) },
  ],
  [
    'sealed-broken-is-unknown',
    'R50',
    'v2 validate fails for an unreadable token',
    {
      http: ({ replies }) => ({
        replies: { ...replies, advertising_token_invalid: { http: 500, status: 'unknown' } },
      }),
    },
  ],
  [
    'identifiers-ignored',
    'R51',
    'validate without an identifier answers false',
    {
      http: (http) =>
        alterPayloads(http, VALIDATE, (payload) =>
          ['email', 'email_hash', 'phone', 'phone_hash'].some((name) => name in payload)
            ? payload
            : { ...payload, email: 'nobody@example.com' },
        ),
    },
  ],
  [
    'test-identities-only',
    'R52',
    'the current version validates test identities only',
    { profile: () => ({ validatesAnyIdentity: false }), on: { profile: 'current' } },
  ],
  [
    'tokens-of-anybody',
    'R52',
    'v5.56 validates any identity',
    { profile: () => ({ validatesAnyIdentity: true }), on: { profile: 'v5.56' } },
  ],
]);
