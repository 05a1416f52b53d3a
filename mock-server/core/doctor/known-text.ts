/** Reads a text as a member of a world, or as a key by its form: API keys, secrets, key pairs, subscription ids. */

import { readPrivateScalar, readPublicPoint } from '../client-keys.ts';
import type { Reason } from '../reasons.ts';
import type { Cause } from './cause.ts';
import { type DoctorClient, type DoctorWorld, scopeNameOf } from './doctor-world.ts';
import { type Case, type Found, type Reading, tokenCause } from './reading.ts';

const ENVIRONMENTS: Readonly<Record<string, string>> = {
  L: 'local',
  T: 'test',
  I: 'integration',
  P: 'production',
};

const siteNameOf = (world: DoctorWorld | undefined, id: number): Found => {
  const site = world?.sites?.find((one) => one.id === id);
  return site === undefined ? {} : { site: site.name ?? '' };
};

const clientFound = (client: DoctorClient, world: DoctorWorld): Found => ({
  client: client.name,
  site_id: client.site_id,
  ...siteNameOf(world, client.site_id),
  roles: client.roles ?? [],
  disabled: client.disabled ?? false,
});

/** The letters of the environments of keys of clients, such as L. */
const environmentsOf = ({ clients = [] }: DoctorWorld): Set<string> =>
  new Set((clients ?? []).flatMap(({ key }) => API_KEY.exec(key)?.[2] ?? []));

const API_KEY = /^(UID2|EUID)-C-([A-Z])-(\d+)-(\S{6,})$/;

function apiKeyCauses(scope: string, letter: string, world: DoctorWorld): Cause[] {
  const expected = scopeNameOf(world);
  if (scope !== expected) return [tokenCause('key_other_scope', true, { got: scope, expected })];
  const letters = environmentsOf(world);
  if (letters.size > 0 && !letters.has(letter)) {
    return [tokenCause('key_other_environment', true, { got: letter, expected: [...letters].join(', ') })];
  }
  return [tokenCause('key_unknown', true)];
}

function apiKeyByForm(text: string, { world }: Case): Reading | undefined {
  const [, scope, letter, site] = API_KEY.exec(text) ?? [];
  if (scope === undefined || letter === undefined) return undefined;
  return {
    kind: 'api_key',
    opens: false,
    found: {
      scope: scope.toLowerCase(),
      environment: ENVIRONMENTS[letter] ?? letter,
      site_id: Number(site),
      ...siteNameOf(world, Number(site)),
    },
    causes: world === undefined ? [] : apiKeyCauses(scope, letter, world),
  };
}

function ofClients(text: string, world: DoctorWorld): Reading | undefined {
  for (const client of world.clients ?? []) {
    const found = clientFound(client, world);
    if (client.key === text) {
      const [, scope, letter] = API_KEY.exec(text) ?? [];
      const form = letter === undefined ? {} : { environment: ENVIRONMENTS[letter] ?? letter };
      const causes =
        client.disabled === true ? [tokenCause('client_disabled', true, { client: client.name })] : [];
      const scopes = { scope: (scope ?? scopeNameOf(world)).toLowerCase() };
      return { kind: 'api_key', opens: true, found: { ...scopes, ...form, ...found }, causes };
    }
    if (client.secret === text) return { kind: 'client_secret', opens: true, found, causes: [] };
  }
  return undefined;
}

function ofKeypairs(text: string, world: DoctorWorld): Reading | undefined {
  for (const pair of world.client_side_keypairs ?? []) {
    const { subscription_id, public_key, private_key, site_id, disabled = false } = pair;
    const found = { subscription_id, site_id, ...siteNameOf(world, site_id), disabled };
    const causes = disabled === true ? [tokenCause('cstg_subscription_disabled', true)] : [];
    if (subscription_id === text) return { kind: 'subscription_id', opens: true, found, causes };
    if (public_key === text) return { kind: 'public_key', opens: true, found, causes };
    if (private_key === text) {
      return { kind: 'private_key', opens: true, found, causes: [privateKeyShown(private_key.slice(0, 4))] };
    }
    if (public_key.slice(PREFIX_LENGTH) === text) {
      return { kind: 'public_key', opens: true, found, causes: [publicKeyForm('without its prefix')] };
    }
  }
  return undefined;
}

