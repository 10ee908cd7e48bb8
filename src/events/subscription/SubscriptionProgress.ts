import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import { slowestPace } from './slowestPace.ts';
import type { StatusReader } from '../feed/StatusReader.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

/** How long a client that reads may take nothing of what it was sent, in ms. */
const patienceMs = 10_000;

/** How far the client of one subscription has come: what a transport tells it besides the events. */
export class SubscriptionProgress {
  #reader: StatusReader | null = null;
  #delivery: { readonly isResting: boolean } | null = null;
  #last: PositionedEvent | null = null;
  #told: string | null = null;

  /** How long the client was waited for since the last reading, in ms. */
  #waitedMs = 0;

  /** Behind the last event that was handed out; null before the first. */
  get cursor(): string | null {
    return this.#last?.cursor ?? null;
  }

  /** See `StatusReader`. */
  get restingCursor(): string | null {
    if (this.#delivery && !this.#delivery.isResting) return null;
    return this.#reader?.restingCursor ?? null;
  }

  /** Where the feed stands, when the client has everything up to there and doesn't know it. */
  get news(): string | null {
    const place = this.restingCursor;
    return place === (this.#told ?? this.cursor) ? null : place;
  }

  /** The client is told that it stands there. */
  tell(place: string): void {
    this.#told = place;
  }

  /**
   * Waits until the client has taken what it was sent, as far as that has to leave before more is handed out.
   *
   * @param bytes how many wait for the client: a large answer gets its time
   */
  async untilTaken(taken: Promise<void>, bytes: number): Promise<void> {
    const begunAt = performance.now();
    await taken;
    this.#waitedMs += performance.now() - begunAt - bytes / slowestPace;
  }

  /** False when the client has let what it was sent lie for ten seconds. */
  get isTaking(): boolean {
    return this.#waitedMs < patienceMs;
  }

  /** Events take their time between being handed out and being delivered: until then the subscriber doesn't rest. */
  deliveredBy(delivery: { readonly isResting: boolean }): void {
    this.#delivery = delivery;
  }

  /** The reader, watched. */
  follow(reader: StatusReader): StatusReader {
    this.#reader = reader;
    const watched: StatusReader = {
      get restingCursor() {
        return reader.restingCursor;
      },
      next: async (): Promise<Result> => {
        const reading = reader.next();
        // A reader that has lost its place asks at once; what it does from now on is not the client's time.
        this.#waitedMs = 0;
        const result = await reading;
        if (!result.done) this.#handOut(result.value);
        return result;
      },
      return: async (): Promise<Result> => {
        this.#reader = null;
        await reader.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => watched,
    };
    return watched;
  }

  #handOut(positioned: PositionedEvent): void {
    this.#last = positioned;
    this.#told = null;
  }
}
