/** The participants of the operator's world: sites, clients, key pairs, keysets and keys. */

import { useState } from 'preact/hooks';
import type { World } from '../operator/world/schema.ts';
import { Copy, Facts, Outcome, Panel } from './parts.tsx';
import { dateAndTime, shown } from './text.ts';
import { useCall, useDoing } from './use-call.ts';
import { worldWithSecrets } from './world.ts';

interface SecretProps {
  readonly name: string;
  readonly what: string;
  /** undefined while it is masked */
  readonly value: string | undefined;
  /** gives it, so that it can be copied without being shown */
  readonly of: (world: World) => string | undefined;
}

/** A secret, masked until all secrets are shown. It can be copied either way. */
function Secret({ name, what, value, of }: SecretProps) {
  const fetchIt = async (): Promise<string> => {
    const secret = of(await worldWithSecrets());
    if (secret === undefined) throw new Error('the world does not have it any more');
    return secret;
  };
  return (
    <div class="secret">
      <span class="label">{name}</span>
      <code class={value === undefined ? 'masked' : ''}>
        {value === undefined ? '••••••••••••' : shown(value)}
      </code>
      <Copy text={value ?? fetchIt} what={what} />
    </div>
  );
}

type Shown = { readonly world: World; readonly isPlain: boolean };

const siteName = ({ sites }: World, id: number): string => sites.find((site) => site.id === id)?.name ?? '';

const siteText = (world: World, id: number): string => {
  const name = siteName(world, id);
  return name === '' ? `site ${id}` : `${name} (${id})`;
};

const Roles = ({ roles }: { readonly roles: readonly string[] }) => (
  <span class="roles">
    {roles.map((role) => (
      <span key={role} class="chip role">
        {shown(role)}
      </span>
    ))}
  </span>
);

function Clients({ world, isPlain }: Shown) {
  return (
    <Panel
      title={`Clients (${world.clients.length})`}
      note="API keys with the secrets that seal their envelopes"
    >
      <ul class="cards">
        {world.clients.map(({ name, site_id, roles, disabled, key, secret }, index) => (
          <li key={index} class="card">
            <h3>
              {shown(name)} <span class="note">{siteText(world, site_id)}</span>
              {disabled && <span class="chip failed">disabled</span>}
            </h3>
            <Roles roles={roles} />
            <Secret
              name="key"
              what={`API key of ${name}`}
              value={isPlain ? key : undefined}
              of={({ clients }) => clients[index]?.key}
            />
            <Secret
              name="secret"
              what={`client secret of ${name}`}
              value={isPlain ? secret : undefined}
              of={({ clients }) => clients[index]?.secret}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function KeyPairs({ world, isPlain }: Shown) {
  if (world.client_side_keypairs.length === 0) return null;
  return (
    <Panel
      title={`Key pairs (${world.client_side_keypairs.length})`}
      note="For token generation in browsers and apps"
    >
      <ul class="cards">
        {world.client_side_keypairs.map(
          ({ subscription_id, public_key, private_key, site_id, disabled }, index) => (
            <li key={index} class="card">
              <h3>
                {shown(subscription_id)} <span class="note">{siteText(world, site_id)}</span>
                {disabled && <span class="chip failed">disabled</span>}
                <Copy text={subscription_id} what={`subscription id ${subscription_id}`} />
              </h3>
              <Secret
                name="public"
                what={`public key of ${subscription_id}`}
                value={public_key}
                of={() => public_key}
              />
              <Secret
                name="private"
                what={`private key of ${subscription_id}`}
                value={isPlain ? private_key : undefined}
                of={({ client_side_keypairs: pairs }) => pairs[index]?.private_key}
              />
            </li>
          ),
        )}
      </ul>
    </Panel>
  );
}

function Sites({ world }: { readonly world: World }) {
  return (
    <Panel title={`Sites (${world.sites.length})`}>
      <ul class="cards">
        {world.sites.map(({ id, name, enabled, domain_names, app_names }) => (
          <li key={id} class="card">
            <h3>
              {shown(name || `site ${id}`)} <span class="note">{id}</span>
              {!enabled && <span class="chip failed">disabled</span>}
            </h3>
            <Facts
              facts={[
                ['domains', domain_names.join(', ')],
                ['apps', app_names.join(', ')],
              ]}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type Keyset = World['keysets'][number];

const keysetName = ({ id, name }: Keyset, world: World): string => {
  if (name !== '') return name;
  if (id === world.master_keyset_id) return 'master';
  return id === world.refresh_keyset_id ? 'refresh' : 'keyset';
};

function Keys({ world, isPlain, now }: Shown & { readonly now: number }) {
  return (
    <Panel title={`Keysets (${world.keysets.length})`} note="The keys that seal tokens">
      <ul class="cards">
        {world.keysets.map((keyset) => (
          <li key={keyset.id} class="card">
            <h3>
              {shown(keysetName(keyset, world))} <span class="note">{keyset.id}</span>
              <span class="note">{siteText(world, keyset.site_id)}</span>
            </h3>
            {world.keyset_keys.map(({ id, keyset_id, activates, expires, secret }, index) => {
              if (keyset_id !== keyset.id) return null;
              const isActive = activates * 1000 <= now && now < expires * 1000;
              return (
                <div key={id}>
                  <Secret
                    name={`key ${id}`}
                    what={`secret of key ${id}`}
                    value={isPlain ? secret : undefined}
                    of={({ keyset_keys: keys }) => keys[index]?.secret}
                  />
                  <p class="note">
                    <span class={`chip ${isActive ? 'good' : 'refused'}`}>
                      {isActive ? 'active' : 'not active'}
                    </span>{' '}
                    {dateAndTime(activates * 1000)} – {dateAndTime(expires * 1000)}
                  </p>
                </div>
              );
            })}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const settingsOf = (world: World): (readonly [string, string])[] => [
  ['scope', world.identity_scope],
  ['environment', world.identity_environment],
  ['tokens expire after', `${world.identity_token_expires_after_seconds} s`],
  ['refresh from', `${world.refresh_identity_token_after_seconds} s`],
  ['refresh tokens expire after', `${world.refresh_token_expires_after_seconds} s`],
  ['salt buckets', world.salts.buckets.length.toLocaleString('en')],
];

export function Participants() {
  const { value: masked, error } = useCall<World>('world');
  const { value: clock } = useCall<{ now_ms: number }>('clock');
  const [plain, setPlain] = useState<World | undefined>();
  const { run, error: refused } = useDoing();
  const world = plain ?? masked;
  if (world === undefined) return <Outcome error={error} />;
  const given: Shown = { world, isPlain: plain !== undefined };
  const toggle = (): void => {
    if (plain !== undefined) setPlain(undefined);
    else void run(async () => setPlain(await worldWithSecrets()));
  };
  return (
    <div class="page">
      <div class="bar">
        <h1>Participants</h1>
        <button type="button" aria-pressed={plain !== undefined} onClick={toggle}>
          {plain === undefined ? 'Show secrets' : 'Hide secrets'}
        </button>
      </div>
      <Outcome error={refused} />
      <Clients {...given} />
      <div class="columns">
        <div>
          <KeyPairs {...given} />
          <Sites world={world} />
          <Panel title="Settings">
            <Facts facts={settingsOf(world)} />
          </Panel>
        </div>
        <Keys {...given} now={clock?.now_ms ?? Date.now()} />
      </div>
    </div>
  );
}
