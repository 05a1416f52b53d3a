/** The list of requests, newest first. Only the rows in sight are in the document. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Row } from '../feed.ts';
import { brief, durationText, timeOfDay } from '../text.ts';

/** Heights in px; the style sheet has the same. */
const HEIGHTS = { wide: 28, narrow: 50 } as const;
/** The width in px below which a row has two lines. */
const NARROW = 640;
/** Rows beyond the visible ones. */
const MARGIN = 8;

export const statusClass = (status: number | null): string => {
  if (status === null || status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'good';
};

interface ListProps {
  /** oldest first */
  readonly rows: readonly Row[];
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

interface Place {
  readonly top: number;
  readonly height: number;
  readonly isNarrow: boolean;
}

function RequestRow({ row, index, count, height, isSelected, onOpen }: RowProps) {
  const {
    id,
    arrived_ms,
    status,
    method,
    path,
    client,
    reason,
    reason_text,
    duration_ms,
    fault,
    departures,
  } = row;
  return (
    <div
      id={`request-${id}`}
      role="option"
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      class={`row ${statusClass(status)}`}
      style={{ transform: `translateY(${index * height}px)` }}
      onClick={() => onOpen(id)}
    >
      <span class="time">{timeOfDay(arrived_ms)}</span>
      <span class="status">{status ?? '—'}</span>
      <span class="path">
        <span class="method">{brief(method, 12)}</span> {brief(path)}
      </span>
      <span class="client">{client === null ? '' : brief(client, 80)}</span>
      <span class="reason">
        {departures !== undefined && departures.length > 0 && <em class="fault">departs </em>}
        {fault !== null && <em class="fault">fault </em>}
        {reason === 'served' ? <span class="stand-in">{brief(client ?? '', 80)}</span> : brief(reason_text)}
      </span>
      <span class="duration">{durationText(duration_ms)}</span>
    </div>
  );
}

interface RowProps {
  readonly row: Row;
  readonly index: number;
  readonly count: number;
  readonly height: number;
  readonly isSelected: boolean;
  readonly onOpen: (id: string) => void;
}

/** Where the list is scrolled to, in steps of rows, so that most scroll events draw nothing. */
function usePlace(element: { readonly current: HTMLDivElement | null }) {
  const [place, setPlace] = useState<Place>({ top: 0, height: 600, isNarrow: false });
  useLayoutEffect(() => {
    const list = element.current;
    if (list === null) return undefined;
    const measure = (): void => {
      const { scrollTop, clientHeight, clientWidth } = list;
      const isNarrow = clientWidth < NARROW;
      const row = isNarrow ? HEIGHTS.narrow : HEIGHTS.wide;
      const top = Math.floor(scrollTop / row) * row;
      setPlace((former) =>
        former.top === top && former.height === clientHeight && former.isNarrow === isNarrow
          ? former
          : { top, height: clientHeight, isNarrow },
      );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(list);
    list.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      list.removeEventListener('scroll', measure);
    };
  }, []);
  return place;
}

/** Keeps what is in sight where it is when requests come above it, and shows the row that the keyboard reaches. */
function useScroll(
  element: { readonly current: HTMLDivElement | null },
  { rows, selected }: Pick<ListProps, 'rows' | 'selected'>,
  height: number,
): void {
  const newest = rows.at(-1)?.id;
  const count = useRef({ count: rows.length, newest });
  useLayoutEffect(() => {
    const list = element.current;
    const former = count.current;
    count.current = { count: rows.length, newest };
    if (list === null || list.scrollTop === 0 || former.newest === newest) return;
    const added = rows.length - 1 - rows.findLastIndex(({ id }) => id === former.newest);
    if (added > 0 && added < rows.length) list.scrollTop += added * height;
  }, [rows.length, newest]);
  useEffect(() => {
    const list = element.current;
    const place = rows.findLastIndex(({ id }) => id === selected);
    if (list === null || place < 0) return;
    const top = (rows.length - 1 - place) * height;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + height > list.scrollTop + list.clientHeight)
      list.scrollTop = top + height - list.clientHeight;
  }, [selected, height]);
}

export function RequestList({ rows, selected, onSelect, onOpen }: ListProps) {
  const element = useRef<HTMLDivElement>(null);
  const { top, height, isNarrow } = usePlace(element);
  const rowHeight = isNarrow ? HEIGHTS.narrow : HEIGHTS.wide;
  useScroll(element, { rows, selected }, rowHeight);
  const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + MARGIN);
  const visible = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  const isInSight = visible.some((index) => rows[rows.length - 1 - index]?.id === selected);
  const move = ({ key }: KeyboardEvent): void => {
    if (key === 'Home') onSelect(rows.at(-1)?.id ?? '');
    if (key === 'End') onSelect(rows[0]?.id ?? '');
  };
  return (
    <div
      ref={element}
      class={`rows ${isNarrow ? 'narrow' : ''}`}
      role="listbox"
      aria-label="Requests, newest first"
      aria-activedescendant={isInSight ? `request-${selected}` : undefined}
      tabIndex={0}
      onKeyDown={move}
    >
      <div class="spacer" role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
        {visible.map((index) => {
          const row = rows[rows.length - 1 - index];
          return (
            row && (
              <RequestRow
                key={row.id}
                row={row}
                index={index}
                count={rows.length}
                height={rowHeight}
                isSelected={row.id === selected}
                onOpen={onOpen}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
