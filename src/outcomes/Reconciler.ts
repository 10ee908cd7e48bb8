import { LRUCache } from 'lru-cache';

import { entryKey, identityOfJournal } from '../domain/entryIdentity.ts';
import { instantMs } from '../domain/instant.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';
import type { Log } from '../log.ts';
import type { JournalsClient } from '../upstream/JournalsClient.ts';

import type { OutcomeStore, StoredOutcome } from './OutcomeStore.ts';
import { Wakeup } from './Wakeup.ts';

/** Events since a moment, oldest first, up to now. */
export type ReadEvents = (sinceMs: number, signal: AbortSignal) => AsyncIterable<JournalStatusEvent>;

export interface ReconcilerOptions {
  store: OutcomeStore;
  client: JournalsClient;
  readEvents: ReadEvents;
  log: Log;
  /** How long readings have to find nothing before a batch counts as not done, in ms. */
  settleMs: number;
}

/** A journal that some lost batch may have made. */
interface Candidate extends BatchItem {
  /** As what entry. */
  key: string;
  /** When its first event says that it began, in unix ms by the API's clock. */
  beganMs: number;
}

interface Watched {
  outcome: StoredOutcome;
  since: number;
  nextReadingAt: number;
}

/** The pause between two readings grows with the age of what they look for, in ms. */
const firstPauseMs = 200;
const longestPauseMs = 5_000;
/** Journals that are read side by side. */
const readsAtOnce = 8;

/**
 * Finds out what became of reverse batches whose answer was lost, by what the API shows: journals into the account,
 * begun at or after the intent, that no other outcome owns, one for each entry. It only reads; docs/money.md says what
 * that proves.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #watched = new Map<number, Watched>();
  readonly #journals = new LRUCache<string, Journal>({ max: 20_000 });
  readonly #closing = new AbortController();
  /** Somebody has something new to look for. */
  readonly #asked = new Wakeup();
  /** A reading is over. */
  readonly #read = new Wakeup();
  #running: Promise<void> | null = null;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Looks for it until its fate is known, beginning now. */
  watch(outcome: StoredOutcome): void {
    const since = performance.now();
    const known = this.#watched.get(outcome.id);
    this.#watched.set(outcome.id, { outcome, since: known?.since ?? since, nextReadingAt: since });
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
      for (const watched of due) watched.nextReadingAt = now + pauseAfter(now - watched.since);
      await this.#readFor(due.map(({ outcome }) => outcome)).catch((error: unknown) => {
        if (!signal.aborted) this.#options.log.warn({ err: error, open: due.length }, 'reconciliation could not read');
      });
      this.#read.wake();
    }
  }

  async #readFor(outcomes: readonly StoredOutcome[]): Promise<void> {
    const startedMs = Date.now();
    const candidates = await this.#candidatesOf(outcomes);
    for (const outcome of outcomes) this.#judge(outcome, candidates, startedMs);
  }

  /** Journals that began since the oldest of the intents, that nobody owns, and that some entry may have made. */
  async #candidatesOf(outcomes: readonly StoredOutcome[]): Promise<Candidate[]> {
    const { store, readEvents } = this.#options;
    const descriptions = new Set(outcomes.flatMap(({ batch }) => batch.entries.map(descriptionOf)));
    const began = new Map<string, number>();
    const problems = new Map<string, string>();
    const sinceMs = Math.min(...outcomes.map(({ intendedAtMs }) => intendedAtMs));
    for await (const event of readEvents(sinceMs, this.#closing.signal)) {
      if (event.batchErrorMessage !== null) problems.set(event.journalId, event.batchErrorMessage);
      // An event need not carry the description that its journal has.
      const mayFit = event.description === null || descriptions.has(event.description);
      if (event.statusFrom === null && event.entryType !== 'JNLS' && mayFit) {
        began.set(event.journalId, instantMs(event.at));
      }
    }
    const unowned = [...began].filter(([id]) => !store.isClaimed(id));
    const candidates: Candidate[] = [];
    while (unowned.length > 0) {
      const read = await Promise.all(
        unowned.splice(0, readsAtOnce).map(([id, ms]) => this.#candidate(id, ms, problems)),
      );
      candidates.push(...read.filter((candidate) => candidate !== null));
    }
    return candidates;
  }

  async #candidate(id: string, beganMs: number, problems: Map<string, string>): Promise<Candidate | null> {
    // What tells one journal from another never changes.
    const journal = this.#journals.get(id) ?? (await this.#options.client.get(id, this.#closing.signal));
    if (!journal) return null;
    this.#journals.set(id, journal);
    const key = entryKey(identityOfJournal(journal, journal.fromAccount));
    return { journal, errorMessage: problems.get(id) ?? null, key, beganMs };
  }

  #judge(outcome: StoredOutcome, candidates: readonly Candidate[], startedMs: number): void {
    const { store, log, settleMs } = this.#options;
    const { id, batch, idempotencyKey } = outcome;
    const belongs = mayBelongTo(outcome);
    const found = candidates.filter((candidate) => belongs(candidate) && !store.isClaimed(candidate.journal.id));
    const chosen = oneForEachEntry(batch, found);
    if (chosen && !this.#isContested(outcome, chosen)) {
      store.settleDone(id, chosen);
      log.info({ idempotencyKey, journals: chosen.length }, 'reverse batch was done: its journals were found');
    } else if (outcome.missingSinceMs === null) {
      outcome.missingSinceMs = startedMs;
      store.noteMissing(id, startedMs);
      return;
    } else if (startedMs - outcome.missingSinceMs < settleMs) {
      return;
    } else if (found.length === 0) {
      store.settleNotDone(id);
      log.warn({ idempotencyKey }, 'reverse batch was not done: no journal of it was found');
    } else {
      store.settleAmbiguous(id);
      log.error({ idempotencyKey, found: found.length }, 'reverse batch is ambiguous: a person must look');
    }
    this.#watched.delete(id);
  }

  /** Another batch of unknown fate, one under way included, could own one of them just as well. */
  #isContested({ id }: StoredOutcome, chosen: readonly Candidate[]): boolean {
    const others = this.#options.store.unsettled().filter((other) => other.id !== id);
    return others.some((other) => chosen.some(mayBelongTo(other)));
  }
}

function pauseAfter(ageMs: number): number {
  return Math.min(longestPauseMs, Math.max(firstPauseMs, ageMs / 4));
}

function descriptionOf({ description }: NewReverseBatch['entries'][number]): string {
  return description ?? '';
}

function keysOf({ entries }: NewReverseBatch): string[] {
  return entries.map((entry) =>
    entryKey({ account: entry.fromAccount, amount: entry.amount, description: descriptionOf(entry) }),
  );
}

function mayBelongTo({ batch, intendedAtMs }: StoredOutcome): (candidate: Candidate) => boolean {
  const keys = new Set(keysOf(batch));
  const toAccount = batch.toAccount.toLowerCase();
  return ({ journal, beganMs, key }) =>
    journal.toAccount.toLowerCase() === toAccount && beganMs >= intendedAtMs && keys.has(key);
}

/** A journal for each entry, each at most once; null when one is missing. */
function oneForEachEntry(batch: NewReverseBatch, found: readonly Candidate[]): Candidate[] | null {
  const waiting = new Map<string, Candidate[]>();
  for (const candidate of found) waiting.set(candidate.key, [...(waiting.get(candidate.key) ?? []), candidate]);
  const chosen: Candidate[] = [];
  for (const key of keysOf(batch)) {
    const candidate = waiting.get(key)?.shift();
    if (!candidate) return null;
    chosen.push(candidate);
  }
  return chosen;
}
