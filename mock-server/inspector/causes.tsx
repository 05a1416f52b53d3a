/** Causes that a doctor found, each with its fix. */

import type { Cause } from '../core/doctor/cause.ts';
import { shown } from './text.ts';

interface CausesProps {
  readonly causes: readonly Cause[];
  /** a sentence that stands above them, and is not repeated */
  readonly said?: string;
}

export function Causes({ causes, said }: CausesProps) {
  if (causes.length === 0) return null;
  return (
    <ol class="causes">
      {causes.map(({ id, says, fix, section, proved }) => (
        <li key={id}>
          <p>
            <span class={`chip ${proved ? 'proved' : 'likely'}`}>{proved ? 'proved' : 'likely'}</span>{' '}
            {says === said ? '' : shown(says)}
          </p>
          <p class="fix">
            <b>Fix</b> {shown(fix)}
          </p>
          <p class="note">
            <code>{id}</code> · Protocol {section}
          </p>
        </li>
      ))}
    </ol>
  );
}
