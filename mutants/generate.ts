/** Mutants of token/generate (Protocol §8.1). */

import { alterAnswers, alterRules, alterBodies } from './answers.ts';
import { alterReplies } from './faults.ts';
import { mutantsOf } from './mutant.ts';

export const generateMutants = mutantsOf('generate', [
  [
    'no-refresh-expires',
    'S3',
    'the answer to generate does not hold refresh_expires',
    {
      http: (http) =>
        alterBodies(http, /\/token\/generate$/, (body) => {
          const { refresh_expires: _, ...rest } = body;
          return rest;
        }),
    },
  ],
  [
    'not-wrapped',
    'S4',
    'v1 generate answers without the wrapper',
    { http: (http) => alterAnswers(http, /^\/v1\/token\/generate$/, (json) => json.body ?? json) },
  ],
  [
    'status-ok',
    'S4',
    'the status of successes is ok',
    {
      http: (http) =>
        alterAnswers(http, /^\/v1\/token\/generate$/, (json) => ({
          ...json,
          status: json.status === 'success' ? 'ok' : json.status,
        })),
    },
  ],
  [
    'one-name-only',
    'S5',
    'the flat answer leaves out the older name of the advertising token',
    {
      on: { profile: 'seed-v1' },
      http: (http) =>
        alterAnswers(http, /^\/token\/generate$/, ({ advertisement_token: _, ...json }) => json),
    },
  ],
  [
    'wrapped-twins',
    'S5',
    'unversioned routes answer in the shapes of v1',
    { on: { profile: 'seed-v1' }, profile: () => ({ unversionedTokens: 'v1' }) },
  ],
  [
    'phones-are-addresses',
    'S22',
    'two different people get the same raw UID',
    {
      rules: ({ currentRawUid }) => ({
        currentRawUid: (flh, type, bucket, settings, primitives) =>
          currentRawUid(flh.slice(0, 1).padEnd(43, 'A') + '=', type, bucket, settings, primitives),
      }),
    },
  ],
  [
    'consent-of-another-vendor',
    'R31',
    'consent is looked up for another vendor',
    { on: { scope: 'euid' }, world: ({ tcf_vendor_id: id }) => ({ tcf_vendor_id: id + 1 }) },
  ],
  [
    'consent-ignored',
    'R31',
    'consent is not checked in EUID',
    {
      on: { scope: 'euid' },
      http: (http) =>
        alterRules(http, /^\/v2\/token\/generate$/, ({ openRequest }) => ({
          openRequest(...request) {
            const opened = openRequest(...request);
            const { tcf_consent_string: _, ...payload } = opened.payload ?? {};
            return { ...opened, payload: opened.payload && payload };
          },
        })),
    },
  ],
  [
    'policy-ignored',
    'R85',
    'v5.56 ignores optout_check',
    { on: { profile: 'v5.56' }, profile: () => ({ optOutPolicy: false }) },
  ],
  [
    'policy-required',
    'R85',
    'the current version checks optout_check',
    { on: { profile: 'current' }, profile: () => ({ optOutPolicy: true }) },
  ],
  [
    'other-words-for-policies',
    'R88',
    'v5.56 refuses an invalid optout_check with another message',
    { on: { profile: 'v5.56' }, ...alterReplies(['policy_invalid', { message: 'Invalid optout_check' }]) },
  ],
]);
