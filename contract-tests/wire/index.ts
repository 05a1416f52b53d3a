/**
 * The operator's wire format, implemented a second time on node:crypto alone: what the mock and its tests computed with
 * the same code could be wrong in both. Nothing here imports the mock.
 */
export { decodeBase64Strict, isBase64Strict, openWithKey, sealWithKey, type Keys } from './bytes.ts';
export { openResponse, sealRequest, type SealOptions } from './envelope.ts';
export { decodeAdvertisingToken, type AdvertisingTokenFields } from './advertising-token.ts';
export {
  decodeRefreshToken,
  unwrapRefreshToken,
  type RefreshTokenFields,
  type UnwrappedRefreshToken,
} from './refresh-token.ts';
export {
  bucketIndex,
  firstLevelHash,
  identityHash,
  rawUidV2,
  rawUidV3,
  rawUidV4,
  type BucketKey,
  type IdentityKind,
} from './identity.ts';
export {
  sealClientGenerate,
  type ClientGenerateOptions,
  type SealedClientGenerate,
} from './client-generate.ts';
