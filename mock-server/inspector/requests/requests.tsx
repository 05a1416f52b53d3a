/** The tab of requests: filter, list, and one of them in full. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { call } from '../api.ts';
import { type Row, feed } from '../feed.ts';
import { type Command, useCommands } from '../keyboard.ts';
import { place } from '../place.ts';
import { useStore } from '../store.ts';
import { brief } from '../text.ts';
import { useDoing } from '../use-call.ts';
import { Detail } from './detail.tsx';
import { type Filter, Matching, everything, statusOptions } from './filter.ts';
import { RequestList } from './list.tsx';

interface BarProps {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly clients: readonly string[];
  readonly found: number;
  readonly all: number;
}

type Option = readonly [value: string, label: string];

/** A choice whose label is for screen readers: its first option says what it chooses. */
function Choice({ label, value, options, onInput }: ChoiceProps) {
  return (
    <select aria-label={label} value={value} onInput={({ currentTarget }) => onInput(currentTarget.value)}>
      {options.map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </select>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onInput: (value: string) => void;
}

const inWords = (count: number): string => count.toLocaleString('en');

function FilterBar({ filter, onFilter, clients, found, all }: BarProps) {
  const { run } = useDoing();
  const clear = (): void =>
    void run(async () => {
      await call('DELETE', 'requests');
      feed.clear();
    });
  const set = (name: keyof Filter) => (value: string) => onFilter({ ...filter, [name]: value });
  const names = clients.map((name): Option => [name, brief(name, 60)]);
  return (
    <div class="bar" role="search">
      <input
        id="filter"
        type="search"
        aria-label="Filter by path, client, reason or status"
        placeholder="Filter: path, client, reason …"
        spellcheck={false}
        value={filter.text}
        onInput={({ currentTarget }) => set('text')(currentTarget.value)}
      />
      <Choice label="Status" value={filter.status} options={statusOptions} onInput={set('status')} />
      <Choice
        label="Client"
        value={filter.client}
        options={[['', 'any client'], ...names]}
        onInput={set('client')}
      />
      <span class="count">{found === all ? inWords(all) : `${inWords(found)} of ${inWords(all)}`}</span>
      <button type="button" onClick={clear} disabled={all === 0}>
        Clear
      </button>
    </div>
  );
}

function Empty({ all }: { readonly all: number }) {
  const state = useStore(feed.state);
  const text = {
    connecting: 'Connecting …',
    live: all === 0 ? 'No requests yet. They appear here as they come.' : 'No request passes the filter.',
    lost: 'The operator does not answer.',
    off: 'This operator keeps no journal (--journal 0).',
  }[state.is];
  return <p class="empty">{text}</p>;
}

/** The names of clients in requests. */
class ClientNames {
  readonly #names = new Set<string>();
  #seen = 0;
  #rows: readonly Row[] = [];

  of(rows: readonly Row[]): string[] {
    if (rows !== this.#rows || rows.length < this.#seen) this.#seen = 0;
    for (const { client } of rows.slice(this.#seen)) if (client !== null) this.#names.add(client);
    this.#rows = rows;
    this.#seen = rows.length;
    return [...this.#names].sort();
  }
}

/** What the keyboard does in the list. */
function commandsOf(rows: readonly Row[], selected: string | undefined, act: Acts): Record<string, Command> {
  const at = rows.findLastIndex(({ id }) => id === selected);
  const go = (step: number): void => {
    const next = at < 0 ? rows.length - 1 : Math.min(rows.length - 1, Math.max(0, at + step));
    const row = rows[next];
    if (row) act.select(row.id);
  };
  return {
    j: () => go(-1),
    k: () => go(1),
    ArrowDown: () => go(-1),
    ArrowUp: () => go(1),
    Enter: () => {
      if (selected !== undefined) act.open(selected);
    },
    '/': () => {
      document.getElementById('filter')?.focus();
    },
    Escape: act.close,
  };
}

interface Acts {
  readonly select: (id: string) => void;
  readonly open: (id: string) => void;
  readonly close: () => void;
}

const show = (id: string | undefined): void =>
  place.set({ tab: 'requests', ...(id !== undefined && { id }) });

/** Which row is selected, and which request is open: an open one follows the selection. */
function useSelection(
  clearFilter: () => void,
): Acts & { selected: string | undefined; opened: string | undefined } {
  const { id: opened } = useStore(place);
  const [selected, setSelected] = useState(opened);
  useEffect(() => {
    if (opened !== undefined) setSelected(opened);
  }, [opened]);
  return {
    selected,
    opened,
    select(id) {
      setSelected(id);
      if (opened !== undefined) show(id);
    },
    open(id) {
      setSelected(id);
      show(id);
    },
    close() {
      if (opened === undefined) return clearFilter();
      show(undefined);
      document.querySelector<HTMLElement>('.rows')?.focus();
    },
  };
}

export function Requests() {
  useStore(feed.version);
  const [filter, setFilter] = useState(everything);
  const matching = useRef(new Matching()).current;
  const names = useRef(new ClientNames()).current;
  const { selected, opened, ...acts } = useSelection(() => setFilter(everything));
  const rows = matching.of(feed.rows, filter);
  useCommands(commandsOf(rows, selected, acts));
  const clients = useMemo(() => names.of(feed.rows), [feed.version.get()]);
  return (
    <div class={`requests ${opened === undefined ? '' : 'open'}`}>
      <h1 class="unseen">Requests</h1>
      <div class="list">
        <FilterBar
          filter={filter}
          onFilter={setFilter}
          clients={clients}
          found={rows.length}
          all={feed.rows.length}
        />
        {rows.length === 0 ? (
          <Empty all={feed.rows.length} />
        ) : (
          <RequestList rows={rows} selected={selected} onSelect={acts.select} onOpen={acts.open} />
        )}
      </div>
      {opened !== undefined && <Detail id={opened} onClose={acts.close} />}
    </div>
  );
}
