/** What a user changes: the clock, faults, opt-outs, and back to the beginning. */

import { useState } from 'preact/hooks';
import { call } from '../api.ts';
import { feed } from '../feed.ts';
import { Outcome, Panel } from '../parts.tsx';
import { useDoing } from '../use-call.ts';
import { ClockPanel } from './clock.tsx';
import { Faults } from './faults.tsx';
import { OptOuts } from './opt-outs.tsx';

const parts = ['clock', 'optouts', 'faults', 'requests', 'world'] as const;
const labels = {
  clock: 'Clock',
  optouts: 'Opt-outs',
  faults: 'Faults',
  requests: 'Requests',
  world: 'World',
};

function Reset({ onReset }: { readonly onReset: () => void }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(['clock', 'optouts', 'faults']));
  const { run, error, done, isBusy } = useDoing();
  const toggle = (part: string): void => {
    const next = new Set(chosen);
    if (!next.delete(part)) next.add(part);
    setChosen(next);
  };
  const reset = (): void =>
    void run(async () => {
      await call('POST', 'reset', { only: [...chosen] });
      if (chosen.has('requests')) feed.clear();
      onReset();
    }, 'Back at the beginning');
  return (
    <Panel title="Reset" note="Brings parts back to how they were at the start">
      <div class="choices" role="group" aria-label="What is reset">
        {parts.map((part) => (
          <label key={part} class="choice">
            <input type="checkbox" checked={chosen.has(part)} onChange={() => toggle(part)} /> {labels[part]}
          </label>
        ))}
      </div>
      <button type="button" disabled={isBusy || chosen.size === 0} onClick={reset}>
        Reset
      </button>
      <Outcome error={error} done={done} />
    </Panel>
  );
}

export function ControlTab() {
  const [round, setRound] = useState(0);
  return (
    <div class="page">
      <div class="bar">
        <h1>Clock and faults</h1>
      </div>
      <div class="columns" key={round}>
        <div>
          <ClockPanel />
          <OptOuts />
        </div>
        <Faults />
      </div>
      <Reset onReset={() => setRound(round + 1)} />
    </div>
  );
}
