/** Parts that every tab uses. */

import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { copyText } from './clipboard.ts';
import { Store, useStore } from './store.ts';
import { shown } from './text.ts';

/** What a screen reader is told: results of what the user did, never what comes by itself. */
const announced = new Store('');

export function Announcer() {
  return (
    <div class="unseen" role="status" aria-live="polite">
      {useStore(announced)}
    </div>
  );
}

interface CopyProps {
  /** what is copied, or what fetches it */
  readonly text: string | (() => Promise<string> | string);
  /** what it is, for people: "key of Example Publisher" */
  readonly what: string;
  /** on the button; an icon alone if absent */
  readonly label?: string;
}

const CopyIcon = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" fill="none" stroke="currentColor" />
    <path
      d="M3.5 10.5h-.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v.5"
      fill="none"
      stroke="currentColor"
    />
  </svg>
);

const DoneIcon = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
    <path d="M3 8.5l3.2 3.2L13 5" fill="none" stroke="currentColor" stroke-width="1.6" />
  </svg>
);

export function Copy({ text, what, label }: CopyProps) {
  const [state, setState] = useState<'' | 'done' | 'failed'>('');
  const copy = async (): Promise<void> => {
    let isCopied = false;
    try {
      isCopied = await copyText(typeof text === 'string' ? text : await text());
    } catch {
      isCopied = false;
    }
    announced.set(isCopied ? `Copied ${what}` : `Could not copy ${what}`);
    setState(isCopied ? 'done' : 'failed');
    setTimeout(() => {
      setState('');
    }, 1500);
  };
  return (
    <button
      type="button"
      class={`copy ${label === undefined ? 'icon' : ''} ${state}`}
      aria-label={label === undefined ? `Copy ${what}` : undefined}
      title={label === undefined ? `Copy ${what}` : undefined}
      onClick={() => void copy()}
    >
      {state === 'done' ? <DoneIcon /> : <CopyIcon />}
      {label !== undefined && (state === 'failed' ? 'Not copied' : state === 'done' ? 'Copied' : label)}
    </button>
  );
}

interface CodeProps {
  readonly text: string;
  readonly what: string;
}

/** Characters of a text that are shown at first. */
const SHOWN_AT_FIRST = 4000;

/** A text in its own letters, with a button that copies it. */
export function Code({ text, what }: CodeProps) {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > SHOWN_AT_FIRST && !isWhole;
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={what}>
        {shown(isLong ? text.slice(0, SHOWN_AT_FIRST) : text)}
      </pre>
      <Copy text={text} what={what} />
      {isLong && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString('en')} characters
        </button>
      )}
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Panel({ title, note, actions, children }: PanelProps) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {note !== undefined && <p class="note">{note}</p>}
      {children}
    </section>
  );
}

type Fact = readonly [name: string, value: ComponentChildren];

/** Names and values; those without a value are left out. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'string' ? shown(value) : value}</dd>
          </div>
        ))}
    </dl>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly class?: string;
  readonly children: (ids: { readonly id: string; readonly describedBy: string | undefined }) => JSX.Element;
}

/** A labelled control. */
function Field({ label, hint, class: name = '', children }: FieldProps) {
  const id = useId();
  const describedBy = hint === undefined ? undefined : `${id}-hint`;
  return (
    <div class={`field ${name}`}>
      <label for={id}>{label}</label>
      {children({ id, describedBy })}
      {hint !== undefined && (
        <span id={describedBy} class="hint">
          {hint}
        </span>
      )}
    </div>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  readonly class?: string;
  readonly placeholder?: string;
  /** of a text area; a line if absent */
  readonly rows?: number;
  readonly isSecret?: boolean;
}

export function TextField({
  label,
  value,
  onInput,
  hint,
  class: name,
  rows,
  placeholder,
  isSecret,
}: TextFieldProps) {
  const given = { value, placeholder, spellcheck: false, autocomplete: 'off' as const };
  return (
    <Field label={label} hint={hint} {...(name !== undefined && { class: name })}>
      {({ id, describedBy }) =>
        rows === undefined ? (
          <input
            {...given}
            id={id}
            {...(isSecret === true ? { type: 'password' as const } : { type: 'text' as const })}
            aria-describedby={describedBy}
            onInput={({ currentTarget }) => onInput(currentTarget.value)}
          />
        ) : (
          <textarea
            {...given}
            id={id}
            rows={rows}
            aria-describedby={describedBy}
            onInput={({ currentTarget }) => onInput(currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly class?: string;
  readonly hint?: string | undefined;
}

export function Select({ label, value, onInput, options, class: name, hint }: SelectProps) {
  return (
    <Field label={label} hint={hint} {...(name !== undefined && { class: name })}>
      {({ id, describedBy }) => (
        <select
          id={id}
          value={value}
          aria-describedby={describedBy}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        >
          {options.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What became of a change, or why something cannot be shown. */
export function Outcome({
  error,
  done,
}: {
  readonly error?: string | undefined;
  readonly done?: string | undefined;
}) {
  return (
    <div class="outcome" role="status">
      {error !== undefined && <p class="refused">{shown(error)}</p>}
      {error === undefined && done !== undefined && <p class="good">{done}</p>}
    </div>
  );
}
