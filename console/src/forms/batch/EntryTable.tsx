import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef } from 'react';

import { knownAccountsId } from '../KnownAccounts.tsx';
import { transmitterNames } from '../transmitter.ts';
import { isRight } from './BatchEntry.ts';
import type { BatchEntry, Direction, EntryProblems } from './BatchEntry.ts';

const rowHeight = 46;
/** The height of a row with a line of text below its fields. */
const tallRowHeight = 64;

interface EntryTableProps {
  entries: readonly BatchEntry[];
  problems: readonly EntryProblems[];
  direction: Direction;
  accountLabel: string;
  isLocked: boolean;
  onChange: (entries: BatchEntry[]) => void;
}

/** Shows the rows of a batch as they will be sent, each with its problems. */
export function EntryTable({ entries, problems, direction, accountLabel, isLocked, onChange }: EntryTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (noteOf(entries[index], problems[index]) === '' ? rowHeight : tallRowHeight),
    overscan: 6,
  });
  const tallRows = entries.map((entry, index) => (noteOf(entry, problems[index]) === '' ? '' : index)).join(' ');
  // The virtualizer reads the heights again only when `measure` is called.
  useLayoutEffect(() => {
    virtualizer.measure();
  }, [virtualizer, tallRows]);
  const columns =
    direction === 'batch'
      ? (['account', 'amount', 'currency', 'description'] as const)
      : (['account', 'amount', 'description'] as const);
  const labels = { account: accountLabel, amount: 'Amount', currency: 'Currency', description: 'Description' };
  const firstWrong = problems.findIndex((found) => !isRight(found));
  const change = (index: number, entry: BatchEntry) => onChange(entries.map((one, at) => (at === index ? entry : one)));
  return (
    <div className="entries">
      {firstWrong !== -1 && (
        <p>
          <button
            type="button"
            className="quiet"
            onClick={() => virtualizer.scrollToIndex(firstWrong, { align: 'center' })}
          >
            Show the first row with a problem: row {firstWrong + 1}
          </button>
        </p>
      )}
      <div className="entryScroll" ref={scroller} role="group" aria-label="Rows" tabIndex={0}>
        <div className="tableSpace" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start, key }) => {
            const entry = entries[index];
            if (!entry) return null;
            const found = problems[index] ?? {};
            return (
              <div
                key={key}
                className={isRight(found) ? `entry ${direction}` : `entry ${direction} wrong`}
                data-row={index + 1}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span className="entryNumber">{index + 1}</span>
                {columns.map((column) => (
                  <input
                    key={column}
                    className={column}
                    aria-label={`${labels[column]} of row ${index + 1}`}
                    placeholder={labels[column]}
                    aria-invalid={found[column] !== undefined}
                    aria-describedby={isRight(found) ? undefined : `problem-${index}`}
                    list={column === 'account' ? knownAccountsId : undefined}
                    inputMode={column === 'amount' ? 'decimal' : undefined}
                    spellCheck={false}
                    autoComplete="off"
                    disabled={isLocked}
                    value={entry[column]}
                    onChange={({ target }) =>
                      change(index, {
                        ...entry,
                        [column]: column === 'description' ? target.value : target.value.trim(),
                      })
                    }
                  />
                ))}
                <button
                  type="button"
                  className="quiet"
                  aria-label={`Remove row ${index + 1}`}
                  disabled={isLocked}
                  onClick={() => onChange(entries.filter((_, at) => at !== index))}
                >
                  ✕
                </button>
                <span className="entryNote" id={`problem-${index}`}>
                  {noteOf(entry, found)}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function noteOf(entry: BatchEntry | undefined, problems: EntryProblems = {}): string {
  const found = Object.values(problems);
  if (found.length > 0 || !entry) return found.join(' · ');
  const count = transmitterNames.filter((name) => entry[name] !== '').length;
  return count === 0 ? '' : `Travel Rule: ${count} of ${transmitterNames.length} fields`;
}
