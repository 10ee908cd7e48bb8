import DataLoader from 'dataloader';

import { authorize } from '../auth/authorize.ts';
import type { Principal } from '../auth/principal.ts';
import type { CancelSignal } from '../concurrency/Cancellation.ts';
import type { Journal } from '../domain/journal.ts';

import type { SharedReads } from './SharedReads.ts';

/** Loads journals by id; null if the journal does not exist or the principal may not see it. */
export type JournalLoader = DataLoader<string, Journal | null>;

/** The maximum number of journals in one batch. Batches are read at the same time. */
const maxBatchSize = 1_000;

/**
 * Creates the loader of an operation, which reads each id once. The API returns one journal per call, so a batch of the
 * loader consists of parallel calls. A failed call does not affect the others.
 */
export function createJournalLoader(shared: SharedReads, principal: Principal, signal?: CancelSignal): JournalLoader {
  return new DataLoader(
    async (ids: readonly string[]) => {
      const reads = await Promise.allSettled(ids.map((id) => readVisibleJournal(shared, principal, id, signal)));
      return reads.map((read) => (read.status === 'rejected' ? asError(read.reason) : read.value));
    },
    // There is no need to wait until a tick has collected the reads, since each of them is a separate call.
    { maxBatchSize, batchScheduleFn: queueMicrotask },
  );
}

/** Reads a journal; null if the journal does not exist or the principal may not see it. */
export async function readVisibleJournal(
  shared: SharedReads,
  principal: Principal,
  id: string,
  signal?: CancelSignal,
): Promise<Journal | null> {
  const journal = await shared.get(principal, id, signal);
  return journal && authorize(principal, { kind: 'readJournal', journal }) ? journal : null;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
