import { setMaxListeners } from 'node:events';

import { LRUCache } from 'lru-cache';

import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { lruCache } from '../lruCache.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import type { OutcomeStore, StoredOutcome } from './OutcomeStore.ts';
import {
  addTo,
  candidateOf,
  clockMarginMs,
  descriptionsOf,
  entriesByAccounts,
  mayBeOfReverseBatch,
} from './findBatchJournals.ts';
import type { BatchSearch } from './findBatchJournals.ts';

/**
 * Reads the events since a moment, oldest first. Only a whole reading (`isWhole`) proves that an event does not exist;
 * any other reading may end at a short pause in the stream.
 */
export type ReadEvents = (
  range: { sinceMs: number; isWhole: boolean; onUnreadable: () => void },
  signal: AbortSignal,
) => AsyncIterable<JournalStatusEvent>;

export interface JournalSearchOptions {
  store: OutcomeStore;
  client: JournalsClient;
  readEvents: ReadEvents;
  /** Makes sure that the API's time is known, which limits how far back to read. @throws Fault */
  learnTime: (signal: AbortSignal) => Promise<void>;
}

/**
 * Maximum number of parallel reads of journals. Each adds two listeners to the closing signal: of its attempt and
 * request.
 */
const parallelReads = 16;

/** Reads the journals that lost batches may have created. */
export class JournalSearch {
  readonly #options: JournalSearchOptions;
  readonly #signal: AbortSignal;
  readonly #journals = new LRUCache<string, Journal>(lruCache(20_000));

  /** @param signal ends all reads */
  constructor(options: JournalSearchOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    setMaxListeners(2 * parallelReads, signal);
  }

  /**
   * Reads the journals that belong to no outcome yet, that began around the oldest intent or later, and that an entry
   * of the batches may have created.
   */
  async run(outcomes: readonly StoredOutcome[], isWhole: boolean): Promise<BatchSearch> {
    const { store, readEvents, learnTime } = this.#options;
    await learnTime(this.#signal);
    const descriptions = descriptionsOf(outcomes);
    const began = new Map<string, JournalStatusEvent>();
    const errorMessages = new Map<string, string>();
    const sinceMs = Math.min(...outcomes.map(({ intendedAtMs }) => intendedAtMs)) - clockMarginMs;
    const search: BatchSearch = { candidates: new Map(), unreadable: [], claimed: new Set(), settled: new Set() };
    // An unreadable event may have been the first event of any journal.
    const onUnreadable = () => void search.unreadable.push(null);
    for await (const event of readEvents({ sinceMs, isWhole, onUnreadable }, this.#signal)) {
      if (event.batchErrorMessage !== null) errorMessages.set(event.journalId, event.batchErrorMessage);
      // An event may lack the description that its journal has.
      const mayFit = event.description === null || descriptions.mayBeStoredAs(event.description);
      if (event.statusFrom === null && mayFit && mayBeOfReverseBatch(event)) began.set(event.journalId, event);
    }
    // The order matters: a batch that another gateway settles between the two reads must be in at least one of them.
    const entries = entriesByAccounts(await store.unsettled());
    const claimed = await store.claimed([...began.keys()]);
    const events = [...began.values()].filter(({ journalId }) => !claimed.has(journalId));
    const addCandidate = async (event: JournalStatusEvent) => {
      const journal = await this.#readJournal(event.journalId);
      // The journal exists, since it has an event.
      if (!journal) return void search.unreadable.push(event.description);
      const errorMessage = errorMessages.get(event.journalId) ?? null;
      const candidate = candidateOf(event, { journal, errorMessage }, entries);
      for (const id of new Set(candidate.owners.map(({ outcome }) => outcome.id))) {
        addTo(search.candidates, id, candidate);
      }
    };
    while (events.length > 0) await Promise.all(events.splice(0, parallelReads).map(addCandidate));
    return search;
  }

  /**
   * Reads a journal, from the cache if possible: the compared fields never change. Null if the journal can't be read.
   */
  async #readJournal(id: string): Promise<Journal | null> {
    const cached = this.#journals.get(id);
    const journal = cached ?? (await this.#options.client.get(id, this.#signal).catch(() => null));
    if (journal) this.#journals.set(id, journal);
    return journal;
  }
}
