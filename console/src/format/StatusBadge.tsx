import type { JournalStatus } from '../graphql/journalFields.ts';
import { statusWords } from './statuses.ts';

/** @param raw the API's own name for the status, shown if the gateway doesn't know the status */
export function StatusBadge({ status, raw }: { status: JournalStatus; raw?: string }) {
  const { label, tone, about } = statusWords[status];
  return (
    <span className={`badge ${tone}`} title={about}>
      {status === 'UNKNOWN' && raw ? raw : label}
    </span>
  );
}
