/** Ordered faults: by preset or by their members. */

import { useState } from 'preact/hooks';
import { faultPresets } from '../../admin/calls/fault-presets.ts';
import type { FaultReport } from '../../admin/calls/fault-schema.ts';
import { call } from '../api.ts';
import { Outcome, Panel, Select, TextField } from '../parts.tsx';
import { brief } from '../text.ts';
import { useCall, useDoing } from '../use-call.ts';

const OWN = 'own';

interface Form {
  readonly preset: string;
  readonly route: string;
  readonly client: string;
  readonly times: string;
  readonly members: string;
}

const empty: Form = {
  preset: 'rate-limited',
  route: '',
  client: '',
  times: '',
  members: '{ "status": 503 }',
};

/** @throws SyntaxError when the members are not JSON */
function bodyOf({ preset, route, client, times, members }: Form): object {
  return {
    ...(preset === OWN ? (JSON.parse(members) as object) : { preset }),
    ...(route !== '' && { route: route.trim() }),
    ...(client !== '' && { client: client.trim() }),
    ...(times !== '' && { times: Number(times) }),
  };
}

const saysOf = (preset: string): string | undefined => faultPresets.find(({ name }) => name === preset)?.says;

const presetOptions = [
  ...faultPresets.map(({ name }) => [name, name] as const),
  [OWN, 'members of your own …'] as const,
];

/** What narrows a fault down. */
const limits = [
  { name: 'route', label: 'Path', width: 'grow', placeholder: 'all, or /v2/*' },
  { name: 'client', label: 'Client', width: 'grow', placeholder: 'all' },
  { name: 'times', label: 'Times', width: 'short', placeholder: 'always' },
] as const;

function AddFault({ onAdded }: { readonly onAdded: () => Promise<void> }) {
  const [form, setForm] = useState(empty);
  const { run, error, done, isBusy } = useDoing();
  const set = (name: keyof Form) => (value: string) => setForm({ ...form, [name]: value });
  const add = (): void =>
    void run(async () => {
      await call('POST', 'faults', bodyOf(form));
      await onAdded();
    }, 'Ordered');
  return (
    <>
      <Select
        label="Fault"
        value={form.preset}
        onInput={set('preset')}
        options={presetOptions}
        hint={saysOf(form.preset)}
      />
      {form.preset === OWN && (
        <TextField label="Members, as JSON" rows={3} value={form.members} onInput={set('members')} />
      )}
      <div class="line">
        {limits.map(({ name, label, width, placeholder }) => (
          <TextField
            key={name}
            label={label}
            class={width}
            value={form[name]}
            onInput={set(name)}
            placeholder={placeholder}
          />
        ))}
        <button type="button" class="main" disabled={isBusy} onClick={add}>
          Add
        </button>
      </div>
      <Outcome error={error} done={done} />
    </>
  );
}

/** What a fault does and to which requests, without what was counted. */
function membersOf({
  id: _id,
  hits: _hits,
  applied: _applied,
  left: _left,
  preset: _preset,
  ...members
}: FaultReport): string {
  return Object.entries(members)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

const countOf = ({ hits, applied, left }: FaultReport): string =>
  `met ${hits}, applied ${applied}${left === null ? '' : `, ${left} left`}`;

export function Faults() {
  const { value, error, reload } = useCall<{ faults: FaultReport[] }>('faults', 2000);
  const doing = useDoing();
  const faults = value?.faults ?? [];
  const remove = (path: string, done: string): void =>
    void doing.run(async () => {
      await call('DELETE', path);
      await reload();
    }, done);
  return (
    <Panel
      title={`Faults (${faults.length})`}
      note="Requests that meet a fault are answered as it says"
      actions={
        <button type="button" disabled={faults.length === 0} onClick={() => remove('faults', 'All removed')}>
          Remove all
        </button>
      }
    >
      <AddFault onAdded={reload} />
      <ul class="cards single">
        {faults.map((fault) => (
          <li key={fault.id} class="card">
            <h3>
              {fault.preset ?? `fault ${fault.id}`} <span class="note">{countOf(fault)}</span>
              <button
                type="button"
                class="end"
                aria-label={`Remove fault ${fault.preset ?? fault.id}`}
                onClick={() => remove(`faults/${encodeURIComponent(fault.id)}`, 'Removed')}
              >
                Remove
              </button>
            </h3>
            <p class="note">{brief(membersOf(fault), 400)}</p>
          </li>
        ))}
      </ul>
      <Outcome error={doing.error ?? error} done={doing.done} />
    </Panel>
  );
}
