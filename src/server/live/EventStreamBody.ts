import { Readable } from 'node:stream';

import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';

import type { LiveMessage } from './LiveMessage.ts';
import type { LiveSink } from './LiveSink.ts';
import { Outbox } from './Outbox.ts';

const comment = ':\n\n';

/** The body of an event stream in distinct connections mode. */
export class EventStreamBody extends Readable implements LiveSink {
  readonly #outbox = new Outbox((bytes) => this.destroyed || this.push(bytes, 'latin1'));
  readonly #pingMs: number;
  #pinging: NodeJS.Timeout | undefined;
  #isComplete = false;
  /** Known once its operation's context has been built, if it is a subscription's. */
  progress: SubscriptionProgress | null = null;

  /** @param pingMs how often a comment tells the client, and whatever stands between, that the stream lives */
  constructor(pingMs: number) {
    // What the answer doesn't take at once waits here, and nothing behind it.
    super({ highWaterMark: 1 });
    this.#pingMs = pingMs;
    // Browsers tell of a stream only when something has come of it.
    this.push(comment);
  }

  deliver({ block }: LiveMessage): void {
    this.#outbox.put(block);
  }

  room(): Promise<void> | null {
    return this.#outbox.room();
  }

  get waitingBytes(): number {
    return this.readableLength;
  }

  /** No result comes any more: tells the client not to ask for this again. */
  complete(): void {
    this.#isComplete = true;
    clearInterval(this.#pinging);
    if (this.destroyed) return;
    this.#outbox.put('event: complete\ndata:\n\n');
    this.#outbox.flush();
    this.push(null);
  }

  /** Somebody reads it, and takes more. */
  override _read(): void {
    if (!this.#isComplete) this.#pinging ??= setInterval(() => this.#ping(), this.#pingMs);
    this.#outbox.relieve();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearInterval(this.#pinging);
    this.#outbox.relieve();
    callback(error);
  }

  /** Who doesn't take what was sent need not be told that more would come, nor where it would stand. */
  #ping(): void {
    if (this.#outbox.room() !== null) return;
    const place = this.progress?.news ?? null;
    this.#outbox.put(place === null ? comment : `id: ${place}\n\n`);
    if (place !== null) this.progress?.tell(place);
  }
}
