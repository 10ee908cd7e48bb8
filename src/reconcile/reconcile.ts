import type { Journal } from '../domain/journal.ts';
import type { StatusHistory } from '../events/replay/StatusHistory.ts';
import { copyOutcomeFile } from '../outcomes/copyOutcomeFile.ts';
import { FileOutcomeStore } from '../outcomes/FileOutcomeStore.ts';
import type { StoredOutcome } from '../outcomes/OutcomeStore.ts';
import { JournalWindow } from '../resolvers/paging/JournalWindow.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import { findDuplicates } from './findDuplicates.ts';
import { LastEvents } from './LastEvents.ts';
import type { ReconciledDays, Reconciliation, StatusDifference, UnknownReverseBatch } from './Reconciliation.ts';

export interface ReconcileOptions {
  journals: JournalsClient;
  history: StatusHistory;
  /** The file of the outcome store; null if there is none, or if the outcomes are in Redis. */
  outcomesFile: string | null;
  signal: AbortSignal;
}

/** How many journals are read in parallel. */
const parallelReads = 16;

/**
 * Compares the journals of some days with their events, and looks for possible duplicates and for reverse batches of
 * unknown outcome. Changes nothing.
 *
 * @throws Fault
 */
export async function reconcile(days: ReconciledDays, options: ReconcileOptions): Promise<Reconciliation> {
  const { journals: client, history, signal, outcomesFile } = options;
  const today = new Date().toISOString().slice(0, 10);
  const window = new JournalWindow(
    ({ after, before, limit }) =>
      client.list({ after: after ?? undefined, before: before ?? undefined, limit }, signal),
    { today },
  );
  await window.read({ oldest: days.since, newest: days.until }, 'older', () => false);
  const { journals, unreadable } = window;
  // The events are read after the journals. A journal whose status has changed in the meantime is read again.
  const events = new LastEvents(history, days);
  await events.read(signal);
  return {
    ...days,
    journals: journals.length,
    withoutEvents: journals.filter(({ id }) => !events.of(id)).length,
    unreadable: unreadable.map(({ id, problem }) => ({ id, problem })),
    differences: await findDifferences(journals, events, options),
    doubles: findDuplicates(journals),
    unknownReverseBatches: outcomesFile === null ? null : unknownReverseBatches(outcomesFile, days),
  };
}

async function findDifferences(
  journals: readonly Journal[],
  events: LastEvents,
  { journals: client, signal }: ReconcileOptions,
): Promise<StatusDifference[]> {
  const statuses = new Map(journals.map(({ id, rawStatus }) => [id, rawStatus]));
  const differs = (id: string) => {
    const last = events.of(id);
    return last !== null && last.status !== statuses.get(id);
  };
  const suspects = [...new Set([...statuses.keys(), ...events.begun])].filter(differs);
  if (suspects.length === 0) return [];
  for (let from = 0; from < suspects.length; from += parallelReads) {
    await Promise.all(
      suspects.slice(from, from + parallelReads).map(async (id) => {
        const journal = await client.get(id, signal);
        if (journal) statuses.set(id, journal.rawStatus);
        else statuses.delete(id);
      }),
    );
  }
  await events.read(signal);
  return suspects.filter(differs).map((journalId) => {
    const { status = '', at = '' } = events.of(journalId) ?? {};
    return { journalId, status: statuses.get(journalId) ?? null, lastEvent: status, lastEventAt: at };
  });
}

/** @throws Error if the file can't be read */
function unknownReverseBatches(file: string, { since, until }: ReconciledDays): UnknownReverseBatch[] {
  const { copy, remove } = copyOutcomeFile(file);
  try {
    const store = new FileOutcomeStore(copy);
    const unsettled = store.unsettled().map(batchOf);
    store.close();
    return unsettled.filter(({ intendedAt }) => intendedAt.slice(0, 10) >= since && intendedAt.slice(0, 10) <= until);
  } finally {
    remove();
  }
}

function batchOf({ scope, idempotencyKey, state, intendedAtMs, requestId }: StoredOutcome): UnknownReverseBatch {
  const intendedAt = new Date(intendedAtMs).toISOString();
  return { principal: scope, idempotencyKey, state: state === 'ambiguous' ? state : 'open', intendedAt, requestId };
}
