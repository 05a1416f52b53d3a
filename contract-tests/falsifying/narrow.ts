/** Which scenarios look at what a falsification changes, as globs: a whole run takes many times as long. */

const byFamily: Readonly<Record<string, readonly string[]>> = {
  generate: ['generate/*', 'tokens/*', 'refresh/chain', 'envelope/fresh-iv', 'same-person/*'],
  refresh: ['refresh/*', 'tokens/*', 'same-person/*'],
  validate: ['validate/*'],
  'client-generate': ['client-generate/*', 'same-person/client*'],
  logout: ['logout/*'],
  map: ['map/*', 'normalisation/*'],
  'map-v3': ['map-v3/*', 'envelope/*-v3'],
  buckets: ['buckets/*'],
  'key-latest': ['keys/*'],
  'key-sharing': ['keys/*'],
  'key-bidstream': ['keys/*'],
  'optout-status': ['opt-out-status/*'],
  healthcheck: ['http/healthcheck'],
  'generate-v1': ['generate/*', 'tokens/*'],
  'refresh-v1': ['refresh/*'],
  'validate-v1': ['validate/*'],
  'map-v1': ['map/*'],
  'key-latest-v1': ['keys/*'],
  '400': ['generate/*', 'cors/*'],
  '401': ['auth/*', 'cors/*', 'http/trace-id'],
  '404': ['http/unknown-path', 'cors/*'],
  '405': ['http/wrong-method', 'cors/*'],
  '413': ['http/body-limit'],
};

/** By the beginning of an id; these are added to those of the family. */
const byTheme: readonly (readonly [begin: string, ...globs: string[]])[] = [
  ['headers/no-trace', 'http/trace-id'],
  ['headers/other-trace', 'http/trace-id'],
  ['headers/no-origin', 'cors/*'],
  ['headers/any-origin', 'cors/*'],
  ['headers/', 'envelope/every-route'],
  ['preflight/', 'cors/*'],
  ['status/413', 'http/body-limit'],
  ['status/405', 'http/wrong-method'],
  ['status/404', 'http/unknown-path'],
  ['status/401', 'auth/*'],
  ['status/403', 'client-generate/*'],
  ['status/500', 'client-generate/*', 'refresh/*'],
  ['status/4', 'generate/*'],
  ['message/body-', 'http/*', 'auth/*'],
  ['message/client', 'client-generate/*'],
  ['message/', 'generate/*', 'refresh/*', 'validate/*', 'envelope/*', 'client-generate/*', 'auth/*'],
  ['message/', 'logout/*', 'map/*', 'map-v3/*', 'buckets/*', 'opt-out-status/*'],
  ['envelope/', 'envelope/every-route', 'envelope/content-types', 'envelope/layout'],
  ['key/', 'auth/*'],
  ['accepts-envelope/', 'envelope/*'],
  ['accepts/', 'http/*', 'generate/*', 'validate/*'],
  ['refresh/', 'refresh/*'],
  ['validate/', 'validate/*'],
  ['client/', 'client-generate/*'],
  ['identifiers/', 'generate/*', 'normalisation/*', 'validate/*', 'same-person/*'],
  ['refuses/', 'envelope/*', 'http/*', 'auth/scheme-case', 'cors/origin', 'versions/*'],
];

/** The scenarios that notice a falsification, if any does. */
export function scenariosFor(id: string): string[] {
  const plain = id.replace(/^first\//, '');
  const [, family = ''] = plain.split('@');
  const themes = byTheme.filter(([begin]) => plain.startsWith(begin)).flatMap(([, ...globs]) => globs);
  return [
    ...new Set([
      ...(byFamily[family] ?? []),
      ...(family === '' || !/^(accepts|refuses)\//.test(plain) ? themes : []),
    ]),
  ];
}