const privateKeyShown = (prefix: string): Cause => tokenCause('private_key_shown', true, { prefix });
const publicKeyForm = (got: string): Cause => tokenCause('public_key_form', true, { got });

function ofKeys(text: string, world: DoctorWorld): Reading | undefined {
  const key = world.keyset_keys?.find(({ secret }) => secret === text);
  if (key !== undefined) {
    const found = { key_id: key.id, keyset_id: key.keyset_id };
    return { kind: 'token_key_secret', opens: true, found, causes: [] };
  }
  return world.salts?.first_level === text
    ? { kind: 'first_level_salt', opens: true, found: {}, causes: [] }
    : undefined;
}

const PREFIX_LENGTH = 9;
const PAIR_KEY = /^(UID2|EUID)-([XY])-([A-Z])-([A-Za-z0-9+/]+=*)$/;

/** A key of client-side generation with its prefix. */
function pairKey(text: string, { primitives }: Case): Reading | undefined {
  const [, scope = '', letter, environment = '', base64 = ''] = PAIR_KEY.exec(text) ?? [];
  const bytes = primitives.fromBase64(base64);
  if (letter === undefined || bytes === undefined) return undefined;
  const found = { scope: scope.toLowerCase(), environment: ENVIRONMENTS[environment] ?? environment };
  if (letter === 'Y') {
    const isKey = readPrivateScalar(bytes) !== undefined;
    return isKey ? { kind: 'private_key', opens: false, found, causes: [privateKeyShown(scope)] } : undefined;
  }
  const point = readPublicPoint(bytes);
  if (point === undefined) return undefined;
  return {
    kind: 'public_key',
    opens: false,
    found,
    causes: point === 'other-curve' ? [tokenCause('cstg_public_key_curve', true)] : [],
  };
}

const PEM = /^\s*-----BEGIN (?:EC )?(PUBLIC|PRIVATE) KEY-----/;

/** A key of client-side generation in a form that operators do not issue. */
function otherKeyForm(text: string, { primitives }: Case): Reading | undefined {
  const inPem = PEM.exec(text)?.[1];
  if (inPem === 'PRIVATE')
    return { kind: 'private_key', opens: false, found: {}, causes: [privateKeyShown('UID2')] };
  if (inPem === 'PUBLIC') return publicKey('in PEM');
  if (/^\s*\{.*"kty"\s*:\s*"EC"/s.test(text)) return publicKey('a JWK');
  const bytes = primitives.fromBase64(text);
  if (bytes === undefined) return undefined;
  if (readPublicPoint(bytes) instanceof Uint8Array) return publicKey('without its prefix');
  return bytes.length === 65 && bytes[0] === 4 ? publicKey('a bare point') : undefined;
}

const publicKey = (got: string): Reading => ({
  kind: 'public_key',
  opens: false,
  found: {},
  causes: [publicKeyForm(got)],
});

/** Shorter beginnings of a key could be of several. */
const SHORTEST_CUT = 16;

const alterations: readonly (readonly [Reason, (text: string, key: string) => boolean])[] = [
  ['key_case', (text, key) => text.toLowerCase() === key.toLowerCase()],
  ['key_cut', (text, key) => text.length >= SHORTEST_CUT && key.startsWith(text)],
  ['key_with_more', (text, key) => key.length >= SHORTEST_CUT && text.startsWith(key)],
];

/** The key of a client in other letter case, cut short, or with something behind it. */
function alteredKey(text: string, world: DoctorWorld): Reading | undefined {
  for (const client of world.clients ?? []) {
    const [reason] = alterations.find(([, isMade]) => isMade(text, client.key)) ?? [];
    if (reason === undefined) continue;
    const causes = [tokenCause(reason, true, { client: client.name })];
    return { kind: 'api_key', opens: false, found: clientFound(client, world), causes };
  }
  return undefined;
}

/** A member of the world with exactly this text, or a key of this form. */
export function readKnown(text: string, one: Case): Reading | undefined {
  const { world } = one;
  const member = world && (ofClients(text, world) ?? ofKeypairs(text, world) ?? ofKeys(text, world));
  return (
    member ??
    (world && alteredKey(text, world)) ??
    apiKeyByForm(text, one) ??
    pairKey(text, one) ??
    otherKeyForm(text, one)
  );
}
