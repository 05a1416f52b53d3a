/** What a doctor found: whether it is right, what the operator answers, the causes, and what was read. */

import type { ComponentChildren } from 'preact';
import type { Cause } from '../../core/doctor/cause.ts';
import { Causes } from '../causes.tsx';
import { Code, Facts, Panel } from '../parts.tsx';
import { shown, shownJson } from '../text.ts';

interface Diagnosis {
  readonly kind: string;
  readonly opens: boolean;
  readonly refusal: { readonly status: number; readonly message: string } | null;
  readonly causes: readonly Cause[];
  readonly found: Readonly<Record<string, unknown>>;
}

const words = (name: string): string => shown(name.replaceAll('_', ' '));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const factsOf = (found: Readonly<Record<string, unknown>>) =>
  Object.entries(found).map(([name, value]) => [words(name), valueOf(name, value)] as const);

/** Elements that are shown one by one. */
const FEW = 20;

function valueOf(name: string, value: unknown): ComponentChildren {
  if (value === null || value === undefined) return undefined;
  if (isObject(value)) return <Facts facts={factsOf(value)} />;
  if (Array.isArray(value) && value.length <= FEW && value.every(isObject)) {
    return value.map((element, index) => <Facts key={index} facts={factsOf(element)} />);
  }
  if (typeof value === 'object') return <Code text={shownJson(value)} what={words(name)} />;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value.length > 60 ? <Code text={value} what={words(name)} /> : value;
  return shownJson(value);
}

/** One sentence on the whole. */
function headline({ opens, refusal, causes }: Diagnosis): string {
  if (refusal !== null) return `The operator refuses it with ${refusal.status}`;
  if (causes.length > 0) return 'Something is wrong with it';
  return opens ? 'It is right' : 'Nothing wrong was found, and nothing opens it';
}

export function Verdict({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  const { kind, opens, refusal, causes, found } = diagnosis;
  const isRight = refusal === null && causes.length === 0;
  const facts = factsOf(found);
  return (
    <>
      <div class={`why ${isRight ? (opens ? 'good' : 'unknown') : 'refused'}`} role="status">
        <p>
          {headline(diagnosis)} <span class="chip role">{words(kind)}</span>
        </p>
        {refusal !== null && refusal.message !== '' && <p class="message">{shown(refusal.message)}</p>}
        <Causes causes={causes} />
      </div>
      {facts.length > 0 && (
        <Panel title="What it holds">
          <Facts facts={facts} />
        </Panel>
      )}
    </>
  );
}
