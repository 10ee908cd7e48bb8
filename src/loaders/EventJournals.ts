import { LRUCache } from 'lru-cache';

import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { lruCache } from '../lruCache.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import type { JournalSidesCache } from './JournalSidesCache.ts';
import { readNewJournal } from './readNewJournal.ts';

interface JournalRead {
  /** Reads are numbered in the order in which they began. */
  number: number;
  journal: Promise<Journal | null>;
}

/**
 * Reads the journals of live events, at most once per event for all subscribers. Each read begins after its event, so
 * the journal is at least as new as the event. Later calls return the last read of the journal, which a later event may
 * have caused.
 */
export class EventJournals {
  readonly #client: JournalsClient;
  readonly #sides: JournalSidesCache;
  /** The last read of each journal. */
  readonly #lastReads: LRUCache<string, JournalRead>;
  /** The number of the read that an event caused. */
  readonly #readsByEvent: LRUCache<string, number>;
  #count = 0;

  /** @param max number of journals kept; the least recently used is dropped first */
  constructor(client: JournalsClient, sides: JournalSidesCache, max = 10_000) {
    this.#client = client;
    this.#sides = sides;
    this.#lastReads = new LRUCache(lruCache(max));
    this.#readsByEvent = new LRUCache(lruCache(4 * max));
  }

  /** Returns the journal of an event, at least as new as the event. @throws Fault; the next call reads again */
  journalOf({ id, journalId }: JournalStatusEvent): Promise<Journal | null> {
    const last = this.#lastReads.get(journalId);
    const caused = this.#readsByEvent.get(id);
    if (last && caused !== undefined && last.number >= caused) return last.journal;
    const read = { number: (this.#count += 1), journal: this.#read(journalId) };
    this.#readsByEvent.set(id, read.number);
    this.#lastReads.set(journalId, read);
    read.journal.catch(() => {
      if (this.#lastReads.peek(journalId) === read) this.#lastReads.delete(journalId);
    });
    return read.journal;
  }

  async #read(journalId: string): Promise<Journal | null> {
    const journal = await readNewJournal(this.#client, journalId);
    if (journal) this.#sides.learn(journal.id, journal);
    return journal;
  }
}
