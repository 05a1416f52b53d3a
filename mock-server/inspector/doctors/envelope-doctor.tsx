/** The envelope doctor: opens a body with the secrets of an operator, or says which layer fails and why. */

import { useState } from 'preact/hooks';
import { diagnoseEnvelope } from '../../doctor.ts';
import { Outcome, Panel, Select, TextField } from '../parts.tsx';
import { type DoctorProps, type KnownOperator, clientOptions, envelopeNowOf } from './known-operator.ts';
import { useLater } from './use-later.ts';
import { Verdict } from './verdict.tsx';

interface Form {
  readonly body: string;
  readonly direction: string;
  readonly client: string;
  readonly contentType: string;
  readonly route: string;
  readonly responseKey: string;
  /** the operator's time if empty */
  readonly at: string;
}

const empty: Form = {
  body: '',
  direction: 'request',
  client: '',
  contentType: '',
  route: '/v2/token/generate',
  responseKey: '',
  at: '',
};

const directions = [
  ['request', 'a request'],
  ['answer', 'an answer'],
] as const;

const routes = [
  '/v2/token/generate',
  '/v2/token/client-generate',
  '/v2/token/refresh',
  '/v2/token/validate',
  '/v2/identity/map',
  '/v3/identity/map',
  '/v2/identity/buckets',
  '/v2/key/sharing',
  '/v2/key/bidstream',
] as const;

/** The paths to choose from, with the one that was handed over. */
const routeOptions = (route: string) => [...new Set([...routes, route])].map((path) => [path, path] as const);

/** Epoch ms of what is typed as a time. */
function timeOf(text: string): number | undefined {
  const ms = /^\d{11,16}$/.test(text.trim()) ? Number(text) : Date.parse(text.trim());
  return Number.isNaN(ms) ? undefined : ms;
}

function diagnose(form: Form, operator: KnownOperator | undefined) {
  const { body, direction, client, contentType, route, responseKey, at } = form;
  const { world, profile } = operator ?? {};
  if (body === '' || operator === undefined || world === undefined) return undefined;
  return diagnoseEnvelope({
    body,
    direction: direction === 'answer' ? 'answer' : 'request',
    clients: world.clients ?? [],
    keypairs: world.client_side_keypairs ?? [],
    now: timeOf(at) ?? envelopeNowOf(operator),
    ...(profile !== undefined && { profile }),
    route,
    ...(client !== '' && { client }),
    ...(contentType !== '' && { contentType }),
    ...(responseKey !== '' && { responseKey }),
  });
}

interface InputProps {
  readonly form: Form;
  readonly set: (name: keyof Form) => (value: string) => void;
  readonly operator: KnownOperator | undefined;
}

/** By whom, as what and when it was sent. */
function Sender({ form, set, operator }: InputProps) {
  return (
    <div class="line">
      <Select
        class="grow"
        label="Client"
        value={form.client}
        onInput={set('client')}
        options={clientOptions(operator, 'any client')}
      />
      <TextField
        class="grow"
        label="Content type"
        value={form.contentType}
        onInput={set('contentType')}
        placeholder="none"
      />
      <TextField
        class="grow"
        label="At"
        value={form.at}
        onInput={set('at')}
        placeholder="now, by the operator's clock"
      />
    </div>
  );
}

function Input({ form, set, operator }: InputProps) {
  const { body, direction, route, responseKey } = form;
  return (
    <>
      <TextField
        label="Body"
        rows={7}
        value={body}
        onInput={set('body')}
        placeholder="Paste the body as it was sent"
      />
      <div class="line">
        <Select
          class="grow"
          label="It is"
          value={direction}
          onInput={set('direction')}
          options={directions}
        />
        <Select
          class="grow"
          label="Path"
          value={route}
          onInput={set('route')}
          options={routeOptions(route)}
        />
      </div>
      <Sender form={form} set={set} operator={operator} />
      {direction === 'answer' && (
        <TextField
          label="refresh_response_key, of an answer to a refresh"
          value={responseKey}
          onInput={set('responseKey')}
        />
      )}
    </>
  );
}

interface EnvelopeDoctorProps extends DoctorProps {
  /** what the fields begin with */
  readonly given?: Readonly<Record<string, string>> | undefined;
}

export function EnvelopeDoctor({ operator, error, given }: EnvelopeDoctorProps) {
  const [form, setForm] = useState<Form>({ ...empty, ...given });
  const result = useLater(() => diagnose(form, operator), [form, operator?.world, operator?.clock]);
  return (
    <div class="columns">
      <Panel title="What was sent">
        <Input
          form={form}
          set={(name) => (value) => setForm({ ...form, [name]: value })}
          operator={operator}
        />
        <Outcome error={error ?? result.error} />
      </Panel>
      <div>{result.value && <Verdict diagnosis={result.value} />}</div>
    </div>
  );
}
