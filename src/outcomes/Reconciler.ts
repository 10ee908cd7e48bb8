import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import { Notifier } from '../concurrency/Notifier.ts';
import { waitFor } from '../concurrency/waitFor.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { lruCache } from '../lruCache.ts';
import type { Log } from '../log.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import type { OutcomeStore, StoredOutcome } from './OutcomeStore.ts';
import {
  addTo,
  candidateOf,
  clockMarginMs,
  descriptionsOf,
  entriesByAccounts,
  findBatchJournals,
  isExplainedByOthers,
  mayBeOfReverseBatch,
} from './findBatchJournals.ts';
import type { BatchSearch, EntriesByAccounts, SearchResult } from './findBatchJournals.ts';

/**
 * Reads the events since a moment, oldest first. Only a whole reading proves that something is missing; any other may
 * end after a short pause in the stream.
 */
export type ReadEvents = (
  range: { sinceMs: number; isWhole: boolean; onUnreadable: () => void },
  signal: AbortSignal,
) => AsyncIterable<JournalStatusEvent>;

export interface ReconcilerOptions {
  store: OutcomeStore;
  client: JournalsClient;
  readEvents: ReadEvents;
  /** Makes sure that the API's time is known, which limits how far back to read. @throws Fault */
  learnTime: (signal: AbortSignal) => Promise<void>;
  log: Log;
  /** How long readings must find nothing before a batch counts as not done, in ms. */
  settleMs: number;
  /** Is called when a batch has been settled as not done. */
  onNotDone: (outcome: StoredOutcome) => void;
}

/** Times are by `performance.now()`, since system clocks are adjusted. */
interface Watched {
  outcome: StoredOutcome;
  since: number;
  nextReadingAt: number;
  /** When the first reading began that did not settle it. */
  unsettledSince: number | null;
  /** Its time is over, and it waits for a rival. */
  isStuck: boolean;
}

/** The pause between readings grows with the age of the batch, in ms. */
const firstPauseMs = 200;
const longestPauseMs = 5_000;
const pauseAfterFailureMs = 1_000;
/** Longer than a call can be in flight, in ms. */
const longestCallMs = 60_000;
/** A batch is sent within this time after it was stored in a shared store, or not at all, in ms. */
export const beginWithinMs = 10_000;
/** Parallel reads of journals. Each adds two listeners to the closing signal: its attempt and its request. */
const parallelReads = 16;

