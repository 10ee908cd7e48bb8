import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { JournalsClient } from '../upstream/JournalsClient.ts';

import type { JournalSidesCache } from './JournalSidesCache.ts';

/**
 * The journal behind a live event, read after the event and so at least as new as it,
 * and read once for all subscribers: the hub hands the same event object to each of them.
 */
export class EventJournals {
  readonly #client: JournalsClient;
  readonly #sides: JournalSidesCache;
  readonly #reads = new WeakMap<JournalStatusEvent, Promise<Journal | null>>();

  constructor(client: JournalsClient, sides: JournalSidesCache) {
    this.#client = client;
    this.#sides = sides;
  }

  /** @throws Fault, and asks anew the next time */
  journalOf(event: JournalStatusEvent): Promise<Journal | null> {
    const known = this.#reads.get(event);
    if (known) return known;
    const reading = this.#client.get(event.journalId).then((journal) => {
      if (journal) this.#sides.learn(journal.id, journal);
      return journal;
    });
    reading.catch(() => this.#reads.delete(event));
    this.#reads.set(event, reading);
    return reading;
  }
}
