/** The token inspector: says of any text what it is, what it holds and what is wrong with it. */

import { useState } from 'preact/hooks';
import { inspectToken } from '../../doctor.ts';
import { Outcome, Panel, Select, TextField } from '../parts.tsx';
import { type DoctorProps, type KnownOperator, clientOptions, nowOf } from './known-operator.ts';
import { useLater } from './use-later.ts';
import { Verdict } from './verdict.tsx';

const routes = [
  ['', 'nothing in particular'],
  ['/v2/token/refresh', '/v2/token/refresh'],
  ['/v2/token/validate', '/v2/token/validate'],
  ['/v1/token/refresh', '/v1/token/refresh'],
  ['/v2/optout/status', '/v2/optout/status'],
] as const;

interface Form {
  readonly text: string;
  readonly client: string;
  readonly route: string;
}

function diagnose({ text, client, route }: Form, operator: KnownOperator | undefined) {
  if (text.trim() === '' || operator === undefined) return undefined;
  return inspectToken(text, {
    world: operator.world,
    now: nowOf(operator),
    profile: operator.profile,
    ...(client !== '' && { client }),
    ...(route !== '' && { route }),
  });
}

export function TokenInspector({ operator, error }: DoctorProps) {
  const [form, setForm] = useState<Form>({ text: '', client: '', route: '' });
  const set = (name: keyof Form) => (value: string) => setForm({ ...form, [name]: value });
  const result = useLater(() => diagnose(form, operator), [form, operator?.world, operator?.clock]);
  return (
    <div class="columns">
      <Panel title="What came">
        <TextField
          label="A token, raw UID, key or secret"
          rows={7}
          value={form.text}
          onInput={set('text')}
          placeholder="Paste it as it came, with quotes, blanks or escapes"
        />
        <div class="line">
          <Select
            class="grow"
            label="Sent by"
            value={form.client}
            onInput={set('client')}
            options={clientOptions(operator, 'any client')}
          />
          <Select class="grow" label="Sent to" value={form.route} onInput={set('route')} options={routes} />
        </div>
        <Outcome error={error ?? result.error} />
      </Panel>
      <div>{result.value && <Verdict diagnosis={result.value} />}</div>
    </div>
  );
}
