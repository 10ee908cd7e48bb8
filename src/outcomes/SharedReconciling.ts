import { pause } from '../concurrency/waitFor.ts';
import { messageOf } from '../errors/messageOf.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';

import type { StoredOutcome } from './OutcomeStore.ts';
import type { Reconciler } from './Reconciler.ts';
import type { RedisOutcomeStore } from './RedisOutcomeStore.ts';

export interface SharedReconcilingOptions {
  store: RedisOutcomeStore;
  reconciler: Reconciler;
  clock: ApiClock;
  log: Log;
}

/** Pause between two polls for unsettled batches that no running call will settle, in ms. */
const pollMs = 500;
/** Pauses between two reads of an outcome that another gateway settles, in ms. */
const firstPollMs = 25;
const longestPollMs = 250;
/** The age from which a call has certainly ended, in ms, even if its gateway has not stored that. */
const maxCallMs = 90_000;
/** How long a repeat waits at most, in ms: for the end of the first call and then for the batch to be settled. */
const longestWaitMs = 35_000;

/** Makes one of several gateways search for reverse batches whose answer was lost. The others wait for its results. */
export class SharedReconciling {
  readonly #options: SharedReconcilingOptions;
  readonly #closing = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: SharedReconcilingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    await this.#options.store.release();
  }

  /**
   * Waits until an outcome is done or not done; an ambiguous outcome does not end the wait.
   *
   * @param timeoutMs how long to wait after the call that sent the batch has ended
   * @throws RedisUnavailableError
   */
  async settled({ id }: StoredOutcome, timeoutMs: number): Promise<void> {
    const { store } = this.#options;
    const { signal } = this.#closing;
    const lastMs = performance.now() + longestWaitMs;
    let endsAt: number | null = null;
    for (let pauseMs = firstPollMs; ; pauseMs = Math.min(longestPollMs, pauseMs * 1.5)) {
      const current = await store.get(id);
      if (!current || current.state === 'done' || current.state === 'notDone') return;
      const now = performance.now();
      if (endsAt === null && !this.#mayBeRunning(current)) {
        await store.ask(id);
        endsAt = now + timeoutMs;
      }
      if (now >= Math.min(endsAt ?? lastMs, lastMs) || signal.aborted) return;
      await pause(pauseMs, signal);
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#poll().catch((error: unknown) => this.#stopSearching(error));
      await pause(pollMs, signal);
    }
  }

  async #poll(): Promise<void> {
    const { store, reconciler } = this.#options;
    const isHolder = await store.hold();
    // Every gateway reads the unsettled outcomes, for its metrics and to correct the records of its own calls.
    const unsettled = await store.unsettled();
    const asked = isHolder ? await store.asked() : new Set<string>();
    const isWanted = (outcome: StoredOutcome) =>
      outcome.state === 'ambiguous'
        ? asked.has(outcome.id) || reconciler.isWatching(outcome.id)
        : !this.#mayBeRunning(outcome);
    reconciler.watchOnly(isHolder ? unsettled.filter(isWanted) : []);
  }

  /** Called when Redis has failed: the result of a search could not be stored. The next successful poll resumes. */
  #stopSearching(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#options.reconciler.watchOnly([]);
    this.#options.log.debug({ reason: messageOf(error) }, 'reconciling has stopped until redis is available');
  }

  /** Whether the call of an open outcome may still be running, unless the call is older than any call can be. */
  #mayBeRunning(outcome: StoredOutcome): boolean {
    const { store, clock } = this.#options;
    return store.isUnderWay(outcome) && clock.latestNow() - outcome.intendedAtMs < maxCallMs;
  }
}
