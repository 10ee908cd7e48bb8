import { setMaxListeners } from 'node:events';
import { setImmediate as turn, setTimeout as rest } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { lruCache } from '../lruCache.ts';
import type { Log } from '../log.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import type { OutcomeStore, StoredOutcome } from './OutcomeStore.ts';
import {
  candidateOf,
  clockMarginMs,
  descriptionsOf,
  findBatchJournals,
  mayBeOfReverseBatch,
  wantedBy,
} from './findBatchJournals.ts';
import type { SearchResult, BatchSearch, Wanted } from './findBatchJournals.ts';
import { Wakeup } from './Wakeup.ts';

/**
 * Events since a moment, oldest first, up to now. Only a reading of the whole shows what is not there: another may end
 * when nothing has come for a moment.
 */
export type ReadEvents = (
  range: { sinceMs: number; isWhole: boolean; onUnreadable: () => void },
  signal: AbortSignal,
) => AsyncIterable<JournalStatusEvent>;

export interface ReconcilerOptions {
  store: OutcomeStore;
  client: JournalsClient;
  readEvents: ReadEvents;
  /** Makes sure that the API's time is known: without it nobody knows how far to read. @throws Fault */
  learnTime: (signal: AbortSignal) => Promise<void>;
  log: Log;
  /** How long readings have to find nothing before a batch counts as not done, in ms. */
  settleMs: number;
}

interface Watched {
  outcome: StoredOutcome;
  since: number;
  nextReadingAt: number;
  /** When the first reading was over that didn't settle it. By `performance.now()`, as all here: clocks are moved. */
  unsettledSince: number | null;
}

/** The pause between two readings grows with the age of what they look for, in ms. */
const firstPauseMs = 200;
const longestPauseMs = 5_000;
/** After a reading that failed, in ms. */
const failedPauseMs = 1_000;
/** Journals that are read side by side, each heeding the end in two places: its attempt and its request. */
const readsAtOnce = 16;

