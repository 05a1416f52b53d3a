/**
 * The operator's wire format, implemented a second time on node:crypto alone: what the mock and its tests computed with
 * the same code could be wrong in both. Nothing here imports the mock.
 */
export {
  decodeBase64Strict,
  isBase64Strict,
  openWithKey,
  sealWithKey,
  WireError,
  type Keys,
} from './wire/bytes.ts';
export { openResponse, sealRequest, type SealOptions } from './wire/envelope.ts';
export { decodeAdvertisingToken, type AdvertisingTokenFields } from './wire/advertising-token.ts';
export {
  decodeRefreshToken,
  unwrapRefreshToken,
  type RefreshTokenFields,
  type UnwrappedRefreshToken,
} from './wire/refresh-token.ts';
export {
  bucketIndex,
  firstLevelHash,
  identityHash,
  rawUidV2,
  rawUidV3,
  rawUidV4,
  type BucketKey,
  type IdentityKind,
} from './wire/identity.ts';
export {
  sealClientGenerate,
  type ClientGenerateOptions,
  type SealedClientGenerate,
} from './wire/client-generate.ts';
