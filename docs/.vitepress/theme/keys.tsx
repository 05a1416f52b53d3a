/** The keys that a doctor of the site tries: none, those of the embedded world, or those that the user types. */

import type { DoctorWorld } from '../../../mock-server/doctor.ts';
import {
  type DoctorProps,
  operatorByThisClock,
} from '../../../mock-server/inspector/doctors/known-operator.ts';
import { Panel, Select, TextField } from '../../../mock-server/inspector/parts.tsx';
import { messageFrom } from '../../../mock-server/inspector/text.ts';
import { defaultWorld } from '../../../mock-server/operator/world/embedded.ts';
import { portablePrimitives } from '../../../mock-server/portable/primitives.ts';
import { readWorld } from './read-world.ts';

const sourceNames = {
  nowhere: 'no keys: look at the form alone',
  secret: 'a client secret',
  embedded: 'the embedded world of the mock',
  world: 'a world of your own',
};
export type KeySource = keyof typeof sourceNames;

export interface TypedKeys {
  readonly source: KeySource;
  readonly secret: string;
  readonly world: string;
}

const isSource = (text: string): text is KeySource => text in sourceNames;

/** The world whose keys are tried; undefined without keys. */
function worldOf({ source, secret, world }: TypedKeys): DoctorWorld | undefined {
  if (source === 'embedded') {
    const now = Date.now();
    return defaultWorld({ seed: 'uid2-mock', scope: 'uid2', now, v4Buckets: true }, portablePrimitives);
  }
  if (source === 'secret') {
    const text = secret.trim();
    return { clients: text === '' ? [] : [{ name: 'your client', key: '', secret: text, site_id: 0 }] };
  }
  return source === 'world' && world.trim() !== '' ? readWorld(world) : undefined;
}

/** What a doctor knows by the keys that were typed. */
export function knownBy(keys: TypedKeys): DoctorProps {
  try {
    return { operator: operatorByThisClock(worldOf(keys), 'current'), error: undefined };
  } catch (error) {
    return { operator: undefined, error: messageFrom(error) };
  }
}

interface KeysProps {
  readonly keys: TypedKeys;
  readonly sources: readonly KeySource[];
  readonly set: (keys: TypedKeys) => void;
}

export function Keys({ keys, sources, set }: KeysProps) {
  return (
    <Panel title="Keys">
      <Select
        label="Try"
        value={keys.source}
        onInput={(source) => {
          if (isSource(source)) set({ ...keys, source });
        }}
        options={sources.map((source) => [source, sourceNames[source]] as const)}
      />
      {keys.source === 'secret' && (
        <TextField
          label="Client secret"
          value={keys.secret}
          onInput={(secret) => set({ ...keys, secret })}
          placeholder="base64, of 32 bytes"
          hint="It is used in this page and kept nowhere. A secret of a test environment is the better one to type."
        />
      )}
      {keys.source === 'world' && (
        <TextField
          label="World file"
          rows={4}
          value={keys.world}
          onInput={(world) => set({ ...keys, world })}
          placeholder="the JSON of your world file, or what uid2-mock start --json prints"
        />
      )}
    </Panel>
  );
}
