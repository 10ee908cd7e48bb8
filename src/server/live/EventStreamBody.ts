import { Readable } from 'node:stream';

import { isResults } from '../../engine/answers/Answer.ts';
import type { Answer, Results } from '../../engine/answers/Answer.ts';
import { publicError } from '../../engine/errors/publicError.ts';
import { LiveMessage } from '../../engine/live/LiveMessage.ts';
import type { LiveSink } from '../../engine/live/LiveSink.ts';
import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';
import type { Log } from '../../log.ts';

import { BackpressureQueue } from './BackpressureQueue.ts';

const comment = ':\n\n';

/** The body of an event stream in distinct connections mode (graphql-sse's PROTOCOL.md). */
export class EventStreamBody extends Readable implements LiveSink {
  readonly #queue = new BackpressureQueue((bytes) => this.destroyed || this.push(bytes, 'latin1'));
  readonly #pingMs: number;
  #heartbeat: NodeJS.Timeout | undefined;
  #isComplete = false;
  /** Set when a subscription is opened. */
  progress: SubscriptionProgress | null = null;

  /** @param pingMs interval of the comments that keep an idle stream open */
  constructor(pingMs: number) {
    // Backpressure starts as soon as the response stops reading.
    super({ highWaterMark: 1 });
    this.#pingMs = pingMs;
    // Browsers report a stream as open only after its first bytes.
    this.push(comment);
  }

  /**
   * Sends an answer, or the results of a subscription no faster than the client reads them. Then completes the stream.
   */
  async send(outcome: Answer | Results, log: Log): Promise<void> {
    try {
      if (isResults(outcome)) await this.#sendAll(outcome);
      else this.deliver(new LiveMessage(outcome.text));
    } catch (error) {
      this.deliver(LiveMessage.of({ errors: [publicError(error, log)] }));
    }
    this.#complete();
  }

  async #sendAll(results: Results): Promise<void> {
    for await (const result of results) {
      this.deliver(LiveMessage.of(result, this.progress?.cursor));
      const room = this.room();
      if (room) await (this.progress?.untilTaken(room, this.waitingBytes) ?? room);
      if (this.destroyed) return;
    }
  }

  deliver({ block }: LiveMessage): void {
    this.#queue.put(block);
  }

  room(): Promise<void> | null {
    return this.#queue.room();
  }

  get waitingBytes(): number {
    return this.readableLength;
  }

  /** Ends the stream with the event that keeps the client from reconnecting. */
  #complete(): void {
    this.#isComplete = true;
    clearInterval(this.#heartbeat);
    if (this.destroyed) return;
    this.#queue.put('event: complete\ndata:\n\n');
    this.#queue.flush();
    this.push(null);
  }

  override _read(): void {
    if (!this.#isComplete) this.#heartbeat ??= setInterval(() => this.#ping(), this.#pingMs);
    this.#queue.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearInterval(this.#heartbeat);
    this.#queue.resume();
    callback(error);
  }

  /** A client with a backlog gets no heartbeat and no cursor: it must receive its waiting events first. */
  #ping(): void {
    if (this.#queue.room() !== null) return;
    const cursor = this.progress?.unsentCursor ?? null;
    this.#queue.put(cursor === null ? comment : `id: ${cursor}\n\n`);
    if (cursor !== null) this.progress?.markSent(cursor);
  }
}
