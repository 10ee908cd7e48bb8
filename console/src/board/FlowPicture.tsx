import { statusWords } from '../format/statuses.ts';
import type { JournalStatus } from '../graphql/journalFields.ts';
import type { BoardStore } from './BoardStore.ts';
import { Count } from './Count.tsx';

const usualPath = ['QUEUED', 'SENT_TO_CLEARING', 'EXECUTED', 'ACTIVITY_CREATED'] as const;
const otherStatuses = ['PENDING', 'REJECTED', 'REFUSED', 'CANCELED', 'DELETED', 'CORRECT'] as const;

interface FlowPictureProps {
  board: BoardStore;
  /** The statuses of the filter; empty for all. */
  wanted: readonly JournalStatus[];
  onToggle: (status: JournalStatus) => void;
}

/**
 * The path of a journal through its statuses, with the number of journals in each status. Each box toggles the filter
 * for its status.
 */
export function FlowPicture({ board, wanted, onToggle }: FlowPictureProps) {
  const box = (status: JournalStatus) => (
    <li key={status} className={status}>
      <StatusBox status={status} board={board} isWanted={wanted.includes(status)} onToggle={onToggle} />
    </li>
  );
  return (
    <section className="flow" aria-label="Journals by status">
      <div className="flowRows">
        <ol className="usualPath">{usualPath.map(box)}</ol>
        <ul className="otherStatuses" aria-label="Other statuses">
          {otherStatuses.map(box)}
          {board.counts.of('UNKNOWN') > 0 && box('UNKNOWN')}
        </ul>
      </div>
      <p className="flowTotal faint">
        <CountState board={board} />
      </p>
    </section>
  );
}

function CountState({ board: { counting, counts } }: { board: BoardStore }) {
  const total = counts.total.toLocaleString();
  if (counting === 'running') return <>Counting… {total} so far</>;
  if (counting === 'failed') return <>At least {total}; the others could not be read</>;
  if (counts.isCut) return <>The newest {total} journals; older ones are not counted</>;
  return (
    <>
      {total} {counts.total === 1 ? 'journal' : 'journals'}
    </>
  );
}

interface StatusBoxProps {
  status: JournalStatus;
  board: BoardStore;
  isWanted: boolean;
  onToggle: (status: JournalStatus) => void;
}

function StatusBox({ status, board, isWanted, onToggle }: StatusBoxProps) {
  const { label, tone, about } = statusWords[status];
  return (
    <button
      type="button"
      className={`statusBox ${tone}`}
      aria-pressed={isWanted}
      title={about}
      onClick={() => onToggle(status)}
    >
      <span className="statusLabel">{label}</span>
      <Count value={board.counts.of(status)} status={status} />
    </button>
  );
}
