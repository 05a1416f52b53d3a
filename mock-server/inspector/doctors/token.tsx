/** The tab of tokens: says of any text what it is, what it holds and what is wrong with it. */

import { useState } from 'preact/hooks';
import { inspectToken } from '../../doctor.ts';
import { Outcome, Panel, Select, TextField } from '../parts.tsx';
import { brief } from '../text.ts';
import { useLater } from './use-later.ts';
import { type KnownOperator, nowOf, useOperator } from './use-operator.ts';
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

/** The clients of a world, for a choice. */
export const clientOptions = (operator: KnownOperator | undefined, any: string) => [
  ['', any] as const,
  ...(operator?.world?.clients ?? []).map(({ name }) => [name, brief(name, 60)] as const),
];

export function TokenTab() {
  const { operator, error } = useOperator();
  const [form, setForm] = useState<Form>({ text: '', client: '', route: '' });
  const set = (name: keyof Form) => (value: string) => setForm({ ...form, [name]: value });
  const result = useLater(() => diagnose(form, operator), [form, operator?.world, operator?.clock]);
  return (
    <div class="page">
      <div class="bar">
        <h1>Token</h1>
        <span class="note">Looked at in this page, with the keys of this operator; sent nowhere</span>
      </div>
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
    </div>
  );
}
