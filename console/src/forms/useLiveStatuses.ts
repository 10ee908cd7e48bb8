import { useEffect, useState } from 'react';

import type { Journal, JournalStatus } from '../graphql/journalFields.ts';
import { useBoard, useServices } from '../Services.ts';

/** Returns a function that gives the current status of a journal: the one that was read, or that of a newer event. */
export function useLiveStatuses(journals: readonly Journal[]): (journal: Journal) => JournalStatus {
  const { live } = useServices();
  const board = useBoard();
  const [statuses, setStatuses] = useState<ReadonlyMap<string, JournalStatus>>(new Map());
  useEffect(() => {
    const ids = new Set(journals.map(({ id }) => id));
    for (const journal of journals) board.show(journal);
    return live.onEvent(({ journalId, statusTo }) => {
      if (ids.has(journalId)) setStatuses((before) => new Map(before).set(journalId, statusTo));
    });
  }, [journals, live, board]);
  // The board's status takes precedence: the board may have received an event before the mutation's response arrived,
  // and it is read again when events are lost. But its filter may exclude the journal.
  return ({ id, status }) => board.counts.statusOf(id) ?? statuses.get(id) ?? status;
}