/**
 * Finds out what became of reverse batches whose answer was lost, by what the API shows: journals into the account,
 * begun at or after the intent, that no other outcome owns, one for each entry. It only reads; docs/money.md says what
 * that proves.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #watched = new Map<number, Watched>();
  readonly #journals = new LRUCache<string, Journal>(lruCache(20_000));
  readonly #closing = new AbortController();
  /** Somebody has something new to look for. */
  readonly #asked = new Wakeup();
  /** A reading is over. */
  readonly #read = new Wakeup();
  #running: Promise<void> | null = null;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    setMaxListeners(2 * readsAtOnce, this.#closing.signal);
  }

  /** Looks for it until its fate is known, beginning now. */
  watch(outcome: StoredOutcome): void {
    const now = performance.now();
    const known = this.#watched.get(outcome.id) ?? { since: now, unsettledSince: null };
    this.#watched.set(outcome.id, { ...known, outcome, nextReadingAt: now });
    this.#asked.wake();
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  /** Waits while it isn't settled, so long at most. */
  async settled(id: number, patienceMs: number): Promise<void> {
    const endsAt = performance.now() + patienceMs;
    while (this.#watched.has(id) && performance.now() < endsAt && !this.#closing.signal.aborted) {
      await this.#read.wait(endsAt - performance.now());
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#asked.wake();
    this.#read.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#watched.size > 0 && !signal.aborted) {
      const now = performance.now();
      const due = [...this.#watched.values()].filter(({ nextReadingAt }) => nextReadingAt <= now);
      if (due.length === 0) {
        const nextAt = Math.min(...[...this.#watched.values()].map(({ nextReadingAt }) => nextReadingAt));
        await this.#asked.wait(nextAt - now);
        continue;
      }
      for (const watched of due) watched.nextReadingAt = this.#nextReadingOf(watched, now);
      await this.#readFor(due).catch((error: unknown) => this.#readAgainSoon(due, error));
      this.#read.wake();
      await rest(firstPauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What a failed reading could have settled doesn't wait for as long as after one that found nothing. */
  #readAgainSoon(due: readonly Watched[], error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#options.log.warn({ err: error, open: due.length }, 'reconciliation could not read');
    const soon = performance.now() + failedPauseMs;
    for (const watched of due) watched.nextReadingAt = Math.min(watched.nextReadingAt, soon);
  }

  /** After a pause, but no later than at the moment from which on a reading may settle it as not done. */
  #nextReadingOf({ since, unsettledSince }: Watched, now: number): number {
    const next = now + pauseAfter(now - since);
    const settlesAt = (unsettledSince ?? now) + this.#options.settleMs;
    return settlesAt > now ? Math.min(next, settlesAt) : next;
  }

  async #readFor(due: readonly Watched[]): Promise<void> {
    const begunAt = performance.now();
    const isWhole = due.some(({ unsettledSince }) => begunAt - (unsettledSince ?? begunAt) >= this.#options.settleMs);
    const reading = await this.#readAll(
      due.map(({ outcome }) => outcome),
      isWhole,
    );
    // Reads that were given up look like journals that can't be read.
    this.#closing.signal.throwIfAborted();
    const missing = await this.#settleFound(due, reading);
    for (const watched of missing)
      this.#settleMissing(watched, findBatchJournals(watched.outcome, reading), { begunAt, isWhole });
  }

  /** Settles those whose journals are all there. What one takes no other can own, so the rest is looked at again. */
  async #settleFound(due: readonly Watched[], reading: BatchSearch): Promise<Watched[]> {
    const missing: Watched[] = [];
    for (const watched of due) {
      const { id, idempotencyKey } = watched.outcome;
      const { items } = findBatchJournals(watched.outcome, reading);
      if (items) {
        this.#options.store.settleDone(id, items);
        this.#options.log.info(
          { idempotencyKey, journals: items.length },
          'reverse batch was done: its journals were found',
        );
        this.#watched.delete(id);
      } else missing.push(watched);
      // Many of a thousand entries are not judged in one turn: others want to be served meanwhile.
      await turn();
    }
    return missing.length < due.length ? this.#settleFound(missing, reading) : missing;
  }

  /** Journals that began around the oldest of the intents or later, that nobody owns, and that some entry may have made. */
  async #readAll(outcomes: readonly StoredOutcome[], isWhole: boolean): Promise<BatchSearch> {
    const { store, readEvents, learnTime } = this.#options;
    await learnTime(this.#closing.signal);
    const descriptions = descriptionsOf(outcomes);
    const began = new Map<string, JournalStatusEvent>();
    const problems = new Map<string, string>();
    const sinceMs = Math.min(...outcomes.map(({ intendedAtMs }) => intendedAtMs)) - clockMarginMs;
    const unread: BatchSearch['unread'] = [];
    // It may have been the first event of any journal.
    const onUnreadable = () => void unread.push(null);
    for await (const event of readEvents({ sinceMs, isWhole, onUnreadable }, this.#closing.signal)) {
      if (event.batchErrorMessage !== null) problems.set(event.journalId, event.batchErrorMessage);
      // An event need not carry the description that its journal has.
      const mayFit = event.description === null || descriptions.mayBeStoredAs(event.description);
      if (event.statusFrom === null && mayFit && mayBeOfReverseBatch(event)) began.set(event.journalId, event);
    }
    const waiting = [...began.values()].filter(({ journalId }) => !store.isClaimed(journalId));
    const reading: BatchSearch = { candidates: new Map(), unread, taken: new Set(), found: new Set() };
    const wanted = wantedBy(store.unsettled());
    while (waiting.length > 0) {
      await Promise.all(
        waiting.splice(0, readsAtOnce).map((event) => {
          const errorMessage = problems.get(event.journalId) ?? null;
          return this.#readCandidate(event, { errorMessage, wanted }, reading);
        }),
      );
    }
    return reading;
  }

  async #readCandidate(
    event: JournalStatusEvent,
    known: { errorMessage: string | null; wanted: Wanted },
    reading: BatchSearch,
  ): Promise<void> {
    const { journalId: id, description } = event;
    // What tells one journal from another never changes.
    const cached = this.#journals.get(id);
    const journal = cached ?? (await this.#options.client.get(id, this.#closing.signal).catch(() => null));
    if (!journal) {
      // It exists, for its event says so.
      reading.unread.push(description);
      return;
    }
    this.#journals.set(id, journal);
    const candidate = candidateOf(event, journal, known);
    for (const outcome of candidate.mayBeOf) {
      const candidates = reading.candidates.get(outcome.id);
      if (candidates) candidates.push(candidate);
      else reading.candidates.set(outcome.id, [candidate]);
    }
  }

  /** @param begunAt when the reading began, by `performance.now()`: it shows at least what was told by then */
  #settleMissing(
    watched: Watched,
    { similar, mayHide }: SearchResult,
    { begunAt, isWhole }: { begunAt: number; isWhole: boolean },
  ): void {
    const { store, log, settleMs } = this.#options;
    const { id, idempotencyKey } = watched.outcome;
    watched.unsettledSince ??= begunAt;
    const ageMs = isWhole ? begunAt - watched.unsettledSince : 0;
    // What can't be read now may be readable later, within reason.
    if (ageMs < settleMs || (mayHide && ageMs < 2 * settleMs)) return;
    if (similar === 0 && !mayHide) {
      store.settleNotDone(id);
      log.warn({ idempotencyKey }, 'reverse batch was not done: no journal like it was found');
    } else {
      store.settleAmbiguous(id);
      log.error({ idempotencyKey, similar }, 'reverse batch is ambiguous: a person must look');
    }
    this.#watched.delete(id);
  }
}

function pauseAfter(ageMs: number): number {
  return Math.min(longestPauseMs, Math.max(firstPauseMs, ageMs / 4));
}
