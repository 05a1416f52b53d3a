/** Mistakes in keysets, keys and lifetimes of a world. */

import { type Check, type Checked, type Problems, usableKeypairs } from './check.ts';
import { activeKey } from './directory.ts';

const isActive = ({ directory, times }: Checked, keysetId: number): boolean =>
  times.some((time) => activeKey(directory, keysetId, time) !== undefined);

const when = ({ times }: Checked): string => (times.length > 1 ? 'now or at recorded_at_ms' : 'now');

function* keysetsWithoutKeys({ world, directory, elementPath }: Checked): Problems {
  for (const [index, { id }] of world.keysets.entries()) {
    if (directory.keysOf.has(id)) continue;
    yield `${elementPath('keysets', index)}: expected a key in keyset_keys with keyset_id ${id}; got none`;
  }
}

function* keysWithoutKeyset({ world, directory, elementPath }: Checked): Problems {
  for (const [index, { keyset_id }] of world.keyset_keys.entries()) {
    if (directory.keysets.has(keyset_id)) continue;
    yield `${elementPath('keyset_keys', index)}.keyset_id: expected the id of one of the keysets; got ${keyset_id}`;
  }
}

function* neverActive({ world, elementPath }: Checked): Problems {
  for (const [index, { activates, expires }] of world.keyset_keys.entries()) {
    if (activates < expires) continue;
    yield `${elementPath('keyset_keys', index)}.expires: expected later than activates (${activates}); got ${expires}`;
  }
}

/** With two default keysets, an operator fails at every request that needs the keys of the site. */
function* defaultKeysets({ world, elementPath }: Checked): Problems {
  const first = new Map<number, number>();
  for (const [index, keyset] of world.keysets.entries()) {
    if (!keyset.enabled || !keyset.default) continue;
    const other = first.get(keyset.site_id);
    if (other === undefined) first.set(keyset.site_id, index);
    else {
      yield `${elementPath('keysets', index)}.default: expected one enabled default keyset for site ${keyset.site_id}; got another in ${elementPath('keysets', other)}`;
    }
  }
}

/** The master key is needed to generate and to read tokens, the refresh key to generate them. */
function* operatorKeys(checked: Checked): Problems {
  const { world, directory } = checked;
  const { master_keyset_id: master, refresh_keyset_id: refresh } = world;
  if (master === refresh) {
    yield `refresh_keyset_id: expected another keyset than master_keyset_id; got ${refresh} for both`;
    return;
  }
  const roles = new Set(world.clients.filter(({ disabled }) => !disabled).flatMap(({ roles }) => roles));
  const generates = roles.has('GENERATOR') || usableKeypairs(checked).length > 0;
  const reads = roles.has('ID_READER') || roles.has('SHARER');
  for (const [member, id, isNeeded] of [
    ['master_keyset_id', master, generates || reads],
    ['refresh_keyset_id', refresh, generates],
  ] as const) {
    if (!isNeeded) continue;
    if (!directory.keysets.has(id)) yield `keysets: expected a keyset with id ${id}, the ${member}; got none`;
    else if (directory.keysOf.has(id) && !isActive(checked, id)) {
      yield `keyset_keys: expected a key of keyset ${id}, the ${member}, that is active ${when(checked)}; got none`;
    }
  }
}

function* generatorsWithoutKey(checked: Checked): Problems {
  const { world, directory, elementPath } = checked;
  const fallback = world.fallback_token_site_id;
  const hasKey = (site: number): boolean =>
    (directory.defaultKeysets.get(site) ?? []).some(({ id }) => isActive(checked, id));
  const clients = world.clients.flatMap(({ site_id: site, roles, disabled }, index) =>
    disabled || !roles.includes('GENERATOR') ? [] : [{ path: elementPath('clients', index), site }],
  );
  for (const { path, site } of [...clients, ...usableKeypairs(checked)]) {
    if (hasKey(site) || hasKey(fallback)) continue;
    yield `${path}: expected a key for its tokens that is active ${when(checked)}, in the default keyset of site ${site} or of site ${fallback} (fallback_token_site_id); got none`;
  }
}

function* lifetimes({ world }: Checked): Problems {
  const {
    refresh_identity_token_after_seconds: refreshAfter,
    identity_token_expires_after_seconds: identity,
    refresh_token_expires_after_seconds: refresh,
  } = world;
  if (refreshAfter > identity) {
    yield `refresh_identity_token_after_seconds: expected at most identity_token_expires_after_seconds (${identity}); got ${refreshAfter}`;
  }
  if (identity > refresh) {
    yield `identity_token_expires_after_seconds: expected at most refresh_token_expires_after_seconds (${refresh}); got ${identity}`;
  }
}

export const keyChecks: readonly Check[] = [
  { problems: keysetsWithoutKeys, needs: ['keyset_keys'] },
  { problems: keysWithoutKeyset, needs: ['keysets'], onlyWritten: true },
  { problems: neverActive, onlyWritten: true },
  { problems: defaultKeysets, onlyWritten: true },
  {
    problems: operatorKeys,
    needs: ['keysets', 'keyset_keys', 'master_keyset_id', 'refresh_keyset_id'],
    onlyWritten: true,
  },
  { problems: generatorsWithoutKey, needs: ['keysets', 'keyset_keys', 'fallback_token_site_id'] },
  {
    problems: lifetimes,
    needs: [
      'refresh_identity_token_after_seconds',
      'identity_token_expires_after_seconds',
      'refresh_token_expires_after_seconds',
    ],
  },
];
