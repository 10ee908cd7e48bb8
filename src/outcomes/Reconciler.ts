import { setImmediate as nextTurn } from 'node:timers/promises';

import { Notifier } from '../concurrency/Notifier.ts';
import { pause, waitFor } from '../concurrency/waitFor.ts';
import type { BatchItem } from '../domain/newJournal.ts';
import type { Log } from '../log.ts';

import type { StoredOutcome } from './OutcomeStore.ts';
import { findBatchJournals, findOnlyJournals, isExplainedByOthers } from './findBatchJournals.ts';
import type { BatchSearch } from './findBatchJournals.ts';
import { JournalSearch } from './JournalSearch.ts';
import type { JournalSearchOptions } from './JournalSearch.ts';

export interface ReconcilerOptions extends JournalSearchOptions {
  log: Log;
  /** How long readings must find none of its journals before a batch counts as not done, in ms. */
  settleMs: number;
  /** Called when a batch has been settled as not done. */
  onNotDone: (outcome: StoredOutcome) => void;
}

/** Times are by `performance.now()`, since system clocks are adjusted. */
interface Watched {
  outcome: StoredOutcome;
  since: number;
  nextReadingAt: number;
  /** When the first reading that did not settle the batch began. */
  unsettledSince: number | null;
}

/** The pause between readings grows with the age of the batch, in ms. */
const firstPauseMs = 200;
const longestPauseMs = 5_000;
const pauseAfterFailureMs = 1_000;
/** Longer than a call can be in flight, in ms. */
const longestCallMs = 60_000;
/** How long after it was stored in a shared store a batch may still be sent, in ms. */
export const beginWithinMs = 10_000;

