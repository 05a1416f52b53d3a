/** The clock of the operator: where it stands, and how it is moved. */

import { useEffect, useState } from 'preact/hooks';
import type { ClockReading } from '../../admin/calls/service-schema.ts';
import { call } from '../api.ts';
import { Outcome, Panel, Select, TextField } from '../parts.tsx';
import { spanText } from '../text.ts';
import { type Doing, useCall, useDoing } from '../use-call.ts';

/** What an operator's clock shows now, from when it was read. */
function useTicking(reading: ClockReading | undefined): number {
  const [, draw] = useState(0);
  const [read, setRead] = useState({ at: 0, reading });
  useEffect(() => {
    setRead({ at: performance.now(), reading });
    const timer = setInterval(() => draw((count) => count + 1), 250);
    return () => {
      clearInterval(timer);
    };
  }, [reading]);
  if (read.reading === undefined) return reading?.now_ms ?? 0;
  return read.reading.now_ms + (performance.now() - read.at) * read.reading.rate;
}

function Face({ reading }: { readonly reading: ClockReading }) {
  const now = useTicking(reading);
  const ahead = now - Date.now();
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const isOff = Math.abs(ahead) > 2000;
  return (
    <div class="clock">
      <div class="face">
        <span class="date">{date}</span> <span class="now">{time.slice(0, 8)}</span>{' '}
        <span class="note">UTC</span>
      </div>
      <p>
        <span class={`chip ${reading.frozen ? 'refused' : 'good'}`}>
          {reading.frozen ? 'frozen' : reading.rate === 1 ? 'running' : `${reading.rate} times as fast`}
        </span>{' '}
        <span class="note">
          {isOff ? `${spanText(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine` : 'as this machine'}
        </span>
      </p>
    </div>
  );
}

const steps = [
  ['-1d', '−1 d'],
  ['-1h', '−1 h'],
  ['15m', '+15 min'],
  ['1h', '+1 h'],
  ['1d', '+1 d'],
  ['30d', '+30 d'],
] as const;

interface MovesProps {
  readonly doing: Doing;
  readonly change: (body: object, done: string) => void;
}

/** A time as it is typed: epoch ms, or a date. */
const timeOf = (text: string): string | number =>
  /^-?\d{5,}$/.test(text.trim()) ? Number(text) : text.trim();

function Moves({ doing: { isBusy }, change }: MovesProps) {
  const [time, setTime] = useState('');
  const [by, setBy] = useState('');
  const [rate, setRate] = useState('');
  return (
    <div class="moves">
      <div class="line">
        <TextField
          label="Set to"
          value={time}
          onInput={setTime}
          placeholder="2027-01-31T12:00:00Z"
          class="grow"
        />
        <button
          type="button"
          disabled={isBusy || time === ''}
          onClick={() => change({ set: timeOf(time) }, 'Set')}
        >
          Set
        </button>
      </div>
      <div class="line">
        <TextField label="Advance by" value={by} onInput={setBy} placeholder="90d, 12h, -30s" class="grow" />
        <button
          type="button"
          disabled={isBusy || by === ''}
          onClick={() => change({ advance: by.trim() }, 'Moved')}
        >
          Advance
        </button>
      </div>
      <div class="line">
        <TextField label="Rate" value={rate} onInput={setRate} placeholder="60" class="grow" />
        <button
          type="button"
          disabled={isBusy || rate === ''}
          onClick={() => change({ rate: Number(rate) }, 'Running at that rate')}
        >
          Run
        </button>
      </div>
    </div>
  );
}

export function ClockPanel() {
  const { value: reading, error, reload } = useCall<ClockReading>('clock', 5000);
  const doing = useDoing();
  if (reading === undefined) return <Outcome error={error} />;
  const change = (body: object, done: string): void =>
    void doing.run(async () => {
      await call('POST', 'clock', body);
      await reload();
    }, done);
  return (
    <Panel title="Clock" note="Tokens are issued and checked by it">
      <Face reading={reading} />
      <div class="buttons">
        <button
          type="button"
          class="main"
          onClick={() =>
            change(
              reading.frozen ? { resume: true } : { freeze: true },
              reading.frozen ? 'Running' : 'Frozen',
            )
          }
        >
          {reading.frozen ? 'Resume' : 'Freeze'}
        </button>
        {steps.map(([advance, label]) => (
          <button type="button" key={advance} onClick={() => change({ advance }, 'Moved')}>
            {label}
          </button>
        ))}
      </div>
      <Moves doing={doing} change={change} />
      <Select
        label="Times in envelopes are checked by"
        value={reading.envelopes}
        onInput={(envelopes) => change({ envelopes }, 'Changed')}
        options={[
          ['clock', 'this clock'],
          ['real', 'the time of the machine'],
        ]}
      />
      <Outcome error={doing.error} done={doing.done} />
    </Panel>
  );
}
