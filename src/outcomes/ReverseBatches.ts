import { createHash } from 'node:crypto';

import { canonicalDecimal } from '../domain/decimal.ts';
import type { Instant } from '../domain/instant.ts';
import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';
import { IdempotencyConflictError } from '../errors/refusals.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';
import { Fault, OutcomeUnknownError, RateLimitedError, UpstreamUnavailableError } from '../errors/faults.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import type { ReadEvents } from './JournalSearch.ts';
import type { Awaitable, NewIntent, OutcomeStore, StoredOutcome } from './OutcomeStore.ts';
import { beginWithinMs, Reconciler } from './Reconciler.ts';
import type { RedisOutcomeStore } from './RedisOutcomeStore.ts';
import { SharedReconciling } from './SharedReconciling.ts';

export interface ReverseBatchesOptions {
  client: JournalsClient;
  store: OutcomeStore;
  /** The same store, if gateways share it; null or undefined otherwise. */
  shared?: RedisOutcomeStore | null;
  clock: ApiClock;
  readEvents: ReadEvents;
  log: Log;
  /** How long readings must find none of its journals before a batch counts as not done, in ms. Default 60,000. */
  settleMs?: number;
  /** Called when a batch whose response was lost is known not to have been done. */
  onNotDone?: (outcome: StoredOutcome) => void;
}

export interface ReverseBatchOutcome {
  items: BatchItem[];
  /** Whether this is the outcome of an earlier call with the same key. */
  replayed: boolean;
}

/** How long a mutation waits for readings to settle its batch, in ms. */
const settleTimeoutMs = 3_000;
/** How long the client should wait before it repeats the mutation, in ms. */
const retryAfterMs = 2_000;
/** The age up to which a repeat of an ambiguous batch starts a new reading, in ms. */
const maxAmbiguousReadingMs = 3_600_000;

/**
 * Adds idempotency keys to the reverse batch, for which the API does not support them. Each batch is sent at most once
 * per key, repeats and concurrent calls get the outcome of the first call, and batches whose response was lost are
 * reconciled. A batch that the API refuses is removed, so that its key can be used again.
 */
export class ReverseBatches {
  readonly #options: ReverseBatchesOptions;
  readonly #reconciler: Reconciler;
  readonly #sharing: SharedReconciling | null;
  readonly #inFlight = new Map<string, { fingerprint: string; outcome: Promise<ReverseBatchOutcome> }>();

  constructor(options: ReverseBatchesOptions) {
    const { shared, clock, log, settleMs = 60_000, onNotDone = () => undefined } = options;
    const learnTime = (signal: AbortSignal) => this.#learnTime(signal);
    const reconciler = new Reconciler({ ...options, learnTime, settleMs, onNotDone });
    this.#options = options;
    this.#reconciler = reconciler;
    this.#sharing = shared ? new SharedReconciling({ store: shared, reconciler, clock, log }) : null;
  }

