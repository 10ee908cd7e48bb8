import type { Settings } from '../setup/SandboxOptions.ts';

export interface RateState {
  allowed: boolean;
  headers: Readonly<Record<string, string>>;
}

/** The limit and window that the headers show while no limit is set. The API's own limit isn't published. */
const defaultLimit = 1_000;
const defaultWindowMs = 60_000;

/** Limits requests per fixed window of real time. The headers of every response carry the current state. */
export class RateLimit {
  readonly #rule: Settings['rateLimit'];
  readonly #now: () => number;
  #windowEnd = 0;
  #used = 0;
  /** Set by a fault: every request before this real time is refused. */
  #refusedUntil = 0;
  #sendsRetryAfter: boolean;

  constructor(rule: Settings['rateLimit'], now: () => number) {
    this.#rule = rule;
    this.#sendsRetryAfter = rule?.retryAfter ?? false;
    this.#now = now;
  }

  /** Counts a request. Returns whether it is within the limit, and the rate limit headers for its response. */
  take(): RateState {
    const now = this.#now();
    if (now < this.#refusedUntil) return this.#state(false, this.#rule?.limit ?? defaultLimit, 0, this.#refusedUntil);
    const windowMs = this.#rule?.windowMs ?? defaultWindowMs;
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + windowMs;
      this.#used = 0;
    }
    if (!this.#rule) return this.#state(true, defaultLimit, defaultLimit, this.#windowEnd);
    this.#used += 1;
    const remaining = this.#rule.limit - this.#used;
    return this.#state(remaining >= 0, this.#rule.limit, Math.max(0, remaining), this.#windowEnd);
  }

  /** Refuses every request for a time. `sendsRetryAfter` also applies to all refusals after that, until `reset`. */
  refuseFor(milliseconds: number, sendsRetryAfter: boolean): RateState {
    this.#sendsRetryAfter = sendsRetryAfter;
    this.#refusedUntil = this.#now() + milliseconds;
    return this.#state(false, this.#rule?.limit ?? defaultLimit, 0, this.#refusedUntil);
  }

  reset(): void {
    this.#windowEnd = 0;
    this.#refusedUntil = 0;
    this.#sendsRetryAfter = this.#rule?.retryAfter ?? false;
  }

  #state(allowed: boolean, limit: number, remaining: number, end: number): RateState {
    const headers: Record<string, string> = {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(remaining),
      'X-RateLimit-Reset': String(Math.ceil(end / 1_000)),
    };
    if (!allowed && this.#sendsRetryAfter) {
      headers['Retry-After'] = String(Math.max(1, Math.ceil((end - this.#now()) / 1_000)));
    }
    return { allowed, headers };
  }
}
