import { Cancellation } from '../../concurrency/Cancellation.ts';
import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import { AbandonedError, DeadlineExceededError } from '../../errors/cancellation.ts';

import type { Client } from './OperationRequest.ts';

/**
 * The cancel signal and the deadline of one operation: the signal is aborted when the client disconnects or the
 * deadline passes. The signal, its timer and its listener are created on first use, and many operations never use the
 * signal.
 */
export class Lifetime {
  readonly #client: Client;
  readonly #deadlineMs: number;
  #startedAt: number | null = null;
  #isOver = false;
  #cancellation: Cancellation | null = null;
  #timer: NodeJS.Timeout | undefined;
  #abandon: (() => void) | null = null;

  constructor(client: Client, deadlineMs: number) {
    this.#client = client;
    this.#deadlineMs = deadlineMs;
  }

  /** Aborted with an `AbandonedError` or a `DeadlineExceededError`. */
  get signal(): CancelSignal {
    this.#cancellation ??= this.#createCancellation();
    return this.#cancellation;
  }

  /** Starts the deadline. Not called for subscriptions, which have none. */
  startDeadline(): void {
    this.#startedAt = performance.now();
    if (this.#cancellation) this.#setTimer(this.#cancellation, this.#startedAt);
  }

  /** Stops the deadline until `resume` is called. */
  pause(): void {
    this.#startedAt = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Restarts the deadline from its full length. */
  resume(): void {
    if (!this.#isOver) this.startDeadline();
  }

  /** Call it when the operation has ended: the signal is not aborted afterwards. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    if (this.#abandon) this.#client.removeListener(this.#abandon);
  }

  #createCancellation(): Cancellation {
    const cancellation = new Cancellation();
    if (this.#isOver) return cancellation;
    if (this.#client.isGone) {
      cancellation.abort(new AbandonedError());
      return cancellation;
    }
    this.#abandon = () => cancellation.abort(new AbandonedError());
    this.#client.whenGone(this.#abandon);
    if (this.#startedAt !== null) this.#setTimer(cancellation, this.#startedAt);
    return cancellation;
  }

  #setTimer(cancellation: Cancellation, startedAt: number): void {
    const abort = () => cancellation.abort(new DeadlineExceededError(this.#deadlineMs));
    const leftMs = startedAt + this.#deadlineMs - performance.now();
    if (leftMs <= 0) abort();
    else this.#timer = setTimeout(abort, leftMs);
  }
}
