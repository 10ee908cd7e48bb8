import { setTimeout as wait } from 'node:timers/promises';

import type { Journal } from '../domain/journal.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

/** Pauses before the second and third read, in ms. */
const pausesMs = [100, 400];

/**
 * Reads the journal of an event. An event may arrive before its journal can be read, so a missing journal is read
 * again.
 *
 * @returns null if the journal is still missing
 */
export async function readNewJournal(client: JournalsClient, journalId: string): Promise<Journal | null> {
  for (const pauseMs of pausesMs) {
    const journal = await client.get(journalId);
    if (journal) return journal;
    await wait(pauseMs, undefined, { ref: false });
  }
  return client.get(journalId);
}
