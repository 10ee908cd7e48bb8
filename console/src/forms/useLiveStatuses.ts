import { useEffect, useState } from 'react';

import type { Journal, JournalStatus } from '../graphql/journalFields.ts';
import { useBoard, useServices } from '../Services.ts';

/** The current statuses of journals: as they were read, then as the events say. */
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
  // The board's comes first: it may have heard an event before the answer to the mutation came, and it is read again
  // when events are lost. But its filter may leave the journal out.
  return ({ id, status }) => board.counts.statusOf(id) ?? statuses.get(id) ?? status;
}
