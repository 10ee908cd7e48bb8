import { useEffect, useState } from 'react';

import type { Journal, JournalStatus } from '../graphql/journalFields.ts';
import { useServices } from '../Services.ts';

/** The current statuses of journals: as they were read, then as the events say. */
export function useLiveStatuses(journals: readonly Journal[]): (journal: Journal) => JournalStatus {
  const { live, board } = useServices();
  const [statuses, setStatuses] = useState<ReadonlyMap<string, JournalStatus>>(new Map());
  useEffect(() => {
    const ids = new Set(journals.map(({ id }) => id));
    for (const journal of journals) board.show(journal);
    return live.onEvent(({ journalId, statusTo }) => {
      if (ids.has(journalId)) setStatuses((before) => new Map(before).set(journalId, statusTo));
    });
  }, [journals, live, board]);
  // An event may have come before the answer to the mutation.
  return ({ id, status }) => statuses.get(id) ?? board.rows.get(id)?.status ?? status;
}
