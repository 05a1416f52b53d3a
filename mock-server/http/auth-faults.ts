/** Why a request is not authenticated (Protocol §6.1): computed for a refusal only, which tells no caller of it. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Facts, Reason } from '../core/reasons.ts';
import type { Deployment } from '../operator/deployment.ts';
import type { Client } from '../operator/world/directory.ts';
import type { Route } from './route.ts';

type Fault = readonly [reason: Reason, facts?: Facts];

const OTHER_HEADERS = [
  'x-api-key',
  'api-key',
  'apikey',
  'x-auth-token',
  'x-authorization',
  'proxy-authorization',
];
const KEY_FORM = /^(UID2|EUID)-C-([A-Z])-/;

/** Shorter beginnings of a key would name a client by accident. */
const SHORTEST_CUT = 16;

function headerFault(header: string | undefined, headers: IncomingHttpHeaders): Fault {
  if (header === undefined) {
    const other = OTHER_HEADERS.find((name) => headers[name] !== undefined);
    return other === undefined ? ['header_absent'] : ['key_in_other_header', { header: other }];
  }
  const [scheme = '', ...rest] = header.trim().split(/\s/);
  if (scheme === '') return ['header_empty'];
  if (scheme.toLowerCase() === 'bearer') return [rest.length === 0 ? 'key_absent' : 'key_after_blanks'];
  if (rest.length > 0)
    return ['scheme_unknown', { scheme: /^[\w-]{1,20}:?$/.test(scheme) ? scheme : 'of unknown name' }];
  return ['scheme_absent'];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The facts of how a key looks against the keys of the clients there are. */
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

function keyFault(key: string, deployment: Deployment): Fault {
  if (/^\s/.test(key)) return ['key_after_blanks'];
  if (key === '') return ['key_absent'];
  if (/^["'].*["']$/.test(key)) return ['key_quoted'];
  const { clients } = deployment.world;
  const named = (test: (client: (typeof clients)[number]) => boolean): { client: string } | undefined => {
    const found = clients.find(test);
    return found && { client: found.name };
  };
  const bySecret = named(({ secret }) => secret === key);
  if (bySecret) return ['key_is_secret', bySecret];
  const plain = decoded(key);
  const byEscape = plain === key ? undefined : named((client) => client.key === plain);
  if (byEscape) return ['key_percent_encoded', byEscape];
  const byStart = key.length < SHORTEST_CUT ? undefined : named((client) => client.key.startsWith(key));
  if (byStart) return ['key_cut', byStart];
  return formFault(key, deployment) ?? ['key_unknown'];
}

function clientFault(key: string, client: Client, route: Route, { world }: Deployment): Fault {
  const name = world.clients.find((one) => one.key === key)?.name ?? '';
  if (client.disabled) return ['client_disabled', { client: name }];
  const roles = [...client.roles].join(', ') || 'no role';
  return ['role_absent', { client: name, roles, needed: route.roles.join(' or ') }];
}

/**
 * @param key the API key of the header; undefined when the header holds none in the form that the operator knows
 * @param client the client of the key
 */
export function authFault(
  deployment: Deployment,
  route: Route,
  headers: IncomingHttpHeaders,
  key: string | undefined,
  client: Client | undefined,
): Fault {
  if (key === undefined) return headerFault(headers.authorization, headers);
  return client === undefined ? keyFault(key, deployment) : clientFault(key, client, route, deployment);
}
