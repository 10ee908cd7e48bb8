import { setTimeout as wait } from 'node:timers/promises';

import type { Journal } from '../domain/journal.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

/** Between two reads of a journal that is not there yet, in ms. */
const pausesMs = [100, 400];

/**
 * A journal that an event has told of; null when it can't be found, even on asking again: an event may be told before
 * its journal can be read.
 */
export async function readNewJournal(client: JournalsClient, journalId: string): Promise<Journal | null> {
  for (const pauseMs of pausesMs) {
    const journal = await client.get(journalId);
    if (journal) return journal;
    await wait(pauseMs, undefined, { ref: false });
  }
  return client.get(journalId);
}
