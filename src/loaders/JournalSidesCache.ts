import { LRUCache } from 'lru-cache';

import type { JournalSides } from '../domain/journal.ts';
import { ContractBrokenError } from '../errors/faults.ts';
import { lruCache } from '../lruCache.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import { readNewJournal } from './readNewJournal.ts';

/**
 * The accounts of journals, which never change and which events do not contain. The process has one cache: a journal is
 * read once for all subscribers while it is in the cache.
 */
export class JournalSidesCache {
  readonly #client: JournalsClient;
  readonly #sides: LRUCache<string, JournalSides | Promise<JournalSides | null>>;

  /** @param max number of journals kept; the least recently used is dropped first */
  constructor(client: JournalsClient, max = 50_000) {
    this.#client = client;
    this.#sides = new LRUCache(lruCache(max));
  }

  /**
   * Returns the accounts of a journal; null if the journal is still missing after retries.
   *
   * @throws Fault; the next call reads again
   */
  sidesOf(journalId: string): Promise<JournalSides | null> {
    const cached = this.#sides.get(journalId);
    if (cached) return Promise.resolve(cached);
    const reading = readNewJournal(this.#client, journalId)
      .catch(readableSides)
      .then((journal) => journal && { fromAccount: journal.fromAccount, toAccount: journal.toAccount });
    this.#sides.set(journalId, reading);
    // `learn` may have stored the accounts in the meantime. They must not be deleted.
    const forget = () => {
      if (this.#sides.peek(journalId) === reading) this.#sides.delete(journalId);
    };
    reading.then((sides) => sides ?? forget(), forget);
    return reading;
  }

  learn(journalId: string, { fromAccount, toAccount }: JournalSides): void {
    const known = this.#sides.peek(journalId);
    // Lists contain the same journals again and again, so most journals are already known.
    if (!known || known instanceof Promise) this.#sides.set(journalId, { fromAccount, toAccount });
  }
}

/** Returns the accounts of a journal whose other fields are unreadable. @throws the failure if it is a different one */
export function readableSides(failure: unknown): JournalSides {
  const { fromAccount, toAccount } = (failure instanceof ContractBrokenError && failure.journal) || {};
  if (fromAccount && toAccount) return { fromAccount, toAccount };
  throw failure;
}
