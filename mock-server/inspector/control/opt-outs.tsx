/** Opt-outs: who has opted out. */

import { useState } from 'preact/hooks';
import type { RecordedOptOut } from '../../admin/calls/opt-out-schema.ts';
import { call } from '../api.ts';
import { Copy, Outcome, Panel, Select, TextField } from '../parts.tsx';
import { brief, dateAndTime } from '../text.ts';
import { useCall, useDoing } from '../use-call.ts';

const kinds = [
  ['email', 'email'],
  ['phone', 'phone'],
  ['email_hash', 'email hash'],
  ['phone_hash', 'phone hash'],
  ['raw_uid', 'raw UID'],
  ['first_level_hash', 'first-level hash'],
] as const;

/** Opt-outs that are listed at most. */
const LISTED = 100;

interface Listed {
  readonly count: number;
  readonly optouts: readonly RecordedOptOut[];
}

function Person({ person, onRemove }: { readonly person: RecordedOptOut; readonly onRemove: () => void }) {
  return (
    <li class="card">
      <div class="secret">
        <span class="label">raw UID</span>
        <code>{brief(person.raw_uid)}</code>
        <Copy text={person.raw_uid} what="raw UID" />
        <button type="button" class="end" aria-label={`Remove opt-out ${person.raw_uid}`} onClick={onRemove}>
          Remove
        </button>
      </div>
      <p class="note">since {dateAndTime(person.at)}</p>
    </li>
  );
}

type Change = (method: 'POST' | 'DELETE', path: string, done: string, body?: object) => void;

const queryOf = (kind: string, person: string): string =>
  `optouts?${new URLSearchParams({ [kind]: person }).toString()}`;

function OnePerson({ change }: { readonly change: Change }) {
  const [kind, setKind] = useState<string>('email');
  const [typed, setTyped] = useState('');
  const person = typed.trim();
  return (
    <div class="line">
      <Select label="Kind" value={kind} onInput={setKind} options={kinds} />
      <TextField
        label="Identity"
        class="grow"
        value={typed}
        onInput={setTyped}
        placeholder="user@example.com"
      />
      <button
        type="button"
        class="main"
        disabled={person === ''}
        onClick={() => change('POST', 'optouts', 'Opted out', { [kind]: person })}
      >
        Opt out
      </button>
      <button
        type="button"
        disabled={person === ''}
        onClick={() => change('DELETE', queryOf(kind, person), 'Removed, if it was there')}
      >
        Remove
      </button>
    </div>
  );
}

export function OptOuts() {
  const { value, error, reload } = useCall<Listed>(`optouts?limit=${LISTED}`, 5000);
  const doing = useDoing();
  const change: Change = (method, path, done, body) =>
    void doing.run(async () => {
      await call(method, path, body);
      await reload();
    }, done);
  const count = value?.count ?? 0;
  return (
    <Panel
      title={`Opt-outs (${count.toLocaleString('en')})`}
      actions={
        <button
          type="button"
          disabled={count === 0}
          onClick={() => change('DELETE', 'optouts', 'All removed')}
        >
          Remove all
        </button>
      }
    >
      <OnePerson change={change} />
      <Outcome error={doing.error ?? error} done={doing.done} />
      <ul class="cards single">
        {value?.optouts.map((one) => (
          <Person
            key={one.raw_uid}
            person={one}
            onRemove={() => change('DELETE', queryOf('raw_uid', one.raw_uid), 'Removed')}
          />
        ))}
      </ul>
      {count > LISTED && <p class="note">The first {LISTED} are listed.</p>}
    </Panel>
  );
}
