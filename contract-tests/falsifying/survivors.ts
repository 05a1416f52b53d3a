/** Falsifications that a whole run does not notice, and why it cannot. */
import type { Knowledge } from './falsification.ts';

interface Survivor {
  readonly id: string;
  /** What the suite knows in that run. */
  readonly level: Knowledge;
  readonly why: string;
}

const SETTING = 'only a world has the value of this setting';
const KEY = 'no client sees the key that the token names, and none needs to see the right one';

const withoutWorld: readonly (readonly [id: string, why: string])[] = [
  ['members/body.max_sharing_lifetime_seconds-changed@key-sharing', SETTING],
  ['members/body.token_expiry_seconds-changed@key-sharing', SETTING],
  ['members/body.max_bidstream_lifetime_seconds-changed@key-bidstream', SETTING],
  ['members/body.default_keyset_id-changed@key-sharing', 'a default keyset may have no keys'],
  ['members/body.default_keyset_id-removed@key-sharing', 'a site may have no default keyset'],
  ['lists/-reversed@buckets', 'only a world has the order of the buckets'],
  ['tokens/inside/site-key@generate', KEY],
  ['tokens/inside/master-key@generate', KEY],
];

export const survivors: readonly Survivor[] = withoutWorld.map(([id, why]) => ({
  id,
  level: 'participants' as const,
  why,
}));