  /** Resumes the reconciliation of batches that an earlier process left open. */
  async start(): Promise<void> {
    if (this.#sharing) {
      this.#sharing.start();
      return;
    }
    const open = (await this.#options.store.unsettled()).filter(({ state }) => state === 'open');
    for (const outcome of open) this.#reconciler.watch(outcome);
    if (open.length > 0)
      this.#options.log.warn({ open: open.length }, 'reconciling reverse batches of unknown outcome');
  }

  async close(): Promise<void> {
    await this.#sharing?.close();
    await this.#reconciler.close();
  }

  /**
   * @param scope separates the keys of different principals
   * @throws IdempotencyConflictError if the key was used with a different input; otherwise the errors of
   *   `JournalsClient`
   */
  async create(scope: string, idempotencyKey: string, batch: NewReverseBatch): Promise<ReverseBatchOutcome> {
    const name = JSON.stringify([scope, idempotencyKey]);
    const fingerprint = hashOf(batch);
    const first = this.#inFlight.get(name);
    if (first && first.fingerprint !== fingerprint) throw conflict(idempotencyKey);
    if (first) return { ...(await first.outcome), replayed: true };
    const outcome = this.#create(scope, idempotencyKey, batch, fingerprint).finally(() => this.#inFlight.delete(name));
    this.#inFlight.set(name, { fingerprint, outcome });
    return outcome;
  }

  async #create(
    scope: string,
    idempotencyKey: string,
    batch: NewReverseBatch,
    fingerprint: string,
  ): Promise<ReverseBatchOutcome> {
    const { clock } = this.#options;
    const replay = await this.#replay(scope, idempotencyKey, fingerprint);
    if (replay) return replay;
    await this.#learnTime();
    // After this time, another gateway may consider this one dead and settle the batch as not done.
    const beginBy = this.#sharing ? performance.now() + beginWithinMs : undefined;
    const intent = { idempotencyKey, fingerprint, batch: canonical(batch), intendedAtMs: clock.earliestNow() };
    const outcome = await this.#intend(scope, intent);
    if (outcome) return { items: await this.#send(outcome, batch, beginBy), replayed: false };
    const first = await this.#replay(scope, idempotencyKey, fingerprint);
    if (first) return first;
    const message = 'nothing was sent: another call with this key has just failed';
    throw new UpstreamUnavailableError(message, { retryAt: soon() });
  }

  /** The outcome of an earlier call with the same key; null if there was none. */
  async #replay(scope: string, idempotencyKey: string, fingerprint: string): Promise<ReverseBatchOutcome | null> {
    const stored = await this.#find(scope, idempotencyKey);
    if (!stored) return null;
    if (stored.fingerprint !== fingerprint) throw conflict(idempotencyKey);
    return { items: await this.#answer(stored), replayed: true };
  }

  /** Reads the API's time from a response, unless it is known: intents are dated by it. Even a refusal states the time. */
  async #learnTime(signal?: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    const isKnown = () => clock.isKnown;
    if (isKnown()) return;
    const failure: unknown = await client.list({ limit: 1 }, signal).catch((error: unknown) => error);
    if (isKnown()) return;
    if (failure instanceof RateLimitedError) throw failure;
    const reason = failure instanceof Error ? failure.message : 'its answers have no date';
    const retryAt = failure instanceof Fault ? failure.retryAt : null;
    throw new UpstreamUnavailableError(`nothing was sent: the API's time is unknown: ${reason}`, { retryAt });
  }

