/** The hash doctor: normal form and hash step by step, and why a hash differs. */

import { useState } from 'preact/hooks';
import { diagnoseHash } from '../../doctor.ts';
import { Causes } from '../causes.tsx';
import { Copy, Outcome, Panel, Select, TextField } from '../parts.tsx';
import { shown } from '../text.ts';
import { useLater } from './use-later.ts';

interface Form {
  readonly identity: string;
  readonly kind: string;
  readonly expect: string;
}

const kinds = [
  ['', 'what it looks like'],
  ['email', 'an email address'],
  ['phone', 'a phone number'],
] as const;

function diagnose({ identity, kind, expect }: Form) {
  if (identity === '') return undefined;
  return diagnoseHash(identity, {
    ...((kind === 'email' || kind === 'phone') && { kind }),
    ...(expect !== '' && { expect }),
  });
}

type Diagnosis = NonNullable<ReturnType<typeof diagnose>>;

function Value({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div class="secret">
      <span class="label">{name}</span>
      <code>{shown(text)}</code>
      <Copy text={text} what={name} />
    </div>
  );
}

function Steps({ diagnosis: { normalized, steps, hash } }: { readonly diagnosis: Diagnosis }) {
  return (
    <Panel title="Step by step">
      <ol class="steps">
        {steps.map(({ id, says, text }) => (
          <li key={id}>
            <span class="note">{shown(says)}</span>
            <code>{shown(text)}</code>
          </li>
        ))}
        {normalized !== null && (
          <li>
            <span class="note">normal form</span>
            <code>{shown(normalized)}</code>
          </li>
        )}
        {hash !== null && (
          <li>
            <span class="note">base64 of its SHA-256</span>
            <code>{hash.base64}</code>
          </li>
        )}
      </ol>
    </Panel>
  );
}

function Expected({ expected }: { readonly expected: NonNullable<Diagnosis['expected']> }) {
  const { matches, causes } = expected;
  return (
    <div class={`why ${matches ? 'good' : 'refused'}`} role="status">
      <p>{matches ? 'Your hash is right' : 'Your hash is another one'}</p>
      {!matches && causes.length === 0 && (
        <p class="message">No step that is known gives exactly this value.</p>
      )}
      <Causes causes={causes} />
    </div>
  );
}

function Near({ near }: Pick<Diagnosis, 'near'>) {
  if (near.length === 0) return null;
  return (
    <Panel
      title={`Mistakes that cause no error (${near.length})`}
      note="Each gives a valid hash, but of another person"
    >
      <ul class="cards single">
        {near.map(({ cause, base64 }, index) => (
          <li key={index} class="card">
            <p>{shown(cause.says)}</p>
            <Value name="hash" text={base64} />
            <p class="note">Fix: {shown(cause.fix)}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Result({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  const { kind, normalized, hash, expected, near } = diagnosis;
  return (
    <>
      {hash === null ? (
        <div class="why failed" role="status">
          <p>The operator calls this {kind} invalid</p>
        </div>
      ) : (
        <Panel title={kind === 'email' ? 'Email address' : 'Phone number'}>
          <Value name="normal" text={normalized ?? ''} />
          <Value name="base64" text={hash.base64} />
          <Value name="hex" text={hash.hex} />
        </Panel>
      )}
      {expected && <Expected expected={expected} />}
      <Steps diagnosis={diagnosis} />
      <Near near={near} />
    </>
  );
}

interface HashDoctorProps {
  /** what the fields begin with */
  readonly given?: Readonly<Record<string, string>> | undefined;
}

export function HashDoctor({ given }: HashDoctorProps) {
  const [form, setForm] = useState<Form>({ identity: '', kind: '', expect: '', ...given });
  const set = (name: keyof Form) => (value: string) => setForm({ ...form, [name]: value });
  const result = useLater(() => diagnose(form), [form]);
  return (
    <div class="columns">
      <Panel title="What you have">
        <TextField
          label="Email address or phone number"
          value={form.identity}
          onInput={set('identity')}
          placeholder="Jane.Doe+news@Gmail.com or +1 (234) 567-8901"
        />
        <Select label="It is" value={form.kind} onInput={set('kind')} options={kinds} />
        <TextField
          label="Hash that you computed"
          rows={3}
          value={form.expect}
          onInput={set('expect')}
          placeholder="base64 or hex, if you have one to compare"
        />
        <Outcome error={result.error} />
      </Panel>
      <div>{result.value && <Result diagnosis={result.value} />}</div>
    </div>
  );
}
