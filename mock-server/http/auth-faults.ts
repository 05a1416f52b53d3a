/** Why a request is not authenticated (Protocol §6.1). It is computed only for a refusal, and callers never see it. */

import type { Fault, Reason } from '../core/reasons.ts';
import type { Deployment } from '../operator/deployment.ts';
import type { Client } from '../operator/world/directory.ts';
import type { Route } from './route.ts';

const OTHER_HEADERS = [
  'x-api-key',
  'api-key',
  'apikey',
  'x-auth-token',
  'x-authorization',
  'proxy-authorization',
];
const KEY_FORM = /^(UID2|EUID)-C-([A-Z])-/;

/** Shorter beginnings of a key could match a client by accident. */
const SHORTEST_CUT = 16;

/** Schemes that a sentence may name. Any other word may be a key, and is not shown. */
const SCHEMES = /^(?:basic|digest|token|apikey|api-key|key|jwt|hmac|negotiate|bearer:)$/i;

function absentFault(headers: Readonly<NodeJS.Dict<string[]>>): Fault {
  const other = OTHER_HEADERS.find((name) => headers[name] !== undefined);
  return other === undefined ? ['header_absent'] : ['key_in_other_header', { header: other }];
}

/** The fault of a header whose key is not in the form that the operator reads. */
function headerFault(header: string): Fault {
  const given = header.trim();
  const [scheme = '', ...rest] = given.split(/\s/, 3);
  if (scheme === '') return ['header_empty'];
  if (/^(["']).*\1$/.test(given)) return ['header_quoted'];
  if (scheme.toLowerCase() === 'bearer') return [rest.length === 0 ? 'key_absent' : 'key_after_blanks'];
  if (/^bearer[^:]/i.test(scheme)) return ['scheme_without_blank'];
  if (rest.length === 0) return ['scheme_absent'];
  return ['scheme_unknown', { scheme: SCHEMES.test(scheme) ? `the scheme ${scheme}` : 'another scheme' }];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The fault in the scope or environment of a key, compared with the keys of the clients. */
function formFault(key: string, { world }: Deployment): Fault | undefined {
  const [, scope, environment] = KEY_FORM.exec(key) ?? [];
  if (scope === undefined || environment === undefined) return undefined;
  if (scope !== world.identity_scope) {
    return ['key_other_scope', { got: scope, expected: world.identity_scope }];
  }
  const known = new Set(world.clients.flatMap((client) => KEY_FORM.exec(client.key)?.[2] ?? []));
  return known.size > 0 && !known.has(environment)
    ? ['key_other_environment', { got: environment, expected: [...known].join(', ') }]
    : undefined;
}

type WorldClient = Deployment['world']['clients'][number];

/** Alterations of a client's key, the likeliest first. */
const alterations: readonly (readonly [
  reason: Reason,
  isMade: (given: string, client: WorldClient) => boolean,
])[] = [
  ['key_is_secret', (given, { secret }) => given === secret],
  ['key_percent_encoded', (given, { key }) => given.includes('%') && decoded(given) === key],
  ['key_plus_lost', (given, { key }) => given.includes(' ') && given.replaceAll(' ', '+') === key],
  ['key_case', (given, { key }) => given.toLowerCase() === key.toLowerCase()],
  ['key_cut', (given, { key }) => given.length >= SHORTEST_CUT && key.startsWith(given)],
  ['key_with_more', (given, { key }) => key.length >= SHORTEST_CUT && given.startsWith(key)],
];

function keyFault(key: string, deployment: Deployment): Fault {
  if (/^\s/.test(key)) return ['key_after_blanks'];
  if (/^(["']).*\1$/.test(key)) return ['key_quoted'];
  for (const [reason, isMade] of alterations) {
    const client = deployment.world.clients.find((one) => isMade(key, one));
    if (client !== undefined) return [reason, { client: client.name }];
  }
  return formFault(key, deployment) ?? ['key_unknown'];
}

function clientFault({ name, roles, disabled }: Client, route: Route): Fault {
  if (disabled) return ['client_disabled', { client: name }];
  const held = [...roles].join(', ') || 'no role';
  return ['role_absent', { client: name, roles: held, needed: route.roles.join(' or ') }];
}

/**
 * @param headers all values of each header
 * @param key the API key of the header; undefined when the header is not in the form that the operator reads
 * @param client the client of the key
 */
export function authFault(
  deployment: Deployment,
  route: Route,
  headers: Readonly<NodeJS.Dict<string[]>>,
  key: string | undefined,
  client: Client | undefined,
): Fault {
  const [header, ...others] = headers.authorization ?? [];
  if (header === undefined) return absentFault(headers);
  if (client !== undefined) return clientFault(client, route);
  if (others.length > 0) return ['header_repeated'];
  return key === undefined ? headerFault(header) : keyFault(key, deployment);
}