  /** Stores an intent before the batch is sent: without it, the batch would not be reconciled after a crash. */
  async #intend(scope: string, intent: NewIntent): Promise<StoredOutcome | null> {
    try {
      return await this.#options.store.intend(scope, intent);
    } catch (cause) {
      this.#options.log.error({ err: cause }, 'the outcome store could not be written');
      const message = "nothing was sent: the gateway's outcome store can't be written";
      throw new UpstreamUnavailableError(message, { cause, retryAt: this.#sharing ? soon() : null });
    }
  }

  async #send(outcome: StoredOutcome, batch: NewReverseBatch, beginBy: number | undefined): Promise<BatchItem[]> {
    const { client, store, log } = this.#options;
    try {
      const items = await client.createReverseBatch(batch, outcome.idempotencyKey, beginBy);
      await this.#tryWrite(async () => {
        const taken = await store.settleDone(outcome.id, items);
        if (taken.length > 0) log.error({ journals: taken }, 'these journals were attributed to another reverse batch');
      });
      return items;
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) {
        await this.#tryWrite(() => store.forget(outcome.id));
        throw error;
      }
      const { requestId, idempotencyKey } = error;
      await this.#tryWrite(() => store.noteLost(outcome.id, requestId));
      log.warn({ idempotencyKey, upstreamRequestId: requestId }, 'reconciling a reverse batch of unknown outcome');
      return this.#answer({ ...outcome, requestId, sender: null });
    }
  }

  /**
   * Returns the journals of a stored outcome, or throws. First waits for readings if they may still settle the outcome.
   */
  async #answer(outcome: StoredOutcome): Promise<BatchItem[]> {
    const { store, clock } = this.#options;
    const isOld = clock.latestNow() - outcome.intendedAtMs > maxAmbiguousReadingMs;
    if (outcome.state === 'open' || (outcome.state === 'ambiguous' && !isOld)) await this.#settled(outcome);
    const current = await this.#read(outcome.idempotencyKey, () => store.get(outcome.id));
    const { state, items, requestId, idempotencyKey } = current ?? outcome;
    if (items) return items;
    if (state === 'notDone') throw new UpstreamUnavailableError('nothing was done; use a new key', { requestId });
    const [message, retryAt] = state === 'open' ? [lost, soon()] : [ambiguous, null];
    throw new OutcomeUnknownError(message, idempotencyKey, { requestId, retryAt });
  }

  async #settled(outcome: StoredOutcome): Promise<void> {
    // If the store can't be read, the read that follows throws.
    if (this.#sharing) return this.#sharing.settled(outcome, settleTimeoutMs).catch(() => undefined);
    this.#reconciler.watch(outcome);
    await this.#reconciler.settled(outcome.id, settleTimeoutMs);
  }

  /**
   * Finds the outcome of a key. If a shared store can't be read, the error states that nothing was sent, unless this
   * gateway knows of an earlier call with the key.
   */
  #find(scope: string, idempotencyKey: string): Promise<StoredOutcome | null> {
    const { store, shared } = this.#options;
    return this.#read(idempotencyKey, () => store.find(scope, idempotencyKey)).catch((error: unknown) => {
      if (!shared || shared.knows(scope, idempotencyKey)) throw error;
      throw new UpstreamUnavailableError(notNow, { retryAt: soon(), cause: error });
    });
  }

  /** Reads from the store. If the store can't be read, the key may have been used, so the outcome is unknown. */
  async #read(idempotencyKey: string, read: () => Awaitable<StoredOutcome | null>): Promise<StoredOutcome | null> {
    try {
      return await read();
    } catch (cause) {
      this.#options.log.error({ err: cause, idempotencyKey }, 'the outcome store could not be read');
      throw new OutcomeUnknownError(unreadable, idempotencyKey, { retryAt: soon(), cause });
    }
  }

  /**
   * Logs a failed write: the client gets the outcome even if it can't be stored. The batch stays open and is reconciled
   * later.
   */
  async #tryWrite(write: () => Awaitable<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#options.log.error({ err: error }, 'the outcome store could not be written');
    }
  }
}

const unreadable =
  'nothing was sent by this call, but an earlier call may have used this key: the outcome store could not be read';
const notNow =
  'nothing was sent by this call: the outcomes of reverse batches are not available now; send it again with the same key';
const lost = 'the answer was lost and the gateway is looking for the journals: repeat the mutation with this key';
const ambiguous =
  'the answer was lost, and the journals found are incomplete, only similar, or possibly of another batch: an operator must check';

function soon(): Instant {
  return new Date(Date.now() + retryAfterMs).toISOString();
}

/** Returns the same value for equal inputs: `10` and `10.0` are the same amount, and null is the same as absent. */
function canonical({ toAccount, currency, entries }: NewReverseBatch): NewReverseBatch {
  return {
    toAccount,
    currency: currency ?? null,
    entries: entries.map(({ fromAccount, amount, description }) => ({
      fromAccount,
      amount: canonicalDecimal(amount),
      description: description ?? null,
    })),
  };
}

function hashOf(batch: NewReverseBatch): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(batch)))
    .digest('base64');
}

function conflict(idempotencyKey: string): IdempotencyConflictError {
  const message = 'this idempotency key was already used with another input';
  return new IdempotencyConflictError({ message, requestId: null, upstreamCode: null }, idempotencyKey);
}
