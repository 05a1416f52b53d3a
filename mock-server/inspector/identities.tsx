/** The identities that this operator treats specially, and the opted-out persons of its world, with their hashes. */

import type { TestIdentity, TestIdentityKind } from '../core/test-identities.ts';
import { profiles } from '../operator/profile.ts';
import type { World } from '../operator/world/schema.ts';
import { portablePrimitives } from '../portable/primitives.ts';
import type { Health } from '../admin/calls/service-schema.ts';
import { Copy, Outcome, Panel } from './parts.tsx';
import { place } from './place.ts';
import { brief, dateAndTime } from './text.ts';
import { useCall } from './use-call.ts';

const says: Readonly<Record<TestIdentityKind, string>> = {
  validate: 'token/validate answers true for its token; never opted out',
  optout: 'opted out wherever opt-outs count',
  'refresh-optout': 'generates tokens; opted out when they are refreshed',
};

const hashOf = (identifier: string): string =>
  portablePrimitives.toBase64(portablePrimitives.sha256(new TextEncoder().encode(identifier)));

interface PersonProps {
  readonly identity: string;
  readonly hash: string;
  readonly note: string;
}

function Person({ identity, hash, note }: PersonProps) {
  return (
    <li class="card">
      <h3>
        {brief(identity)} <Copy text={identity} what={identity} />
        <button
          type="button"
          class="link"
          onClick={() => place.set({ tab: 'identity', given: { identity } })}
        >
          Look at its hash
        </button>
      </h3>
      <p class="note">{note}</p>
      <div class="secret">
        <span class="label">hash</span>
        <code>{brief(hash)}</code>
        <Copy text={hash} what={`hash of ${identity}`} />
      </div>
    </li>
  );
}

const testIdentitiesOf = (profile: string): readonly TestIdentity[] =>
  Object.values(profiles).find(({ name }) => name === profile)?.testIdentities ?? [];

type OptedOut = World['opted_out_identities'][number];

const optedOutName = ({ email, phone, email_hash, phone_hash }: OptedOut): PersonProps => {
  const named = email ?? phone;
  const hash = email_hash ?? phone_hash ?? '';
  return {
    identity: named ?? hash,
    hash: named === undefined ? hash : hashOf(named),
    note: '',
  };
};

export function Identities() {
  const { value: health, error } = useCall<Health>('health');
  const { value: world } = useCall<World>('world');
  if (health === undefined) return <Outcome error={error} />;
  const optedOut = world?.opted_out_identities ?? [];
  return (
    <div class="page">
      <div class="bar">
        <h1>Test identities</h1>
        <span class="note">of the profile {health.profile}</span>
      </div>
      <Panel title="Known to every operator" note="Recognised by their hashes too, and in every spelling">
        <ul class="cards">
          {testIdentitiesOf(health.profile).map(({ identifier, kind }) => (
            <Person key={identifier} identity={identifier} hash={hashOf(identifier)} note={says[kind]} />
          ))}
        </ul>
      </Panel>
      {optedOut.length > 0 && (
        <Panel title={`Opted out in this world (${optedOut.length})`}>
          <ul class="cards">
            {optedOut.slice(0, 200).map((one, index) => (
              <Person
                key={index}
                {...optedOutName(one)}
                note={`opted out since ${dateAndTime(one.opted_out_at_seconds * 1000)}`}
              />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}
