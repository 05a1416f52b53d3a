/** The dialogs: the admin token, and help. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { session, keepToken } from './api.ts';
import { shortcuts } from './keyboard.ts';
import { TextField } from './parts.tsx';
import { useStore } from './store.ts';

interface DialogProps {
  readonly title: string;
  /** absent where the dialog has to be answered */
  readonly onClose?: () => void;
  readonly children: ComponentChildren;
}

function Dialog({ title, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return (
    <dialog
      ref={element}
      aria-label={title}
      onCancel={(event) => {
        if (onClose === undefined) event.preventDefault();
      }}
      onClose={onClose}
    >
      <header>
        <h2>{title}</h2>
        {onClose && (
          <button type="button" class="close" aria-label="Close" onClick={() => element.current?.close()}>
            ×
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}

/** Asks for the admin token when the operator asks for one. */
export function TokenDialog() {
  const { needsToken, token: former } = useStore(session);
  const [token, setToken] = useState('');
  if (!needsToken) return null;
  return (
    <Dialog title="Admin token">
      <p>
        This operator was started with an admin token. It stays in this tab of the browser and goes only to
        this operator.
      </p>
      {former !== '' && (
        <p class="refused" role="alert">
          The operator has another token.
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setToken('');
          keepToken(token);
        }}
      >
        <TextField label="Token" isSecret value={token} onInput={setToken} />
        <button type="submit" class="main" disabled={token === ''}>
          Use it
        </button>
      </form>
    </Dialog>
  );
}

const keys = [
  ['j / k', 'next and previous request'],
  ['Enter', 'open the request'],
  ['Escape', 'close it, or clear the filter'],
  ['/', 'filter'],
  ['1 – 7', 'tabs'],
  ['t', 'dark, light, or as the system'],
  ['?', 'this help'],
] as const;

export function Help({ onClose }: { readonly onClose: () => void }) {
  const areOn = useStore(shortcuts) === 'on';
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="choice">
        <input type="checkbox" checked={areOn} onChange={() => shortcuts.set(areOn ? 'off' : 'on')} /> Keys of
        one character act
      </label>
      <p class="note">
        What you type in the tabs Identity, Token and Envelope is worked on in this page and sent nowhere.
      </p>
    </Dialog>
  );
}
