import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { Link } from 'wouter';

import { AccountId, shortId } from '../../format/AccountId.tsx';
import { groupDigits } from '../../format/Amount.tsx';
import { StatusBadge } from '../../format/StatusBadge.tsx';
import { statusWords } from '../../format/statuses.ts';
import type { BatchResult } from '../../graphql/mutations.ts';
import { useLiveStatuses } from '../useLiveStatuses.ts';
import { sumOf } from './BatchEntry.ts';
import type { BatchEntry } from './BatchEntry.ts';
import type { CreatedBatch } from './sendBatch.ts';

const rowHeight = 40;
const headHeight = 36;

interface BatchResultsProps {
  created: CreatedBatch;
  otherLabel: string;
  onNext: () => void;
}

interface ResultRow {
  /** Null for a journal that can't be matched with a row. */
  entry: BatchEntry | null;
  /** Null if the API returned no journal for the row. */
  result: BatchResult | null;
}

/** Shows the outcome of each row, kept current by events. */
export function BatchResults({ created, otherLabel, onNext }: BatchResultsProps) {
  const journals = useMemo(() => created.results.map(({ journal }) => journal), [created]);
  const statusOf = useLiveStatuses(journals);
  const rows = useMemo(() => rowsOf(created), [created]);
  const tones = journals.map((journal) => statusWords[statusOf(journal)].tone);
  const done = tones.filter((tone) => tone === 'done').length;
  const failed = tones.filter((tone) => tone === 'failed').length;
  return (
    <div className="stack">
      <div role="status" className="notice done stack">
        <strong>
          {created.replayed === true
            ? 'Already accepted in an earlier request with this key'
            : 'The batch was accepted'}
        </strong>
        <p>
          <span data-summary="executed">{done.toLocaleString()}</span> of {rows.length.toLocaleString()} executed
          {failed > 0 && <span className="failedText"> · {failed.toLocaleString()} failed</span>} · sum{' '}
          {groupDigits(sumOf(created.entries))}
        </p>
        <progress className="wide" aria-label="Executed" max={rows.length} value={done + failed} />
        <div className="actions">
          <button type="button" onClick={onNext}>
            Another one
          </button>
          <Link href="/" className="button">
            Back to the board
          </Link>
        </div>
      </div>
      <ResultTable rows={rows} otherLabel={otherLabel} statusOf={statusOf} />
    </div>
  );
}

interface ResultTableProps {
  rows: readonly ResultRow[];
  otherLabel: string;
  statusOf: ReturnType<typeof useLiveStatuses>;
}

function ResultTable({ rows, otherLabel, statusOf }: ResultTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: headHeight,
  });
  return (
    <div className="table results" role="table" aria-label="Outcome of each row" aria-rowcount={rows.length + 1}>
      <div role="presentation" className="tableScroll" ref={scroller}>
        <div role="rowgroup" className="tableHead">
          <div role="row" className="row" aria-rowindex={1}>
            {['Row', otherLabel, 'Amount', 'Status', 'Journal', 'Problem'].map((name) => (
              <span role="columnheader" key={name} className={`cell${name.split(' ')[0] ?? ''}`}>
                {name}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="tableBody" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start, key }) => {
            const { entry, result } = rows[index] ?? { entry: null, result: null };
            return (
              <div
                role="row"
                key={key}
                className="row"
                aria-rowindex={index + 2}
                style={{ transform: `translateY(${start - headHeight}px)` }}
              >
                <span role="cell" className="cellRow">
                  {entry ? index + 1 : '?'}
                </span>
                <span role="cell" className="cellTo">
                  {entry && <AccountId id={entry.account} />}
                </span>
                <span role="cell" className="cellAmount">
                  {entry && groupDigits(entry.amount)}
                </span>
                <span role="cell" className="cellStatus">
                  {result && <StatusBadge status={statusOf(result.journal)} raw={result.journal.rawStatus} />}
                </span>
                <span role="cell" className="cellJournal">
                  {result && (
                    <Link href={`/journals/${result.journal.id}`} className="id">
                      {shortId(result.journal.id)}
                    </Link>
                  )}
                </span>
                <span role="cell" className="cellProblem failedText">
                  {result ? result.errorMessage : 'The API returned no journal for this row'}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Returns the rows in the order in which they were sent, then the journals that match no row. */
function rowsOf({ entries, results }: CreatedBatch): ResultRow[] {
  const byEntry = new Map(results.map((result) => [result.entryIndex, result]));
  const unmatched = results.filter(({ entryIndex }) => entryIndex === null);
  return [
    ...entries.map((entry, index) => ({ entry, result: byEntry.get(index) ?? null })),
    ...unmatched.map((result) => ({ entry: null, result })),
  ];
}
