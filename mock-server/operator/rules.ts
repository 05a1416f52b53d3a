/**
 * Every rule of the protocol that an operator applies, in one table. Use cases call rules through it, so that a mutant
 * can replace one.
 */

import { decodeAdvertisingToken, encodeAdvertisingToken } from '../core/advertising-token.ts';
import { openRequest, sealResponse, sealWithKey } from '../core/envelope.ts';
import { hashIdentifier, readIdentityHash } from '../core/identity-hash.ts';
import { normalizeEmail, normalizePhone } from '../core/normalize.ts';
import { currentRawUid, previousRawUid } from '../core/raw-uid.ts';
import {
  decodeRefreshToken,
  encodeRefreshToken,
  unwrapRefreshToken,
  wrapRefreshToken,
} from '../core/refresh-token.ts';
import { bucketIndex, firstLevelHash, hasPrevious, refreshFromSeconds } from '../core/salts.ts';
import { maySee, operatorKey, siteKey } from './world/directory.ts';
import { endsChain, isOptedOut } from './opted-out.ts';
import { registrableDomain } from './origin.ts';
import { tokenTimes } from './token-times.ts';

export const honestRules = {
  normalizeEmail,
  normalizePhone,
  hashIdentifier,
  readIdentityHash,
  firstLevelHash,
  bucketIndex,
  currentRawUid,
  previousRawUid,
  hasPrevious,
  refreshFromSeconds,
  encodeAdvertisingToken,
  decodeAdvertisingToken,
  encodeRefreshToken,
  decodeRefreshToken,
  wrapRefreshToken,
  unwrapRefreshToken,
  openRequest,
  sealResponse,
  sealWithKey,
  siteKey,
  operatorKey,
  maySee,
  isOptedOut,
  endsChain,
  registrableDomain,
  tokenTimes,
};

export type Rules = typeof honestRules;
