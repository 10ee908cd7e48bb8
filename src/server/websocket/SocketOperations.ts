import { EventEmitter, once } from 'node:events';
import { setImmediate as afterSending } from 'node:timers/promises';

import type { Session } from '../../auth/Session.ts';
import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';

import { tooManyOperations } from '../../errors/limitErrors.ts';
import type { LiveMessage } from '../live/LiveMessage.ts';
import type { LiveSink } from '../live/LiveSink.ts';
import type { RunningOperations } from '../limits/RunningOperations.ts';
import type { SocketWriter } from './SocketWriter.ts';

/** What a `ping` tells a client. */
export interface FeedNews {
  cursor: string;
  /** The operations that may be resumed from there; others may have to get something yet. */
  ids: string[];
}

/** One operation of one socket, from its `subscribe` until its last message has left or the client has left it. */
export class SocketOperation implements LiveSink {
  readonly #left = new AbortController();
  readonly #endRunning: () => void;
  readonly #writer: SocketWriter;
  /** Fulfilled when the client's network has taken what the protocol has sent so far, or when the socket has closed. */
  readonly taken: () => Promise<void>;
  /** A `next` message up to its payload, a character per byte. */
  readonly #opening: string;
  readonly #isThere = () => !this.signal.aborted;
  /** Who has asked for it. */
  readonly session: Session;
  /** What logs know it by. */
  readonly requestId: string;
  /** Known once its context has been built. */
  progress: SubscriptionProgress | null = null;

  constructor(id: string, session: Session, requestId: string, options: SocketOperationsOptions) {
    const { running, writer, taken } = options;
    this.session = session;
    this.requestId = requestId;
    this.#writer = writer;
    this.taken = taken;
    this.#opening = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`, 'utf8').toString('latin1');
    this.#endRunning = running.begin(this);
  }

  /** Aborted when nobody waits for its results any more. */
  get signal(): AbortSignal {
    return this.#left.signal;
  }

  deliver({ payload }: LiveMessage): void {
    this.#writer.write(`${this.#opening}${payload}}`, this.#isThere);
  }

  room(): Promise<void> | null {
    return this.#writer.room();
  }

  get waitingBytes(): number {
    return this.#writer.waitingBytes;
  }

  /** Its last message is about to be sent. Fulfilled when that has been taken: until then a shutdown waits for it. */
  async end(): Promise<void> {
    await afterSending();
    await this.taken();
    this.#endRunning();
  }

  /** The client wants nothing more of it. What it moves, it moves; that is counted where it is executed. */
  leave(): void {
    this.#left.abort();
    this.#endRunning();
  }

  /** What has been left never comes back, nor fails: its id may already be another operation's. */
  async unlessLeft<Result>(pending: Promise<Result> | Result): Promise<Result> {
    try {
      const result = await pending;
      if (!this.signal.aborted) return result;
    } catch (error) {
      if (!this.signal.aborted) throw error;
    }
    return new Promise<never>(() => undefined);
  }
}

export interface SocketOperationsOptions {
  /** What logs know the socket by. */
  socketId: string;
  running: RunningOperations;
  writer: SocketWriter;
  /** See `SocketOperation`. */
  taken: () => Promise<void>;
  /** How many may be under way at a time. */
  max: number;
}

/** The operations under way on one socket, by the ids that the client gave them. */
export class SocketOperations {
  readonly #options: SocketOperationsOptions;
  #begun = 0;
  readonly #idle = new EventEmitter();
  readonly #operations = new Map<string, SocketOperation>();
  /** Over, but for what the client has not taken yet: their ids are free, their places are not. */
  readonly #ending = new Set<SocketOperation>();

  constructor(options: SocketOperationsOptions) {
    this.#options = options;
  }

  /** @throws GraphQLError when too many are under way */
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
      this.#tellIfIdle();
    });
  }

  leave(id: string): void {
    this.#operations.get(id)?.leave();
    this.#operations.delete(id);
    this.#tellIfIdle();
  }

  /** Where the feed stands, with the subscriptions that stand there too, when it is news to one of them. */
  takeNews(): FeedNews | null {
    const resting = [...this.#operations].filter(
      ([, { progress }]) => progress !== null && progress.restingCursor !== null,
    );
    const cursor = resting[0]?.[1].progress?.restingCursor ?? null;
    if (cursor === null || resting.every(([, { progress }]) => progress?.news === null)) return null;
    for (const [, { progress }] of resting) progress?.tell(cursor);
    return { cursor, ids: resting.map(([id]) => id) };
  }

  leaveAll(): void {
    for (const id of this.#operations.keys()) this.leave(id);
  }

  /** Waits until none is under way, or until the signal ends the wait. */
  async idle(signal: AbortSignal): Promise<void> {
    while (this.#count > 0 && !signal.aborted) {
      await once(this.#idle, 'idle', { signal }).catch(() => undefined);
    }
  }

  get #count(): number {
    return this.#operations.size + this.#ending.size;
  }

  #tellIfIdle(): void {
    if (this.#count === 0) this.#idle.emit('idle');
  }
}
