import { CredentialsRefusedError, RateLimitedError } from '../../errors/faults.ts';

/** After a stream that told something new, in ms: what is lost meanwhile is replayed, but live is live. */
const quickMs = 50;
const firstMs = 100;
/** After streams that are cut while they bring what is known, the pause grows no further than after so many. */
const fewFailures = 1;
/** How long a 429 may keep a reader waiting, in ms: clocks may be apart, and nobody waits for days. */
const longestRateLimitMs = 300_000;

/**
 * How long the feed, or the reader of a replay, waits before it asks for a stream again. Full jitter: many who lost the
 * same upstream don't come back at once.
 */
export class StreamBackoff {
  readonly #maxMs: number;
  #failures = 0;

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  /** Streams in a row that told nothing new. */
  get failures(): number {
    return this.#failures;
  }

  /** The stream told something new, or has stood long enough to be a good one. */
  succeed(): void {
    this.#failures = 0;
  }

  /** The stream brought events, though perhaps none that was new: the API is there, and worth asking soon. */
  noteEvent(): void {
    this.#failures = Math.min(this.#failures, fewFailures);
  }

  /** How long to wait after a stream that has ended, or could not be opened, in ms. */
  pauseMs(error: unknown): number {
    const pauseMs = Math.random() * (this.#failures === 0 ? quickMs : this.#growingMs);
    this.#failures += 1;
    if (error instanceof RateLimitedError) return pauseMs + untilRetry(error);
    // Asking again soon doesn't help, and may lock the account.
    if (error instanceof CredentialsRefusedError) return (this.#maxMs + pauseMs) / 2;
    return pauseMs;
  }

  get #growingMs(): number {
    return Math.min(this.#maxMs, firstMs * 2 ** Math.min(this.#failures, 20));
  }
}

function untilRetry({ retryAt }: RateLimitedError): number {
  const leftMs = retryAt === null ? 0 : Date.parse(retryAt) - Date.now();
  return Math.min(longestRateLimitMs, Math.max(0, leftMs));
}
