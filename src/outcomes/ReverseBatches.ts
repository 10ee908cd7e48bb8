import { createHash } from 'node:crypto';

import { canonicalDecimal } from '../domain/decimal.ts';
import type { Instant } from '../domain/instant.ts';
import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';
import { IdempotencyConflictError } from '../errors/refusals.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';
import { Fault, OutcomeUnknownError, RateLimitedError, UpstreamUnavailableError } from '../errors/faults.ts';
import type { JournalsClient } from '../upstream/journals/JournalsClient.ts';

import type { OutcomeStore, StoredOutcome } from './OutcomeStore.ts';
import { Reconciler } from './Reconciler.ts';
import type { ReadEvents } from './Reconciler.ts';

export interface ReverseBatchesOptions {
  client: JournalsClient;
  store: OutcomeStore;
  clock: ApiClock;
  readEvents: ReadEvents;
  log: Log;
  /** How long a batch has to be missing before it counts as not done, in ms. Default 60,000. */
  settleMs?: number;
}

/** What became of a key. */
export interface ReverseBatchOutcome {
  items: BatchItem[];
  /** An earlier call had used the key, and this is its outcome. */
  replayed: boolean;
}

/** How long an answer waits for readings that may settle it, in ms. */
const patienceMs = 3_000;
/** When the next repeat may learn more, in ms. */
const retryAfterMs = 2_000;
/** For so long another reading may still clear up what was ambiguous, in ms. */
const worthReadingMs = 3_600_000;

/**
 * Gives the reverse batch what the API lacks: a key is sent at most once, a repeat gets the first one's outcome, a twin
 * waits for it, and a lost answer is looked for. What the API itself said was not done leaves no trace, so that the key
 * can be used again.
 */
export class ReverseBatches {
  readonly #options: ReverseBatchesOptions;
  readonly #reconciler: Reconciler;
  readonly #underWay = new Map<string, { fingerprint: string; outcome: Promise<ReverseBatchOutcome> }>();

  constructor(options: ReverseBatchesOptions) {
    this.#options = options;
    const learnTime = (signal: AbortSignal) => this.#learnTime(signal);
    this.#reconciler = new Reconciler({ ...options, learnTime, settleMs: options.settleMs ?? 60_000 });
  }

  /** Takes up what an earlier process left open. */
  start(): void {
    const open = this.#options.store.unsettled().filter(({ state }) => state === 'open');
    for (const outcome of open) this.#reconciler.watch(outcome);
    if (open.length > 0)
      this.#options.log.warn({ open: open.length }, 'reverse batches of unknown outcome are looked for');
  }

  async close(): Promise<void> {
    await this.#reconciler.close();
  }

  /**
   * @param scope keeps the keys of one principal apart from those of others
   * @throws IdempotencyConflictError when the key was used with another input; else as `JournalsClient`
   */
  async create(scope: string, idempotencyKey: string, batch: NewReverseBatch): Promise<ReverseBatchOutcome> {
    const name = JSON.stringify([scope, idempotencyKey]);
    const fingerprint = fingerprintOf(batch);
    const known = this.#underWay.get(name);
    if (known && known.fingerprint !== fingerprint) throw conflict(idempotencyKey);
    if (known) return { ...(await known.outcome), replayed: true };
    const outcome = this.#create(scope, idempotencyKey, batch, fingerprint).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, { fingerprint, outcome });
    return outcome;
  }

