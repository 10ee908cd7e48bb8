import { LRUCache } from 'lru-cache';

import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { lruCache } from '../lruCache.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import type { JournalSidesCache } from './JournalSidesCache.ts';
import { readNewJournal } from './readNewJournal.ts';

interface Reading {
  /** Readings are numbered in the order in which they began. */
  number: number;
  journal: Promise<Journal | null>;
}

/**
 * The journal behind a live event, read after the event and so at least as new as it, and read at most once per event
 * for all who ask: who asks again gets the journal's last reading, which a later event of it may have caused.
 */
export class EventJournals {
  readonly #client: JournalsClient;
  readonly #sides: JournalSidesCache;
  /** By journal. */
  readonly #last: LRUCache<string, Reading>;
  /** By event: the reading that it caused. */
  readonly #caused: LRUCache<string, number>;
  #count = 0;

  /** @param max how many journals are remembered; the longest unused is forgotten first */
  constructor(client: JournalsClient, sides: JournalSidesCache, max = 10_000) {
    this.#client = client;
    this.#sides = sides;
    this.#last = new LRUCache(lruCache(max));
    this.#caused = new LRUCache(lruCache(4 * max));
  }

  /** @throws Fault, and asks anew the next time */
  journalOf({ id, journalId }: JournalStatusEvent): Promise<Journal | null> {
    const last = this.#last.get(journalId);
    const caused = this.#caused.get(id);
    if (last && caused !== undefined && last.number >= caused) return last.journal;
    const reading = { number: (this.#count += 1), journal: this.#read(journalId) };
    this.#caused.set(id, reading.number);
    this.#last.set(journalId, reading);
    reading.journal.catch(() => {
      if (this.#last.peek(journalId) === reading) this.#last.delete(journalId);
    });
    return reading.journal;
  }

  async #read(journalId: string): Promise<Journal | null> {
    const journal = await readNewJournal(this.#client, journalId);
    if (journal) this.#sides.learn(journal.id, journal);
    return journal;
  }
}
