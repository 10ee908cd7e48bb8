import { Backoff } from '../../concurrency/Backoff.ts';
import { CredentialsRefusedError, RateLimitedError } from '../../errors/faults.ts';

/** The longest pause after a stream that brought something new, in ms: live events should not wait. */
const quickMs = 50;
/** The longest delay after a 429, in ms: clocks may differ, and a reader must not stop for days. */
const maxRateLimitMs = 300_000;

/** Determines how long the feed, or the reader of a replay, waits before it opens the next stream. */
export class StreamBackoff {
  readonly #maxMs: number;
  readonly #backoff: Backoff;

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
    this.#backoff = new Backoff({ firstMs: 2 * quickMs, maxMs });
  }

  /** The number of consecutive streams that brought nothing new. */
  get failures(): number {
    return this.#backoff.failures;
  }

  /** Called when the stream brought something new, or has been open long enough to count as good. */
  succeed(): void {
    this.#backoff.reset();
  }

  /** Called for each event, even if it is not new: the API works, so the next pause can be short. */
  noteEvent(): void {
    this.#backoff.lowerTo(1);
  }

  /** How long to wait after a stream that has ended or could not be opened, in ms. */
  pauseMs(error: unknown): number {
    const isFirst = this.failures === 0;
    const pauseMs = this.#backoff.next() / (isFirst ? 2 : 1);
    if (error instanceof RateLimitedError) return pauseMs + untilRetry(error);
    // An early retry doesn't help, and may lock the account.
    if (error instanceof CredentialsRefusedError) return (this.#maxMs + pauseMs) / 2;
    return pauseMs;
  }
}

function untilRetry({ retryAt }: RateLimitedError): number {
  const leftMs = retryAt === null ? 0 : Date.parse(retryAt) - Date.now();
  return Math.min(maxRateLimitMs, Math.max(0, leftMs));
}
