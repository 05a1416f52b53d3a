/** The credentials of `uid2-mock verify`: from a file as `uid2-mock start --json` prints it, or from the environment. */

import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import type { ClientSideKeypair, Credential } from '../contract-tests/index.ts';
import { readJson, wrong } from './verify-input.ts';

/** What the user may know of an operator without its data. */
export interface Known {
  readonly credentials: readonly Credential[];
  readonly clientSideKeypairs: readonly ClientSideKeypair[];
}

interface CredentialsFile extends Known {
  readonly url: string | undefined;
}

const isSecret = (text: string): boolean =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length === 32;

/** Nine characters of prefix, then base64 of the SPKI. */
function isPublicKey(text: string): boolean {
  if (!/^(UID2|EUID)-[A-Z]-[A-Z]-/.test(text)) return false;
  try {
    const key = { key: Buffer.from(text.slice(9), 'base64'), format: 'der', type: 'spki' } as const;
    return createPublicKey(key).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}

const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

const text = (expected: string, fits: (text: string) => boolean) =>
  z.string({ error: expected }).refine(fits, { error: expected });

const filled = (value: string): boolean => value !== '';

const API_KEY = text('printable characters without spaces', (value) => /^[\x21-\x7e]+$/.test(value));
const SECRET = text('base64 of 32 bytes', isSecret);
const SUBSCRIPTION_ID = text('a text', filled);
const PUBLIC_KEY = text('a public key such as UID2-X-L-…', isPublicKey);
const ORIGIN = text('an origin such as https://example.com', isOrigin);
const SITE_ID = z.int({ error: 'a whole number' });
const TEXTS = z.array(z.string({ error: 'a text' }), { error: 'a list of texts' });

const credentialSchema = z.object(
  {
    key: API_KEY,
    secret: SECRET.optional(),
    name: z.string({ error: 'a text' }).optional(),
    site_id: SITE_ID.optional(),
    roles: TEXTS.optional(),
  },
  { error: 'an object with a key' },
);

const keypairSchema = z.object(
  {
    subscription_id: SUBSCRIPTION_ID,
    public_key: PUBLIC_KEY,
    site_id: SITE_ID.optional(),
    domain_names: TEXTS.optional(),
    app_names: TEXTS.optional(),
    origin: ORIGIN.optional(),
  },
  { error: 'an object with subscription_id and public_key' },
);

const fileSchema = z.object(
  {
    url: z.string({ error: 'a text' }).optional(),
    credentials: z.array(credentialSchema, { error: 'a list' }).default([]),
    client_side_keypairs: z.array(keypairSchema, { error: 'a list' }).default([]),
  },
  { error: 'an object with credentials or client_side_keypairs' },
);

/** Describes an invalid value without showing it, because it may be a secret. */
function kindOf(value: unknown): string {
  if (value === undefined || value === '') return 'nothing';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const memberOf = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[name] : undefined,
    value,
  );

/** @throws ConfigurationError that names the member, without its value */
export function readCredentialsFile(file: string): CredentialsFile {
  const flag = '--credentials';
  const value = readJson(flag, file);
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const { path = [], message = '' } = parsed.error.issues[0] ?? {};
    const place = path.length === 0 ? `in ${file}` : `as ${path.join('.')} of ${file}`;
    throw wrong(flag, `${message} ${place}`, kindOf(memberOf(value, path)));
  }
  const { url, credentials, client_side_keypairs: clientSideKeypairs } = parsed.data;
  if (credentials.length + clientSideKeypairs.length === 0)
    throw wrong(flag, `an API key or a key pair for client-side generation in ${file}`, 'neither');
  return { url, credentials, clientSideKeypairs };
}

/** The value of a variable, which is never repeated in a message. */
function variable(
  environment: NodeJS.ProcessEnv,
  name: string,
  schema: z.ZodType<string>,
): string | undefined {
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw wrong(name, parsed.error.issues[0]?.message ?? '', kindOf(value));
  return parsed.data;
}

/** Refuses a missing variable if another one is set that is useless without it. `what` describes the missing value. */
function requireTogether(
  name: string,
  value: string | undefined,
  what: string,
  other: string | undefined,
): void {
  if (other !== undefined && value === undefined) throw wrong(name, what, 'nothing');
}

export function environmentCredentials(environment: NodeJS.ProcessEnv): Known {
  const read = (name: string, schema: z.ZodType<string>) => variable(environment, name, schema);
  const key = read('UID2_API_KEY', API_KEY);
  const secretText = environment['UID2_CLIENT_SECRET'] || undefined;
  requireTogether('UID2_API_KEY', key, 'the API key to which UID2_CLIENT_SECRET belongs', secretText);
  const secret = read('UID2_CLIENT_SECRET', SECRET);
  const id = read('UID2_SUBSCRIPTION_ID', SUBSCRIPTION_ID);
  const publicKey = read('UID2_PUBLIC_KEY', PUBLIC_KEY);
  const origin = read('UID2_ORIGIN', ORIGIN);
  requireTogether('UID2_SUBSCRIPTION_ID', id, 'the subscription of UID2_PUBLIC_KEY', publicKey);
  requireTogether('UID2_SUBSCRIPTION_ID', id, 'the subscription that allows UID2_ORIGIN', origin);
  requireTogether('UID2_PUBLIC_KEY', publicKey, 'the public key of UID2_SUBSCRIPTION_ID', id);
  return {
    credentials: key === undefined ? [] : [{ key, secret }],
    clientSideKeypairs:
      id === undefined || publicKey === undefined
        ? []
        : [{ subscription_id: id, public_key: publicKey, origin }],
  };
}
