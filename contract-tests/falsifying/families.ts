/** Families of exchanges, by route. */
import type { Exchange } from './exchange.ts';
import type { Falsification, Knowledge } from './falsification.ts';

export interface Family {
  readonly name: string;
  readonly seenBy: Knowledge;
  readonly profile: Falsification['profile'];
  readonly has: (exchange: Exchange) => boolean;
}

const family = (
  name: string,
  route: RegExp,
  seenBy: Knowledge = 'publisher',
  profile: Falsification['profile'] = 'current',
): Family => ({ name, seenBy, profile, has: (exchange) => route.test(exchange.route) });

export const GENERATE = family('generate', /^\/v2\/token\/generate$/);
export const REFRESH = family('refresh', /^\/v2\/token\/refresh$/);
export const VALIDATE = family('validate', /^\/v2\/token\/validate$/);
export const CLIENT_GENERATE = family('client-generate', /^\/v2\/token\/client-generate$/);
export const LOGOUT = family('logout', /^\/v2\/token\/logout$/, 'world');
export const MAP = family('map', /^\/v2\/identity\/map$/, 'participants');
export const MAP_V3 = family('map-v3', /^\/v3\/identity\/map$/, 'participants');
export const BUCKETS = family('buckets', /^\/v2\/identity\/buckets$/, 'participants');
export const LATEST = family('key-latest', /^\/v2\/key\/latest$/, 'participants');
export const SHARING = family('key-sharing', /^\/v2\/key\/sharing$/, 'participants');
export const BIDSTREAM = family('key-bidstream', /^\/v2\/key\/bidstream$/, 'participants');
export const STATUS = family('optout-status', /^\/v2\/optout\/status$/, 'participants');
/** Only a world says who is opted out. */
export const OPTED_OUT: Family = { ...STATUS, seenBy: 'world' };
export const HEALTH = family('healthcheck', /^\/ops\/healthcheck$/);
export const GENERATE_V1 = family('generate-v1', /^\/v1\/token\/generate$/, 'publisher', 'local');
export const REFRESH_V1 = family('refresh-v1', /^\/v1\/token\/refresh$/, 'publisher', 'local');
export const VALIDATE_V1 = family('validate-v1', /^\/v1\/token\/validate$/, 'publisher', 'local');
export const MAP_V1 = family('map-v1', /^\/v1\/identity\/map$/, 'participants', 'local');
export const LATEST_V1 = family('key-latest-v1', /^\/v1\/key\/latest$/, 'participants', 'local');

/** The routes that issue tokens. */
export const ISSUING: readonly Family[] = [GENERATE, REFRESH, CLIENT_GENERATE];
/** The routes with envelopes under a client's secret. */
export const ENVELOPED: readonly Family[] = [
  GENERATE,
  VALIDATE,
  MAP,
  MAP_V3,
  BUCKETS,
  LATEST,
  SHARING,
  BIDSTREAM,
  STATUS,
  LOGOUT,
];
