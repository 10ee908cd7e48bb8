import { LRUCache } from 'lru-cache';

import type { JournalSides } from '../domain/journal.ts';
import { lruCache } from '../lruCache.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import { knownSides } from './knownSides.ts';
import { readNewJournal } from './readNewJournal.ts';

/**
 * The accounts of journals, which events don't name and which never change.
 * One per process: each journal is read at most once for all subscribers while it stays among the recent ones.
 */
export class JournalSidesCache {
  readonly #client: JournalsClient;
  readonly #sides: LRUCache<string, Promise<JournalSides | null>>;

  /** @param max how many journals are remembered; the longest unused is forgotten first */
  constructor(client: JournalsClient, max = 50_000) {
    this.#client = client;
    this.#sides = new LRUCache(lruCache(max));
  }

  /**
   * Null when the journal can't be found, even on asking again: an event may be told before its journal can be read.
   *
   * @throws Fault, and asks anew the next time
   */
  sidesOf(journalId: string): Promise<JournalSides | null> {
    const known = this.#sides.get(journalId);
    if (known) return known;
    const reading = readNewJournal(this.#client, journalId)
      .catch(knownSides)
      .then((journal) => journal && { fromAccount: journal.fromAccount, toAccount: journal.toAccount });
    this.#sides.set(journalId, reading);
    // Meanwhile another call may have learned the accounts: only what this one has stored is forgotten.
    const forget = () => {
      if (this.#sides.peek(journalId) === reading) this.#sides.delete(journalId);
    };
    reading.then((sides) => sides ?? forget(), forget);
    return reading;
  }

  learn(journalId: string, { fromAccount, toAccount }: JournalSides): void {
    this.#sides.set(journalId, Promise.resolve({ fromAccount, toAccount }));
  }
}
