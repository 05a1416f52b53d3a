/** Causes that a doctor found, each with its fix. */

import type { Cause } from '../core/doctor/cause.ts';
import { shown } from './text.ts';

interface CausesProps {
  readonly causes: readonly Cause[];
  /** a sentence that stands above them: the cause that says it comes first, and shows only its fix */
  readonly said?: string;
}

function Fix({ fix }: Pick<Cause, 'fix'>) {
  return (
    <span class="fix">
      <b>Fix</b> {shown(fix)}
    </span>
  );
}

export function Causes({ causes, said }: CausesProps) {
  if (causes.length === 0) return null;
  const isSaid = ({ says }: Cause): boolean => says === said;
  const ordered = [...causes.filter(isSaid), ...causes.filter((cause) => !isSaid(cause))];
  return (
    <ol class="causes">
      {ordered.map((cause) => (
        <li key={cause.id}>
          <p>
            <span class={`chip ${cause.proved ? 'proved' : 'likely'}`}>
              {cause.proved ? 'proved' : 'likely'}
            </span>{' '}
            {isSaid(cause) ? <Fix fix={cause.fix} /> : shown(cause.says)}
          </p>
          {!isSaid(cause) && (
            <p>
              <Fix fix={cause.fix} />
            </p>
          )}
          <p class="note">
            <code>{cause.id}</code> · Protocol {cause.section}
          </p>
        </li>
      ))}
    </ol>
  );
}
