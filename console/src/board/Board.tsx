import { useCallback, useEffect, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

import type { JournalStatus } from '../graphql/journalFields.ts';
import { useBoard, useServices } from '../Services.ts';
import { openBoard } from './openBoard.ts';
import { readFilter, writeFilter } from './filter.ts';
import type { BoardFilter } from './filter.ts';
import { Filters } from './Filters.tsx';
import { FlowPicture } from './FlowPicture.tsx';
import { JournalTable } from './JournalTable.tsx';

/** The live board. Its filters are in the URL, so that a view can be shared and bookmarked. */
export function Board() {
  const { live } = useServices();
  const board = useBoard();
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => readFilter(search), [search]);
  const setFilter = (next: BoardFilter) => navigate(`/?${writeFilter(next)}`.replace(/\?$/, ''), { replace: true });

  const load = useCallback(() => openBoard(board, live, filter), [board, live, filter]);
  useEffect(load, [load]);

  const toggle = (status: JournalStatus) => {
    const { status: wanted } = filter;
    const next = wanted.includes(status) ? wanted.filter((one) => one !== status) : [...wanted, status];
    setFilter({ ...filter, status: next });
  };
  return (
    <div className="page board">
      <h1 className="visuallyHidden">Board</h1>
      <FlowPicture board={board} wanted={filter.status} onToggle={toggle} />
      <Filters filter={filter} onChange={setFilter} />
      {board.error !== null && (
        <p role="alert" className="notice refused">
          The journals could not be read: {board.error}{' '}
          <button type="button" onClick={load}>
            Read again
          </button>
        </p>
      )}
      {board.unreadable > 0 && (
        <p className="notice notDone">
          {board.unreadable} {board.unreadable === 1 ? 'journal' : 'journals'} on these pages can’t be read and{' '}
          {board.unreadable === 1 ? 'is' : 'are'} missing below.
        </p>
      )}
      <JournalTable board={board} />
    </div>
  );
}
