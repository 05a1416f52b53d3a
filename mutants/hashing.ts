/** Mutants of how identity hashes are made and read (Protocol §2.3). */

import { mutantsOf } from './mutant.ts';
import { alterPayloads } from './answers.ts';

const TOKEN_ROUTES = /\/token\/(generate|validate)$/;

export const hashingMutants = mutantsOf('hashing', [
  [
    'hash-of-the-hash',
    'S2',
    'a supplied hash is hashed again',
    {
      rules: ({ readIdentityHash }) => ({
        readIdentityHash: (text, primitives) =>
          readIdentityHash(text, primitives) && primitives.sha256Base64(text),
      }),
    },
  ],
  [
    'line-break-hashed',
    'S1',
    'a line break is hashed with the address',
    {
      rules: ({ hashIdentifier }) => ({
        hashIdentifier: (normalized, primitives) => hashIdentifier(`${normalized}\n`, primitives),
      }),
    },
  ],
  [
    'no-hex',
    'R28',
    'hashes in hex digits are refused',
    {
      rules: ({ readIdentityHash }) => ({
        readIdentityHash: (text, primitives) =>
          text.length === 64 ? undefined : readIdentityHash(text, primitives),
      }),
    },
  ],
  [
    'lower-hex-only',
    'R28',
    'upper-case hex digits are refused',
    {
      rules: ({ readIdentityHash }) => ({
        readIdentityHash: (text, primitives) =>
          text.length === 64 && /[A-F]/.test(text) ? undefined : readIdentityHash(text, primitives),
      }),
    },
  ],
  [
    'url-alphabet',
    'R28',
    'hashes in the URL alphabet of base64 are accepted',
    {
      rules: ({ readIdentityHash }) => ({
        readIdentityHash: (text, primitives) =>
          readIdentityHash(text.replaceAll('-', '+').replaceAll('_', '/'), primitives),
      }),
    },
  ],
  [
    'exactly-32-bytes',
    'R28',
    '44 characters of base64 that are not 32 bytes are refused',
    {
      rules: ({ readIdentityHash }) => ({
        readIdentityHash: (text, primitives) =>
          text.length === 44 && primitives.fromBase64(text)?.length !== 32
            ? undefined
            : readIdentityHash(text, primitives),
      }),
    },
  ],
  [
    'phones-hashed-as-email',
    'R32',
    'a supplied phone hash is read as an email hash',
    {
      http: (http) =>
        alterPayloads(http, TOKEN_ROUTES, ({ phone_hash, ...payload }) =>
          phone_hash === undefined ? payload : { ...payload, email_hash: phone_hash },
        ),
    },
  ],
]);