  async #create(
    scope: string,
    idempotencyKey: string,
    batch: NewReverseBatch,
    fingerprint: string,
  ): Promise<ReverseBatchOutcome> {
    const { store, clock } = this.#options;
    const stored = this.#read(idempotencyKey, () => store.find(scope, idempotencyKey));
    if (stored && stored.fingerprint !== fingerprint) throw conflict(idempotencyKey);
    if (stored) return { items: await this.#answer(stored), replayed: true };
    await this.#learnTime();
    const intent = { idempotencyKey, fingerprint, batch: canonical(batch), intendedAtMs: clock.earliestNow() };
    return { items: await this.#send(this.#intend(scope, intent), batch), replayed: false };
  }

  /** An intent is dated by the API's clock; any answer of it tells the time, a refusal too. */
  async #learnTime(signal?: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    const isKnown = () => clock.isKnown;
    if (isKnown()) return;
    const failure: unknown = await client.list({ limit: 1 }, signal).then(
      () => null,
      (error: unknown) => error,
    );
    if (isKnown()) return;
    if (failure instanceof RateLimitedError) throw failure;
    const reason = failure instanceof Error ? failure.message : 'it tells none';
    const retryAt = failure instanceof Fault ? failure.retryAt : null;
    throw new UpstreamUnavailableError(`nothing was sent: the API's time is not known: ${reason}`, { retryAt });
  }

  /** Without the intent on the disk nothing is sent: a crash would leave money that nobody looks for. */
  #intend(scope: string, intent: Parameters<OutcomeStore['intend']>[1]): StoredOutcome {
    try {
      return this.#options.store.intend(scope, intent);
    } catch (cause) {
      this.#options.log.error({ err: cause }, 'the outcome store can not be written');
      throw new UpstreamUnavailableError("nothing was sent: the gateway's outcome store can't be written", { cause });
    }
  }

  async #send(outcome: StoredOutcome, batch: NewReverseBatch): Promise<BatchItem[]> {
    const { client, store, log } = this.#options;
    try {
      const items = await client.createReverseBatch(batch, outcome.idempotencyKey);
      this.#keep(() => {
        const taken = store.settleDone(outcome.id, items);
        if (taken.length > 0)
          log.error({ journals: taken }, 'another reverse batch was told to have made these journals');
      });
      return items;
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) {
        this.#keep(() => store.forget(outcome.id));
        throw error;
      }
      const { requestId, idempotencyKey } = error;
      if (requestId !== null) this.#keep(() => store.noteRequestId(outcome.id, requestId));
      log.warn({ idempotencyKey, upstreamRequestId: requestId }, 'reverse batch of unknown outcome is looked for');
      return this.#answer({ ...outcome, requestId });
    }
  }

  /** What is known by now, after a look at what the API shows where that may help. */
  async #answer(outcome: StoredOutcome): Promise<BatchItem[]> {
    const { store, clock } = this.#options;
    const isOld = clock.latestNow() - outcome.intendedAtMs > worthReadingMs;
    if (outcome.state === 'open' || (outcome.state === 'ambiguous' && !isOld)) {
      this.#reconciler.watch(outcome);
      await this.#reconciler.settled(outcome.id, patienceMs);
    }
    const known = this.#read(outcome.idempotencyKey, () => store.get(outcome.id));
    const { state, items, requestId, idempotencyKey } = known ?? outcome;
    if (items) return items;
    if (state === 'notDone') throw new UpstreamUnavailableError('nothing was done; use a new key', { requestId });
    const isOpen = state === 'open';
    throw new OutcomeUnknownError(isOpen ? lost : ambiguous, idempotencyKey, {
      requestId,
      retryAt: isOpen ? soon() : null,
    });
  }

  /** What can't be read may say that the key was used: nobody is told that nothing was done. */
  #read(idempotencyKey: string, read: () => StoredOutcome | null): StoredOutcome | null {
    try {
      return read();
    } catch (cause) {
      this.#options.log.error({ err: cause, idempotencyKey }, 'the outcome store can not be read');
      throw new OutcomeUnknownError(unreadable, idempotencyKey, { retryAt: soon(), cause });
    }
  }

  /** The answer is known whether or not it can be written down; what isn't stays open, and is found by reading. */
  #keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#options.log.error({ err: error }, 'the outcome store can not be written');
    }
  }
}

const unreadable = "nothing is sent now, and what became of this key before can't be read: the outcome store fails";
const lost = 'the answer was lost, and the journals are looked for: repeat the mutation with this key';
const ambiguous =
  'the answer was lost, and the journals found are similar, not all of it, or possibly of another batch: a person must look';

function soon(): Instant {
  return new Date(Date.now() + retryAfterMs).toISOString();
}

/** What makes two inputs the same request: not the spelling of an amount, nor whether null was said or left out. */
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

function fingerprintOf(batch: NewReverseBatch): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(batch)))
    .digest('base64');
}

function conflict(idempotencyKey: string): IdempotencyConflictError {
  const message = 'this idempotency key was used before, with another input';
  return new IdempotencyConflictError({ message, requestId: null, upstreamCode: null }, idempotencyKey);
}
