/** Mistakes in sites, clients, services and key pairs of a world. */

import { readPrivateScalar, readPublicPoint } from '../../core/client-keys.ts';
import { nativePrimitives } from '../../native/primitives.ts';
import { type Check, type Checked, type Problems, usableKeypairs } from './check.ts';
import { routeRoles } from './directory.ts';
import { didYouMean } from './nearest.ts';
import type { World } from './schema.ts';
import { quoted } from '../../core/words.ts';

/** The members that must differ between the elements of a list. */
const distinct: readonly {
  readonly list: keyof World;
  readonly member: string;
  readonly values: (world: World) => readonly (string | number)[];
}[] = [
  { list: 'sites', member: 'id', values: ({ sites }) => sites.map(({ id }) => id) },
  { list: 'clients', member: 'key', values: ({ clients }) => clients.map(({ key }) => key) },
  { list: 'keysets', member: 'id', values: ({ keysets }) => keysets.map(({ id }) => id) },
  { list: 'keyset_keys', member: 'id', values: ({ keyset_keys }) => keyset_keys.map(({ id }) => id) },
  {
    list: 'client_side_keypairs',
    member: 'subscription_id',
    values: ({ client_side_keypairs }) => client_side_keypairs.map(({ subscription_id }) => subscription_id),
  },
  {
    list: 'services',
    member: 'service_id',
    values: ({ services }) => services.map(({ service_id }) => service_id),
  },
  {
    list: 'service_links',
    member: 'link_id',
    values: ({ service_links }) => service_links.map(({ service_id, link_id }) => `${service_id} ${link_id}`),
  },
];

function* duplicates({ world, elementPath }: Checked): Problems {
  for (const { list, member, values } of distinct) {
    const seen = new Map<string | number, number>();
    for (const [index, value] of values(world).entries()) {
      const first = seen.get(value);
      if (first === undefined) seen.set(value, index);
      else {
        yield `${elementPath(list, index)}.${member}: expected another value than that of ${elementPath(list, first)}; got the same value`;
      }
    }
  }
}

/** Roles that an operator knows and no route needs. */
const otherRoles = [
  'OPERATOR',
  'OPTOUT_SERVICE',
  'CLIENTKEY_ISSUER',
  'OPERATOR_MANAGER',
  'SECRET_MANAGER',
  'ADMINISTRATOR',
  'SHARING_PORTAL',
  'PRIVATE_SITE_REFRESHER',
  'MAINTAINER',
  'PRIVILEGED',
  'SUPER_USER',
  'SECRET_ROTATION',
  'PRIVATE_OPERATOR_SYNC',
  'METRICS_EXPORT',
  'ENCLAVE_REGISTRAR',
  'UNKNOWN',
];
const knownRoles: ReadonlySet<string> = new Set<string>([...routeRoles, ...otherRoles]);

function* unknownRoles(path: string, roles: readonly string[]): Problems {
  for (const [index, role] of roles.entries()) {
    if (knownRoles.has(role)) continue;
    yield `${path}.roles[${index}]: expected ${routeRoles.join(', ')}; got ${quoted(role)}${didYouMean(role, routeRoles)}`;
  }
}

/** An operator ignores an unknown role, so a client of a recorded world may have one as well as a known role. */
function* rolesOfClients({ world, elementPath }: Checked): Problems {
  for (const [index, { roles }] of world.clients.entries()) {
    const isRecorded = world.recorded_at_ms !== undefined;
    if (isRecorded && roles.some((role) => knownRoles.has(role))) continue;
    yield* unknownRoles(elementPath('clients', index), roles);
  }
}

function* rolesOfServices({ world, elementPath }: Checked): Problems {
  for (const list of ['services', 'service_links'] as const) {
    for (const [index, { roles }] of world[list].entries())
      yield* unknownRoles(elementPath(list, index), roles);
  }
}

function* unknownServices({ world, elementPath }: Checked): Problems {
  const ids = new Set(world.services.map(({ service_id }) => service_id));
  const expected = 'expected the service_id of one of the services';
  for (const [index, { service_id }] of world.clients.entries()) {
    if (service_id === 0 || ids.has(service_id)) continue;
    yield `${elementPath('clients', index)}.service_id: ${expected}, or 0; got ${service_id}`;
  }
  for (const [index, { service_id }] of world.service_links.entries()) {
    if (!ids.has(service_id)) {
      yield `${elementPath('service_links', index)}.service_id: ${expected}; got ${service_id}`;
    }
  }
}

const PREFIX_LENGTH = 9;
const derOf = (text: string): Uint8Array =>
  nativePrimitives.fromBase64(text.slice(PREFIX_LENGTH)) ?? new Uint8Array(0);

/** The public point of a scalar; undefined for an invalid scalar. */
function publicPointOf(scalar: Uint8Array): Uint8Array | undefined {
  try {
    return nativePrimitives.p256PublicPoint(scalar);
  } catch {
    return undefined;
  }
}

function* keypairs({ world, elementPath }: Checked): Problems {
  const expected = `expected a prefix of ${PREFIX_LENGTH} characters and base64 of a P-256 key in DER`;
  for (const [index, { public_key, private_key }] of world.client_side_keypairs.entries()) {
    const path = elementPath('client_side_keypairs', index);
    const point = readPublicPoint(derOf(public_key));
    const scalar = readPrivateScalar(derOf(private_key));
    const own = scalar && publicPointOf(scalar);
    if (!(point instanceof Uint8Array)) yield `${path}.public_key: ${expected}; got something else`;
    if (own === undefined) yield `${path}.private_key: ${expected}; got something else`;
    else if (point instanceof Uint8Array && Buffer.compare(own, point) !== 0) {
      yield `${path}.private_key: expected the private key of public_key; got another`;
    }
  }
}

/** Client-side generation is always refused for a site without domains and apps. */
function* sitesOfKeypairs(checked: Checked): Problems {
  const { world, directory } = checked;
  if (!world.client_side_token_generate_domain_name_check) return;
  for (const { path, site: id } of usableKeypairs(checked)) {
    const site = directory.sites.get(id);
    if (site === undefined) yield `${path}.site_id: expected the id of one of the sites; got ${id}`;
    else if (site.domain_names.length + site.app_names.length === 0) {
      yield `${path}.site_id: expected a site with domain_names or app_names; got ${id}, which has neither`;
    }
  }
}

/** A site's domain is compared with the registrable domain of an origin. */
const DOMAIN = /^[^\s/:@A-Z]+$/;

function* domainNames({ world, elementPath }: Checked): Problems {
  for (const [index, { domain_names }] of world.sites.entries()) {
    for (const [place, name] of domain_names.entries()) {
      if (DOMAIN.test(name)) continue;
      yield `${elementPath('sites', index)}.domain_names[${place}]: expected a domain in lower case such as example.com, without scheme, port and path; got ${quoted(name)}`;
    }
  }
}

export const participantChecks: readonly Check[] = [
  { problems: duplicates },
  { problems: rolesOfClients },
  { problems: rolesOfServices, onlyWritten: true },
  { problems: unknownServices, needs: ['services'], onlyWritten: true },
  { problems: keypairs },
  {
    problems: sitesOfKeypairs,
    needs: ['sites', 'client_side_token_generate_domain_name_check'],
    onlyWritten: true,
  },
  { problems: domainNames, onlyWritten: true },
];
