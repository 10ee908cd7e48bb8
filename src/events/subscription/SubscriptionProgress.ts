import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import { WrappedReader } from '../feed/StatusReader.ts';
import type { StatusReader } from '../feed/StatusReader.ts';

/**
 * The slowest rate at which a client may read queued data, in bytes per ms: clients get more time for large results.
 */
export const minBytesPerMs = 256;
/** How long a client may stop reading, in ms. */
const stallMs = 10_000;

/**
 * Tracks how much of a subscription its client has received, which cursors were sent, and whether the client still
 * reads.
 */
export class SubscriptionProgress {
  #reader: StatusReader | null = null;
  #delivery: { readonly isResting: boolean } | null = null;
  #last: PositionedEvent | null = null;
  #sentCursor: string | null = null;
  /** How long the transport has waited for the client since the last event was read from the reader, in ms. */
  #waitedMs = 0;

  /** The cursor of the last event that the reader returned. Null before the first event. */
  get cursor(): string | null {
    return this.#last?.cursor ?? null;
  }

  /** See `StatusReader`. */
  get restingCursor(): string | null {
    if (this.#delivery && !this.#delivery.isResting) return null;
    return this.#reader?.restingCursor ?? null;
  }

  /**
   * The feed's cursor, if the client has every event up to it but has not been sent the cursor itself; null otherwise.
   */
  get unsentCursor(): string | null {
    const cursor = this.restingCursor;
    return cursor === (this.#sentCursor ?? this.cursor) ? null : cursor;
  }

  /** Must be called when the client is sent this cursor without an event. */
  markSent(cursor: string): void {
    this.#sentCursor = cursor;
  }

  /**
   * Waits until the client has read enough to be sent more.
   *
   * @param taken fulfilled when the client has read enough
   * @param bytes how many bytes are queued for the client, which gets more time for a large result
   */
  async untilTaken(taken: Promise<void>, bytes: number): Promise<void> {
    const begunAt = performance.now();
    await taken;
    this.#waitedMs += performance.now() - begunAt - bytes / minBytesPerMs;
  }

  /** Whether the client still reads; false if it has not read for ten seconds. */
  get isTaking(): boolean {
    return this.#waitedMs < stallMs;
  }

  /** Sets the delivery of the events. While the delivery is not idle (`isResting`), `restingCursor` is null. */
  deliveredBy(delivery: { readonly isResting: boolean }): void {
    this.#delivery = delivery;
  }

  /** Wraps the reader to keep track of the events that it returns. */
  follow(reader: StatusReader): StatusReader {
    this.#reader = reader;
    const next = async () => {
      const pending = reader.next();
      // Reset only after `next` was called: a reader that lost events of the window checks `isTaking` during this call.
      this.#waitedMs = 0;
      const result = await pending;
      if (!result.done) {
        this.#last = result.value;
        this.#sentCursor = null;
      }
      return result;
    };
    return new WrappedReader(reader, next, () => (this.#reader = null));
  }
}
