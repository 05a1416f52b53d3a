/**
 * The operator's wire format, implemented a second time on node:crypto alone and without code of the mock: an error in
 * common code would be in the mock and in its tests, and no test would fail.
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
