import { Link } from 'wouter';

import { Amount, amountOf } from '../format/Amount.tsx';
import { StatusBadge } from '../format/StatusBadge.tsx';
import type { Journal } from '../graphql/journalFields.ts';
import { useLiveStatuses } from './useLiveStatuses.ts';

export interface Created {
  journals: readonly Journal[];
  /** True if this is the outcome of an earlier request with the same key. */
  replayed: boolean | null;
}

export function CreatedJournal({ created, onNext }: { created: Created; onNext: () => void }) {
  const statusOf = useLiveStatuses(created.journals);
  const [journal] = created.journals;
  if (!journal) return null;
  return (
    <div role="status" className="notice done stack">
      <strong>{created.replayed === true ? 'Already created by an earlier request with this key' : 'Created'}</strong>
      <p className="titleRow">
        <Amount {...amountOf(journal)} /> <StatusBadge status={statusOf(journal)} raw={journal.rawStatus} />
      </p>
      <p>
        <Link href={`/journals/${journal.id}`} className="id">
          {journal.id}
        </Link>
      </p>
      <div className="actions">
        <button type="button" onClick={onNext}>
          Another one
        </button>
      </div>
    </div>
  );
}
