/**
 * The operator's wire format, implemented a second time on node:crypto alone and without code of the mock: an error in
 * common code would be in the mock and in its tests, and no test would fail.
 */
export { decodeBase64Strict, isBase64Strict, openWithKey, sealWithKey, type Keys } from './bytes.ts';
export { openResponse, sealRequest } from './envelope.ts';
export { decodeAdvertisingToken, type AdvertisingTokenFields } from './advertising-token.ts';
export { decodeRefreshToken, unwrapRefreshToken, type RefreshTokenFields } from './refresh-token.ts';
export { bucketIndex, firstLevelHash, rawUidV2, rawUidV3, rawUidV4 } from './identity.ts';
export { sealClientGenerate, type ClientGenerateOptions } from './client-generate.ts';