/**
 * Finds out whether reverse batches whose answer was lost were done. Only reads: it looks for journals into the
 * account that began after the intent and belong to no other outcome, one per entry. For what this proves, see
 * docs/money.md.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #journals = new LRUCache<string, Journal>(lruCache(20_000));
  readonly #closing = new AbortController();
  readonly #added = new Notifier();
  readonly #readingEnded = new Notifier();
  #running: Promise<void> | null = null;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    setMaxListeners(2 * parallelReads, this.#closing.signal);
  }

  /** Starts to search for a batch at once and continues until it is settled. */
  watch(outcome: StoredOutcome): void {
    const now = performance.now();
    const previous = this.#watched.get(outcome.id) ?? { since: now, unsettledSince: null, isStuck: false };
    this.#watched.set(outcome.id, { ...previous, outcome, nextReadingAt: now });
    this.#added.notify();
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  /** Searches for these batches and no others. Those that it searches for already are read no sooner. */
  watchOnly(outcomes: readonly StoredOutcome[]): void {
    const wanted = new Set(outcomes.map(({ id }) => id));
    for (const id of this.#watched.keys()) if (!wanted.has(id)) this.#watched.delete(id);
    for (const outcome of outcomes) if (!this.#watched.has(outcome.id)) this.watch(outcome);
  }

  isWatching(id: string): boolean {
    return this.#watched.has(id);
  }

  /** Waits until a batch is settled, or until the time is over. */
  async settled(id: string, timeoutMs: number): Promise<void> {
    const endsAt = performance.now() + timeoutMs;
    while (this.#watched.has(id) && performance.now() < endsAt && !this.#closing.signal.aborted) {
      await waitFor(this.#readingEnded.next(), { timeoutMs: endsAt - performance.now() });
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#added.notify();
    this.#readingEnded.notify();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#watched.size > 0 && !signal.aborted) {
      const now = performance.now();
      const due = [...this.#watched.values()].filter(({ nextReadingAt }) => nextReadingAt <= now);
      if (due.length === 0) {
        const nextAt = Math.min(...[...this.#watched.values()].map(({ nextReadingAt }) => nextReadingAt));
        await waitFor(this.#added.next(), { timeoutMs: nextAt - now });
        continue;
      }
      const isWhole = due.some((watched) => this.#isOver(watched, now));
      // The result for one batch can settle another.
      const wanted = isWhole ? [...this.#watched.values()] : due;
      for (const watched of wanted) watched.nextReadingAt = this.#nextReadingOf(watched, now);
      await this.#readFor(wanted, isWhole).catch((error: unknown) => this.#readAgainSoon(wanted, error));
      this.#readingEnded.notify();
      await wait(firstPauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #readAgainSoon(wanted: readonly Watched[], error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#options.log.warn({ err: error, open: wanted.length }, 'reconciliation could not read the events');
    const soon = performance.now() + pauseAfterFailureMs;
    for (const watched of wanted) watched.nextReadingAt = Math.min(watched.nextReadingAt, soon);
  }

  /** After a pause, but no later than the moment at which a reading may settle the batch as not done. */
  #nextReadingOf({ since, unsettledSince, outcome }: Watched, now: number): number {
    const next = now + Math.min(longestPauseMs, Math.max(firstPauseMs, (now - since) / 4));
    const settlesAt = (unsettledSince ?? now) + this.#settleMsOf(outcome);
    return settlesAt > now ? Math.min(next, settlesAt) : next;
  }

  /** Whether readings have found nothing for this many times `settleMs`. */
  #isOver({ unsettledSince, outcome }: Watched, now: number, times = 1): boolean {
    return now - (unsettledSince ?? now) >= times * this.#settleMsOf(outcome);
  }

  /** A gateway that died during its call may only have been stopped, and may begin it when it continues. */
  #settleMsOf({ sender }: StoredOutcome): number {
    return this.#options.settleMs + (sender === null ? 0 : beginWithinMs);
  }

  async #readFor(wanted: readonly Watched[], isWhole: boolean): Promise<void> {
    const begunAt = performance.now();
    const search = await this.#search(
      wanted.map(({ outcome }) => outcome),
      isWhole,
    );
    // Aborted reads look like journals that can't be read.
    this.#closing.signal.throwIfAborted();
    let open = await this.#settleFound(wanted, search);
    for (const watched of open) watched.unsettledSince ??= begunAt;
    if (!isWhole) return;
    for (const watched of open) if (this.#isOver(watched, begunAt)) await this.#settleMissing(watched, search);
    open = await this.#settleFound(
      open.filter(({ outcome }) => this.#watched.has(outcome.id)),
      search,
    );
    for (const watched of open) {
      const result = findBatchJournals(watched.outcome, search);
      // A journal that can't be read now may be readable later.
      if (!this.#isOver(watched, begunAt, result.mayBeHidden ? 2 : 1)) continue;
      watched.isStuck = true;
      if (!this.#mayBeSettledByRival(watched, result, begunAt)) await this.#settleAmbiguous(watched, result);
    }
  }

  /** Settles the batches whose journals all exist. Each journal has one owner, so the others are then checked again. */
  async #settleFound(open: readonly Watched[], search: BatchSearch): Promise<Watched[]> {
    const missing: Watched[] = [];
    for (const watched of open) {
      const { id, idempotencyKey } = watched.outcome;
      const { items } = findBatchJournals(watched.outcome, search);
      if (items) {
        await this.#options.store.settleDone(id, items, 'readings');
        const fields = { idempotencyKey, journals: items.length };
        this.#options.log.info(fields, 'reverse batch was done: its journals were found');
        this.#watched.delete(id);
      } else missing.push(watched);
      // A search with thousands of entries must not block the event loop.
      await nextTurn();
    }
    return missing.length < open.length ? this.#settleFound(missing, search) : missing;
  }

  /** Settles a batch as not done if none of the journals can be its own. */
  async #settleMissing({ outcome }: Watched, search: BatchSearch): Promise<void> {
    const { store, log } = this.#options;
    const { similar, mayBeHidden } = findBatchJournals(outcome, search);
    if (mayBeHidden || !(similar.length === 0 || isExplainedByOthers(outcome, similar, search))) return;
    await store.settleNotDone(outcome.id);
    this.#options.onNotDone(outcome);
    search.settled.add(outcome.id);
    log.warn({ idempotencyKey: outcome.idempotencyKey }, 'reverse batch was not done: none of its journals was found');
    this.#watched.delete(outcome.id);
  }

  /** Whether a rival for the journals found may still be settled, which would show whose they are. */
  #mayBeSettledByRival({ unsettledSince }: Watched, { rivals }: SearchResult, now: number): boolean {
    const mayBeInFlight = now - (unsettledSince ?? now) < this.#options.settleMs + longestCallMs;
    return rivals.some(({ id, state }) => {
      const rival = this.#watched.get(id);
      return rival ? !rival.isStuck : state === 'open' && mayBeInFlight;
    });
  }

  async #settleAmbiguous({ outcome: { id, idempotencyKey } }: Watched, { similar }: SearchResult): Promise<void> {
    await this.#options.store.settleAmbiguous(id);
    const fields = { idempotencyKey, similar: similar.length };
    this.#options.log.error(fields, 'reverse batch is ambiguous: an operator must check it');
    this.#watched.delete(id);
  }

  /** Reads the journals without an owner that began around the oldest intent or later and that an entry may have created. */
  async #search(outcomes: readonly StoredOutcome[], isWhole: boolean): Promise<BatchSearch> {
    const { store, readEvents, learnTime } = this.#options;
    await learnTime(this.#closing.signal);
    const descriptions = descriptionsOf(outcomes);
    const began = new Map<string, JournalStatusEvent>();
    const errorMessages = new Map<string, string>();
    const sinceMs = Math.min(...outcomes.map(({ intendedAtMs }) => intendedAtMs)) - clockMarginMs;
    const search: BatchSearch = { candidates: new Map(), unreadable: [], claimed: new Set(), settled: new Set() };
    // An unreadable event may have been the first event of any journal.
    const onUnreadable = () => void search.unreadable.push(null);
    for await (const event of readEvents({ sinceMs, isWhole, onUnreadable }, this.#closing.signal)) {
      if (event.batchErrorMessage !== null) errorMessages.set(event.journalId, event.batchErrorMessage);
      // An event may lack the description that its journal has.
      const mayFit = event.description === null || descriptions.mayBeStoredAs(event.description);
      if (event.statusFrom === null && mayFit && mayBeOfReverseBatch(event)) began.set(event.journalId, event);
    }
    // In this order: a batch that another gateway settles between the two reads must not be missing in both.
    const entries = entriesByAccounts(await store.unsettled());
    const claimed = await store.claimed([...began.keys()]);
    const events = [...began.values()].filter(({ journalId }) => !claimed.has(journalId));
    while (events.length > 0) {
      await Promise.all(
        events.splice(0, parallelReads).map((event) => {
          const errorMessage = errorMessages.get(event.journalId) ?? null;
          return this.#readCandidate(event, { errorMessage, entries }, search);
        }),
      );
    }
    return search;
  }

  async #readCandidate(
    event: JournalStatusEvent,
    context: { errorMessage: string | null; entries: EntriesByAccounts },
    search: BatchSearch,
  ): Promise<void> {
    const { journalId, description } = event;
    // The fields that are compared never change.
    const cached = this.#journals.get(journalId);
    const journal = cached ?? (await this.#options.client.get(journalId, this.#closing.signal).catch(() => null));
    // The journal exists, since it has an event.
    if (!journal) return void search.unreadable.push(description);
    this.#journals.set(journalId, journal);
    const candidate = candidateOf(event, journal, context);
    for (const id of new Set(candidate.owners.map(({ outcome }) => outcome.id)))
      addTo(search.candidates, id, candidate);
  }
}
