/** Identities the suite may send: test identities, example.com addresses, the normalisation table (Protocol §1.4). */
import { createHash } from 'node:crypto';

export type IdentityKind = 'email' | 'email_hash' | 'phone' | 'phone_hash';
export const identityKinds: readonly IdentityKind[] = ['email', 'email_hash', 'phone', 'phone_hash'];

export interface Identity {
  readonly kind: IdentityKind;
  readonly value: string;
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();
export const hashText = (normalized: string): string => sha256(normalized).toString('base64');

export const email = (value: string): Identity => ({ kind: 'email', value });
export const emailHash = (normalized: string): Identity => ({
  kind: 'email_hash',
  value: hashText(normalized),
});
export const phone = (value: string): Identity => ({ kind: 'phone', value });
export const phoneHash = (value: string): Identity => ({ kind: 'phone_hash', value: hashText(value) });

/** 32 or 33 bytes in base64. */
export const RAW_UID = /^(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{44})$/;

export const isPhone = (identity: Identity): boolean => identity.kind.startsWith('phone');

/** Ordinary addresses and a phone number that belong to nobody. */
export const ORDINARY_EMAIL = 'contract.user@example.com';
export const OTHER_EMAIL = 'contract.other@example.com';
export const ORDINARY_PHONE = '+12345550100';

/** An ordinary identity of each kind. */
export const ordinary: readonly Identity[] = [
  email(ORDINARY_EMAIL),
  emailHash(ORDINARY_EMAIL),
  phone(ORDINARY_PHONE),
  phoneHash(ORDINARY_PHONE),
];

/** The hash of an identity that is already normalised. */
export function identityHash(identity: Identity): Buffer {
  if (identity.kind === 'email' || identity.kind === 'phone') return sha256(identity.value);
  return Buffer.from(identity.value, identity.value.length === 64 ? 'hex' : 'base64');
}
