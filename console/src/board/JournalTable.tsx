import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { KeyboardEvent, RefObject } from 'react';
import { Link } from 'wouter';

import { AccountId, shortId } from '../format/AccountId.tsx';
import { Amount, amountOf } from '../format/Amount.tsx';
import { Moment } from '../format/Moment.tsx';
import { StatusBadge } from '../format/StatusBadge.tsx';
import type { Journal } from '../graphql/journalFields.ts';
import type { BoardStore } from './BoardStore.ts';
import type { JournalRows } from './JournalRows.ts';

const rowHeight = 40;
const tallRowHeight = 92;
const headHeight = 36;
/** The virtualizer places blocks of this many rows, so that it has fewer items to measure when rows are added. */
const blockRows = 12;
const narrow = matchMedia('(max-width: 760px)');
/** The next page is read when fewer rows than this are left below the visible ones. */
const readAhead = 30;

/** The table of all journals that match the filter. Only the visible rows are in the DOM. */
export function JournalTable({ board }: { board: BoardStore }) {
  const { rows } = board;
  const scroller = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState('');
  const isNarrow = useSyncExternalStore(subscribeToWidth, () => narrow.matches);
  const height = isNarrow ? tallRowHeight : rowHeight;
  const virtualizer = useVirtualizer({
    count: Math.ceil(rows.length / blockRows),
    getScrollElement: () => scroller.current,
    estimateSize: () => height * blockRows,
    overscan: 1,
    scrollMargin: headHeight,
  });
  useLayoutEffect(() => {
    virtualizer.measure();
  }, [virtualizer, height]);
  const keepInPlace = useRowsInPlace(scroller, rows, height);
  // New journals move the rows down, so the row from which the arrow keys move is remembered by its journal's id.
  const active = Math.max(0, rows.indexOf(activeId));
  const shown = indexesOf(virtualizer.getVirtualItems(), rows.length);
  useEffect(() => {
    if (board.error === null && (shown.at(-1) ?? 0) >= rows.length - readAhead) void board.loadMore();
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }[
      event.key
    ];
    const element = scroller.current;
    if (step === undefined || rows.length === 0 || !element) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, active + step));
    setActiveId(rows.at(next)?.id ?? '');
    const room = element.clientHeight - headHeight - height;
    element.scrollTop = Math.max(next * height - room, Math.min(element.scrollTop, next * height));
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus());
  };
  return (
    <div
      className="table"
      role="table"
      aria-label="Journals"
      aria-rowcount={board.hasMore || board.isCut ? -1 : rows.length + 1}
    >
      <div role="presentation" className="tableScroll" ref={scroller} onKeyDown={onKeyDown} onScroll={keepInPlace}>
        <div role="rowgroup" className="tableHead">
          <div role="row" className="row" aria-rowindex={1}>
            {['Created', 'Type', 'Status', 'From', 'To', 'Amount', 'Description', 'Journal'].map((name) => (
              <span role="columnheader" key={name} className={`cell${name}`}>
                {name}
              </span>
            ))}
          </div>
        </div>
        {rows.length === 0 && !board.isLoading && board.error === null && (
          <div role="row" className="tableEmpty">
            <span role="cell">No journal matches these filters.</span>
          </div>
        )}
        <div role="rowgroup" className="tableBody" style={{ height: rows.length * height }}>
          {shown.map((index) => {
            const journal = rows.at(index);
            return (
              journal && (
                <Row
                  key={journal.id}
                  journal={journal}
                  index={index}
                  start={index * height}
                  isReachable={index === active}
                  onFocus={setActiveId}
                />
              )
            );
          })}
        </div>
      </div>
      <TableFoot board={board} />
    </div>
  );
}

/**
 * Keeps the visible rows in place when rows are added or removed above them, unless the first row is visible: then new
 * journals appear at the top.
 *
 * @returns a function that must be called when the user scrolls
 */
function useRowsInPlace(scroller: RefObject<HTMLElement | null>, rows: JournalRows, height: number): () => void {
  const first = useRef({ id: '', index: 0 });
  const remember = () => {
    const index = Math.floor((scroller.current?.scrollTop ?? 0) / height);
    first.current = { id: rows.at(index)?.id ?? '', index };
  };
  useLayoutEffect(() => {
    const { id, index } = first.current;
    const now = rows.indexOf(id);
    if (index > 0 && now > 0 && now !== index) scroller.current?.scrollBy(0, (now - index) * height);
    remember();
  });
  return remember;
}

/** Returns the indexes of the rows in the visible blocks. */
function indexesOf(blocks: readonly { index: number }[], count: number): number[] {
  const indexes = blocks.flatMap(({ index }) => Array.from({ length: blockRows }, (_, at) => index * blockRows + at));
  return indexes.filter((index) => index < count);
}

function subscribeToWidth(listener: () => void): () => void {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
}

function TableFoot({ board }: { board: BoardStore }) {
  const shown = board.rows.length.toLocaleString();
  if (board.isLoading) return <p className="tableFoot faint">Loading… {shown} shown</p>;
  if (board.rows.length === 0) return null;
  if (board.isCut)
    return <p className="tableFoot faint">The newest {shown} loaded; narrow the filters to see older ones</p>;
  return <p className="tableFoot faint">{board.hasMore ? `${shown} loaded, more below` : `All ${shown} loaded`}</p>;
}

interface RowProps {
  journal: Journal;
  index: number;
  start: number;
  /** Whether the Tab key reaches the row. It reaches one row only; the arrow keys move on from there. */
  isReachable: boolean;
  onFocus: (id: string) => void;
}

const typeWords = { JNLC: 'Cash', JNLS: 'Securities', UNKNOWN: 'Other' } as const;

const Row = memo(function Row({ journal, index, start, isReachable, onFocus }: RowProps) {
  return (
    <div
      role="row"
      className="row"
      aria-rowindex={index + 2}
      data-index={index}
      data-journal={journal.id}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="cell" className="cellCreated">
        <Moment at={journal.createdAt} />
      </span>
      <span role="cell" className="cellType">
        {typeWords[journal.entryType]}
      </span>
      <span role="cell" className="cellStatus">
        <StatusBadge status={journal.status} raw={journal.rawStatus} />
      </span>
      <span role="cell" className="cellFrom">
        <AccountId id={journal.fromAccount.id} />
      </span>
      <span role="cell" className="cellTo">
        <AccountId id={journal.toAccount.id} />
      </span>
      <span role="cell" className="cellAmount">
        <Amount {...amountOf(journal)} />
      </span>
      <span role="cell" className="cellDescription" title={journal.description ?? undefined}>
        {journal.description}
      </span>
      <span role="cell" className="cellJournal">
        <Link
          href={`/journals/${journal.id}`}
          className="id"
          tabIndex={isReachable ? 0 : -1}
          onFocus={() => onFocus(journal.id)}
        >
          {shortId(journal.id)}
        </Link>
      </span>
    </div>
  );
});
