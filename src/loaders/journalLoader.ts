import { setMaxListeners } from 'node:events';

import DataLoader from 'dataloader';

import { authorize } from '../auth/authorize.ts';
import type { Principal } from '../auth/principal.ts';
import type { Journal } from '../domain/journal.ts';

import type { SharedReads } from './SharedReads.ts';

/** By id; null for what doesn't exist or is not the principal's to see. */
export type JournalLoader = DataLoader<string, Journal | null>;

/** Journals that an operation reads side by side, at most. */
const readsAtOnce = 1_000;

/**
 * One per operation: the same id is read once in it. The API reads one journal a call,
 * so a batch is that many calls side by side, and one that fails leaves its neighbours alone.
 */
export function createJournalLoader(shared: SharedReads, principal: Principal, signal?: AbortSignal): JournalLoader {
  // Each read heeds it: Node would take more than ten listeners for a leak.
  if (signal) setMaxListeners(readsAtOnce, signal);
  return new DataLoader(
    async (ids: readonly string[]) => {
      const reads = await Promise.allSettled(ids.map((id) => shared.get(principal, id, signal)));
      return reads.map((read) => {
        if (read.status === 'rejected') return asError(read.reason);
        const journal = read.value;
        return journal && authorize(principal, { kind: 'readJournal', journal }) ? journal : null;
      });
    },
    { maxBatchSize: readsAtOnce },
  );
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
