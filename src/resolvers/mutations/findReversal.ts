import type { OperationContext } from '../../context.ts';
import { utcDay } from '../../domain/calendarDate.ts';
import { lettersOf } from '../../domain/description.ts';
import { dayOfInstant } from '../../domain/instant.ts';
import type { JNLC, Journal } from '../../domain/journal.ts';
import { Fault, RateLimitedError, UpstreamUnavailableError } from '../../errors/faults.ts';
import { readJournalSlice } from '../../loaders/readJournalSlice.ts';

import { JournalWindow } from '../paging/JournalWindow.ts';

const label = 'Reversal of journal ';

/** Returns the beginning of a reversal's description. It states the original, for which the API has no field. */
export function reversalLabel({ id }: Pick<Journal, 'id'>): string {
  return `${label}${id}`;
}

/** Whether a journal is itself a reversal, of any journal. */
export function isReversal({ description }: Journal): boolean {
  return /^reversalofjournal[0-9a-f]{32}/i.test(lettersOf(description ?? ''));
}

/**
 * Searches for the reversal of a journal. The API keeps idempotency keys for an undocumented time, after which only
 * this search prevents a second reversal. Descriptions are compared by their letters, since the API may normalize them.
 *
 * @returns the newest reversal, preferably one that was not replaced; null if there is none
 * @throws RateLimitedError | UpstreamUnavailableError when the search is incomplete
 */
export async function findReversal(original: JNLC, context: OperationContext): Promise<Journal | null> {
  const { parts, principal, signal } = context;
  const oldest = original.createdAt === null ? null : dayOfInstant(original.createdAt);
  const selection = {
    createdAfter: oldest,
    entryType: 'JNLC',
    sides: [{ fromAccount: original.toAccount.toLowerCase(), toAccount: original.fromAccount.toLowerCase() }],
  } as const;
  const wanted = lettersOf(reversalLabel(original));
  const isWanted = ({ id, description }: Journal) =>
    id !== original.id && lettersOf(description ?? '').startsWith(wanted);
  const reader = { shared: parts.sharedReads, principal, signal };
  const window = new JournalWindow((bounds) => readJournalSlice(reader, selection, bounds), { today: utcDay() });
  try {
    await window.read({ oldest, newest: null }, 'older', (journals) => journals.some(isWanted));
  } catch (error) {
    throw notSearched(error);
  }
  const found = window.journals
    .filter(isWanted)
    .sort((one, other) => ((other.createdAt ?? '') < (one.createdAt ?? '') ? -1 : 1));
  const reversal = found.find(({ status }) => status !== 'correct') ?? found[0] ?? null;
  if (!reversal && window.unreadable.length > 0) {
    throw new UpstreamUnavailableError(`${nothingSent}: another journal between the same two accounts can't be read`);
  }
  return reversal;
}

const nothingSent = 'nothing was sent, because the journal may have been reversed before';

function notSearched(error: unknown): unknown {
  if (!(error instanceof Fault) || error instanceof RateLimitedError) return error;
  const { requestId, retryAt } = error;
  return new UpstreamUnavailableError(`${nothingSent}: ${error.message}`, { requestId, retryAt, cause: error });
}
