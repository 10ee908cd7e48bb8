import { setImmediate as afterSending } from 'node:timers/promises';

import type { Session } from '../../auth/Session.ts';
import { Cancellation } from '../../concurrency/Cancellation.ts';
import { Notifier } from '../../concurrency/Notifier.ts';
import { waitFor } from '../../concurrency/waitFor.ts';
import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';

import { tooManyOperations } from '../../errors/limitErrors.ts';
import type { RunningKey, RunningOperations } from '../../engine/limits/RunningOperations.ts';
import type { LiveMessage } from '../../engine/live/LiveMessage.ts';
import type { LiveSink } from '../../engine/live/LiveSink.ts';
import type { Client } from '../../engine/operation/OperationRequest.ts';
import type { SocketWriter } from './SocketWriter.ts';

/** The payload of a `ping`: the position up to which the client has received all events. */
export interface FeedPosition {
  cursor: string;
  /** The operations that can resume after the cursor; others may still have events to receive. */
  ids: string[];
}

/** One operation of one socket, from its `subscribe` until its last message has been sent or the client cancels it. */
export class SocketOperation implements LiveSink, Client, RunningKey {
  readonly #cancelled = new Cancellation();
  readonly #running: RunningOperations;
  holds = 0;
  isSuspended = false;
  #isRunning = true;
  readonly #writer: SocketWriter;
  readonly id: string;
  /** A `next` message up to its payload, one character per byte; null before the first one. */
  #prefix: string | null = null;
  #isActive: (() => boolean) | null = null;
  readonly session: Session;
  readonly requestId: string;
  readonly mayWrite = true;
  readonly acceptsEvents = true;
  readonly takesPlace = false;
  /** Set when a subscription is opened. */
  progress: SubscriptionProgress | null = null;

  constructor(id: string, session: Session, requestId: string, options: SocketOperationsOptions) {
    this.session = session;
    this.requestId = requestId;
    this.#writer = options.writer;
    this.id = id;
    this.#running = options.running;
    this.#running.hold(this);
  }

  get runningKey(): this {
    return this;
  }

  /** True once the client has cancelled the operation or disconnected. */
  get isGone(): boolean {
    return this.#cancelled.aborted;
  }

  whenGone(listener: () => void): void {
    this.#cancelled.addEventListener('abort', listener);
  }

  removeListener(listener: () => void): void {
    this.#cancelled.removeEventListener('abort', listener);
  }

  sink(progress: SubscriptionProgress): this {
    this.progress = progress;
    return this;
  }

  deliver({ payload }: LiveMessage): void {
    this.#prefix ??= prefixOf(this.id);
    this.#isActive ??= () => !this.isGone;
    this.#writer.write(`${this.#prefix}${payload}}`, this.#isActive);
  }

  room(): Promise<void> | null {
    return this.#writer.room();
  }

  get whenSent(): Promise<void> {
    return this.#writer.whenSent;
  }

  get waitingBytes(): number {
    return this.#writer.waitingBytes;
  }

  /**
   * Call it just before the last message is sent. Fulfilled when that message has been sent; a shutdown waits for this.
   */
  async end(): Promise<void> {
    await afterSending();
    await this.#writer.whenSent;
    this.#release();
  }

  /** Drops the results of the operation. A mutation still completes, and the engine counts it as running until then. */
  cancel(): void {
    this.#cancelled.abort();
    this.#release();
  }

  #release(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#running.release(this);
  }

  /**
   * The promise never settles once the operation is cancelled, because the id may already belong to another operation.
   */
  unlessCancelled<Result>(pending: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      pending.then(
        (result) => this.isGone || resolve(result),
        (error: unknown) => this.isGone || reject(error as Error),
      );
    });
  }
}

function prefixOf(id: string): string {
  return Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`, 'utf8').toString('latin1');
}

export interface SocketOperationsOptions {
  /** Prefix of the operations' request ids. */
  socketId: string;
  running: RunningOperations;
  writer: SocketWriter;
  /** Maximum number of operations at a time. */
  max: number;
}

/** The operations of one socket by the ids that the client chose. */
export class SocketOperations {
  readonly #options: SocketOperationsOptions;
  #begun = 0;
  readonly #idle = new Notifier();
  readonly #operations = new Map<string, SocketOperation>();
  /** Operations whose last message is still being sent. Their ids are free again, but they still count. */
  readonly #ending = new Set<SocketOperation>();

  constructor(options: SocketOperationsOptions) {
    this.#options = options;
  }

  /** @throws GraphQLError if too many operations are running on the socket */
  begin(id: string, session: Session): SocketOperation {
    const { max, socketId } = this.#options;
    if (this.#count >= max) throw tooManyOperations(max);
    this.#begun += 1;
    const operation = new SocketOperation(id, session, `${socketId}/${this.#begun}`, this.#options);
    this.#operations.set(id, operation);
    return operation;
  }

  end(id: string): void {
    const operation = this.#operations.get(id);
    if (!operation) return;
    this.#operations.delete(id);
    this.#ending.add(operation);
    void operation.end().then(() => {
      this.#ending.delete(operation);
      this.#notifyIfIdle();
    });
  }

  cancel(id: string): void {
    this.#operations.get(id)?.cancel();
    this.#operations.delete(id);
    this.#notifyIfIdle();
  }

  cancelAll(): void {
    for (const id of this.#operations.keys()) this.cancel(id);
  }

  /**
   * Returns the position of the feed with the subscriptions that have reached it, and marks it as sent. Null if there
   * are none, or if the client knows the position of all of them already.
   */
  takePosition(): FeedPosition | null {
    const resting = [...this.#operations].filter(
      ([, { progress }]) => progress !== null && progress.restingCursor !== null,
    );
    const cursor = resting[0]?.[1].progress?.restingCursor ?? null;
    if (cursor === null || resting.every(([, { progress }]) => progress?.unsentCursor === null)) return null;
    for (const [, { progress }] of resting) progress?.markSent(cursor);
    return { cursor, ids: resting.map(([id]) => id) };
  }

  /** Waits until no operation is left, or until the signal is aborted. */
  async idle(signal: AbortSignal): Promise<void> {
    while (this.#count > 0 && !signal.aborted) await waitFor(this.#idle.next(), { signal });
  }

  get #count(): number {
    return this.#operations.size + this.#ending.size;
  }

  #notifyIfIdle(): void {
    if (this.#count === 0) this.#idle.notify();
  }
}