/**
 * Finds out whether reverse batches whose response was lost were done. The reconciler only reads: it looks for journals
 * into the batch's account that began after the intent and belong to no other outcome, one per entry. For what this
 * proves, see docs/money.md.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #search: JournalSearch;
  readonly #closing = new AbortController();
  readonly #added = new Notifier();
  readonly #readingEnded = new Notifier();
  #running: Promise<void> | null = null;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#search = new JournalSearch(options, this.#closing.signal);
  }

  /** Starts to search for the journals of a batch immediately, and continues until the batch is settled. */
  watch(outcome: StoredOutcome): void {
    const now = performance.now();
    const previous = this.#watched.get(outcome.id) ?? { since: now, unsettledSince: null };
    this.#watched.set(outcome.id, { ...previous, outcome, nextReadingAt: now });
    this.#added.notify();
    this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  /**
   * Searches for these batches and no others. For batches that are watched already, the next reading stays as planned.
   */
  watchOnly(outcomes: readonly StoredOutcome[]): void {
    const wanted = new Set(outcomes.map(({ id }) => id));
    for (const id of this.#watched.keys()) if (!wanted.has(id)) this.#watched.delete(id);
    for (const outcome of outcomes) if (!this.#watched.has(outcome.id)) this.watch(outcome);
  }

  isWatching(id: string): boolean {
    return this.#watched.has(id);
  }

  /** Waits until a batch is settled or the timeout has passed. */
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
      // The result for one batch can settle a different one.
      const wanted = isWhole ? [...this.#watched.values()] : due;
      for (const watched of wanted) watched.nextReadingAt = this.#nextReadingOf(watched, now);
      await this.#readFor(wanted, isWhole).catch((error: unknown) => this.#readAgainSoon(wanted, error));
      this.#readingEnded.notify();
      await pause(firstPauseMs, signal);
    }
  }

  #readAgainSoon(wanted: readonly Watched[], error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#options.log.warn({ err: error, open: wanted.length }, 'reconciliation could not read the events');
    const soon = performance.now() + pauseAfterFailureMs;
    for (const watched of wanted) watched.nextReadingAt = Math.min(watched.nextReadingAt, soon);
  }

  /** When to read next: after a pause, but no later than when a reading may settle the batch as not done. */
  #nextReadingOf({ since, unsettledSince, outcome }: Watched, now: number): number {
    const next = now + Math.min(longestPauseMs, Math.max(firstPauseMs, (now - since) / 4));
    const settlesAt = (unsettledSince ?? now) + this.#settleMsOf(outcome);
    return settlesAt > now ? Math.min(next, settlesAt) : next;
  }

  /** Whether searches have lasted long enough to settle the batch: `times` times `#settleMsOf`. */
  #isOver({ unsettledSince, outcome }: Watched, now: number, times = 1): boolean {
    return now - (unsettledSince ?? now) >= times * this.#settleMsOf(outcome);
  }

  /**
   * How long searches must find nothing. Longer if a gateway was still to send the batch: a gateway that seems dead may
   * only be suspended, and send the batch later.
   */
  #settleMsOf({ sender }: StoredOutcome): number {
    return this.#options.settleMs + (sender === null ? 0 : beginWithinMs);
  }

  async #readFor(wanted: readonly Watched[], isWhole: boolean): Promise<void> {
    const begunAt = performance.now();
    const search = await this.#search.run(
      wanted.map(({ outcome }) => outcome),
      isWhole,
    );
    // Aborted reads look like journals that can't be read.
    this.#closing.signal.throwIfAborted();
    const open = await this.#settleFound(wanted, search);
    for (const watched of open) watched.unsettledSince ??= begunAt;
    if (isWhole) await this.#settleOver(open, search, begunAt);
  }

  /**
   * Settles the batches that were searched for long enough. Each settled batch may show which journals belong to the
   * remaining ones.
   */
  async #settleOver(unsettled: readonly Watched[], search: BatchSearch, now: number): Promise<void> {
    let open = unsettled;
    for (let before = Infinity; open.length < before;) {
      before = open.length;
      for (const watched of open) if (this.#isOver(watched, now)) await this.#settleMissing(watched, search);
      open = open.filter(({ outcome }) => this.#watched.has(outcome.id));
      open = await this.#settleFound(open, search, now);
    }
    const stuck = open.filter((watched) => {
      // A journal that can't be read now may be readable later.
      const { mayBeHidden } = findBatchJournals(watched.outcome, search);
      return this.#isOver(watched, now, mayBeHidden ? 2 : 1);
    });
    for (const { outcome } of this.#unresolvable(stuck, search, now)) await this.#settleAmbiguous(outcome, search);
  }

  /**
   * Settles the batches whose journals all exist. A journal belongs to one batch only, so after each settled batch the
   * remaining ones are checked again.
   *
   * @param now the time of a whole search, which shows every journal of the batches that were searched for long enough
   * @returns the batches that were not settled
   */
  async #settleFound(open: readonly Watched[], search: BatchSearch, now: number | null = null): Promise<Watched[]> {
    const missing: Watched[] = [];
    for (const watched of open) {
      const { outcome } = watched;
      const isOver = now !== null && this.#isOver(watched, now);
      const items = findBatchJournals(outcome, search).items ?? (isOver ? findOnlyJournals(outcome, search) : null);
      if (items) await this.#settleDone(outcome, items, search);
      else missing.push(watched);
      // A search with thousands of entries must not block the event loop.
      await nextTurn();
    }
    return missing.length < open.length ? this.#settleFound(missing, search, now) : missing;
  }

  async #settleDone({ id, idempotencyKey }: StoredOutcome, items: BatchItem[], search: BatchSearch): Promise<void> {
    await this.#options.store.settleDone(id, items, 'readings');
    search.settled.add(id);
    for (const { journal } of items) search.claimed.add(journal.id);
    const fields = { idempotencyKey, journals: items.length };
    this.#options.log.info(fields, 'reverse batch was done: its journals were found');
    this.#watched.delete(id);
  }

  /** Settles a batch as not done if none of the journals found can belong to it. */
  async #settleMissing({ outcome }: Watched, search: BatchSearch): Promise<void> {
    const { store, log } = this.#options;
    const { similar, mayBeHidden } = findBatchJournals(outcome, search);
    if (mayBeHidden || !(similar.length === 0 || isExplainedByOthers(outcome, similar, search))) return;
    await store.settle(outcome.id, 'notDone');
    this.#options.onNotDone(outcome);
    search.settled.add(outcome.id);
    log.warn({ idempotencyKey: outcome.idempotencyKey }, 'reverse batch was not done: none of its journals was found');
    this.#watched.delete(outcome.id);
  }

  /**
   * Returns the batches that further readings can't settle. When a rival of a batch is settled, this shows which
   * journals the rival owns. So a batch is unresolvable only if all of its rivals are.
   */
  #unresolvable(stuck: readonly Watched[], search: BatchSearch, now: number): readonly Watched[] {
    const rivals = new Map(stuck.map(({ outcome }) => [outcome.id, findBatchJournals(outcome, search).rivals]));
    let unresolvable = stuck;
    for (let before = Infinity; unresolvable.length < before;) {
      before = unresolvable.length;
      const ids = new Set(unresolvable.map(({ outcome }) => outcome.id));
      unresolvable = unresolvable.filter(({ outcome, unsettledSince }) => {
        const mayBeInFlight = now - (unsettledSince ?? now) < this.#options.settleMs + longestCallMs;
        const mayBeSettled = ({ id, state }: StoredOutcome) =>
          !ids.has(id) && (this.#watched.has(id) || (state === 'open' && mayBeInFlight));
        return !rivals.get(outcome.id)?.some(mayBeSettled);
      });
    }
    return unresolvable;
  }

  async #settleAmbiguous(outcome: StoredOutcome, search: BatchSearch): Promise<void> {
    const { id, idempotencyKey } = outcome;
    const { similar } = findBatchJournals(outcome, search);
    await this.#options.store.settle(id, 'ambiguous');
    const fields = { idempotencyKey, similar: similar.length };
    this.#options.log.error(fields, 'reverse batch is ambiguous: an operator must check it');
    this.#watched.delete(id);
  }
}
