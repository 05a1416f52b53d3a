/** The tabs of the doctors: they work in the page, with what it knows of its operator. */

import type { ComponentChildren } from 'preact';
import { place } from '../place.ts';
import { useStore } from '../store.ts';
import { EnvelopeDoctor } from './envelope-doctor.tsx';
import { HashDoctor } from './hash-doctor.tsx';
import { TokenInspector } from './token-inspector.tsx';
import { useOperator } from './use-operator.ts';

interface TabProps {
  readonly title: string;
  readonly note: string;
  readonly children: ComponentChildren;
}

function Tab({ title, note, children }: TabProps) {
  return (
    <div class="page">
      <div class="bar">
        <h1>{title}</h1>
        <span class="note">{note}</span>
      </div>
      {children}
    </div>
  );
}

export function IdentityTab() {
  const { given } = useStore(place);
  return (
    <Tab title="Identity" note="Worked on in this page; sent nowhere">
      <HashDoctor given={given} />
    </Tab>
  );
}

export function TokenTab() {
  return (
    <Tab title="Token" note="Looked at in this page, with the keys of this operator; sent nowhere">
      <TokenInspector {...useOperator()} />
    </Tab>
  );
}

export function EnvelopeTab() {
  const { given } = useStore(place);
  return (
    <Tab title="Envelope" note="Opened in this page, with the secrets of this operator; sent nowhere">
      <EnvelopeDoctor {...useOperator()} given={given} />
    </Tab>
  );
}
