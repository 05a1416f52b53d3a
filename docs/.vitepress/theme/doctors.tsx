/** The doctors of the inspector page, with keys that are typed in place of those of an operator. */

import { type ComponentType, render } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { EnvelopeDoctor } from '../../../mock-server/inspector/doctors/envelope-doctor.tsx';
import { HashDoctor } from '../../../mock-server/inspector/doctors/hash-doctor.tsx';
import type { DoctorProps } from '../../../mock-server/inspector/doctors/known-operator.ts';
import { TokenInspector } from '../../../mock-server/inspector/doctors/token-inspector.tsx';
import { Announcer } from '../../../mock-server/inspector/parts.tsx';
import inspectorStyle from '../../../mock-server/inspector/style.css?inline';
import { type KeySource, Keys, type TypedKeys, knownBy } from './keys.tsx';

/** A doctor below a choice of keys; the first source is chosen at first. */
function withKeys(Doctor: ComponentType<DoctorProps>, sources: readonly KeySource[]) {
  return function DoctorWithKeys() {
    const [keys, setKeys] = useState<TypedKeys>({ source: sources[0] ?? 'nowhere', secret: '', world: '' });
    const known = useMemo(() => knownBy(keys), [keys]);
    return (
      <>
        <Keys keys={keys} sources={sources} set={setKeys} />
        <Doctor {...known} />
      </>
    );
  };
}

const doctors = {
  hash: () => <HashDoctor />,
  token: withKeys(TokenInspector, ['nowhere', 'embedded', 'world']),
  envelope: withKeys(EnvelopeDoctor, ['secret', 'embedded', 'world']),
};
export type DoctorName = keyof typeof doctors;

/** Draws a doctor into an element. Returns what removes it. */
export function show(name: DoctorName, host: HTMLElement): () => void {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(inspectorStyle);
  root.adoptedStyleSheets = [sheet];
  const Doctor: ComponentType = doctors[name];
  render(
    <>
      <Announcer />
      <Doctor />
    </>,
    root,
  );
  return () => {
    render(null, root);
  };
}
