import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { JournalsClient } from '../upstream/JournalsClient.ts';

import type { JournalSidesCache } from './JournalSidesCache.ts';

/** For how long a read is shared, in ms: subscribers of an event ask within a moment, those who resume may ask much later. */
const sharedMs = 1_000;

/**
 * The journal behind a live event, read after the event and so at least as new as it,
 * and read once for all who ask at that time: the hub hands the same event object to each subscriber.
 */
export class EventJournals {
  readonly #client: JournalsClient;
  readonly #sides: JournalSidesCache;
  readonly #reads = new WeakMap<JournalStatusEvent, { at: number; journal: Promise<Journal | null> }>();

  constructor(client: JournalsClient, sides: JournalSidesCache) {
    this.#client = client;
    this.#sides = sides;
  }

  /** @throws Fault, and asks anew the next time */
  journalOf(event: JournalStatusEvent): Promise<Journal | null> {
    const known = this.#reads.get(event);
    if (known && performance.now() - known.at < sharedMs) return known.journal;
    const reading = this.#client.get(event.journalId).then((journal) => {
      if (journal) this.#sides.learn(journal.id, journal);
      else this.#reads.delete(event);
      return journal;
    });
    reading.catch(() => this.#reads.delete(event));
    this.#reads.set(event, { at: performance.now(), journal: reading });
    return reading;
  }
}
