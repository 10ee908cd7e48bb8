import { AbandonedError, DeadlineExceededError } from '../../errors/cancellation.ts';

import type { Client } from './OperationRequest.ts';

/**
 * How long an operation may go on: until its client disconnects or its deadline passes. The signal, its timer and its
 * listener come into being when something asks for the signal, which many operations never do.
 */
export class Lifetime {
  readonly #client: Client;
  readonly #deadlineMs: number;
  #startedAt: number | null = null;
  #isOver = false;
  #controller: AbortController | null = null;
  #timer: NodeJS.Timeout | undefined;
  #unfollow: (() => void) | undefined;

  constructor(client: Client, deadlineMs: number) {
    this.#client = client;
    this.#deadlineMs = deadlineMs;
  }

  /** Aborted with an `AbandonedError` or a `DeadlineExceededError`. */
  get signal(): AbortSignal {
    this.#controller ??= this.#createController();
    return this.#controller.signal;
  }

  /** Starts the time until the deadline. A subscription has no deadline. */
  startDeadline(): void {
    this.#startedAt = performance.now();
    if (this.#controller) this.#setTimer(this.#controller, this.#startedAt);
  }

  /** To be called when the operation has ended: the signal is not aborted any more. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#unfollow?.();
  }

  #createController(): AbortController {
    const controller = new AbortController();
    if (this.#isOver) return controller;
    if (this.#client.isGone) {
      controller.abort(new AbandonedError());
      return controller;
    }
    this.#unfollow = this.#client.whenGone(() => controller.abort(new AbandonedError()));
    if (this.#startedAt !== null) this.#setTimer(controller, this.#startedAt);
    return controller;
  }

  #setTimer(controller: AbortController, startedAt: number): void {
    const abort = () => controller.abort(new DeadlineExceededError(this.#deadlineMs));
    const leftMs = startedAt + this.#deadlineMs - performance.now();
    if (leftMs <= 0) abort();
    else this.#timer = setTimeout(abort, leftMs);
  }
}
