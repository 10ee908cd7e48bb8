import type { PositionedEvent } from './PositionedEvent.ts';
import type { StatusReader } from './StatusReader.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

/** How far the client of one subscription has come: what a transport tells it besides the events. */
export class SubscriptionProgress {
  #reader: StatusReader | null = null;
  #delivery: { readonly isResting: boolean } | null = null;
  #last: PositionedEvent | null = null;
  #told: string | null = null;

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
        const result = await reader.next();
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
