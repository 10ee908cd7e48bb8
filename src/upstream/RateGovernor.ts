import { setTimeout as wait } from 'node:timers/promises';

import type { Instant } from '../domain/instant.ts';

import type { ApiClock } from './ApiClock.ts';
import { NeverSent } from './exchange.ts';
import { RateLimitedError } from './faults.ts';

/** What a call waits within. */
export interface WaitLimits {
  /** By `performance.now()`. */
  endsAt: number;
  signal?: AbortSignal | undefined;
}

/** That a call may be sent, as things stood when it asked. */
export interface Permit {
  /** It was given a place in the time that is left. */
  hasTurn: boolean;
}

interface RateWindow {
  /** By `performance.now()`. */
  endsAt: number;
  /** Calls that the API said are left, by its lowest word. */
  remaining: number;
  /** Calls that were let through since it last said so. */
  sentSince: number;
}

/** How many calls may wait for the limit's end; what comes beyond is told at once. */
const maxWaiting = 10_000;
/** With this share of the limit left, calls begin to spread over the time until the reset. */
const slowShare = 0.1;
/** How long nothing is sent after a 429 that doesn't say until when, in ms. */
const defaultPauseMs = 1_000;
/** A reset further away than this is a clock that went wrong, in ms. */
const plausibleMs = 3_600_000;
/** Those who waited for a reset don't all go at its first moment, in ms. */
const spreadMs = 200;

/**
 * The API's rate limit, which holds for all calls of the process. After a 429 nothing is sent until the reset that it
 * told; and as the limit comes near, calls are spread over the time that is left.
 */
export class RateGovernor {
  readonly #clock: ApiClock;
  #closedUntil = -Infinity;
  #nextTurn = -Infinity;
  #limit = Infinity;
  #window: RateWindow | null = null;
  #waiting = 0;

  constructor(clock: ApiClock) {
    this.#clock = clock;
  }

  /** False while nothing may be sent. */
  get isOpen(): boolean {
    return performance.now() >= this.#closedUntil;
  }

  /** How long nothing may be sent, in ms; 0 when it may. */
  get opensInMs(): number {
    return Math.max(0, this.#closedUntil - performance.now());
  }

  /** Calls left until the reset, as far as the API tells; null where it doesn't. */
  get remaining(): number | null {
    const window = this.#currentWindow();
    return window && leftOf(window);
  }

  /**
   * Waits until a call may be sent; whoever then waits for a socket asks `begin` once more.
   *
   * @throws NeverSent caused by `RateLimitedError`, at once when that moment lies behind the deadline
   */
  async pass(limits: WaitLimits): Promise<Permit> {
    for (;;) {
      const turnAt = this.#takeTurn();
      const windowEndsAt = this.#currentWindow()?.endsAt ?? Infinity;
      // Who has no turn before the reset asks again behind it.
      const opensAt = Math.max(this.#closedUntil, Math.min(turnAt ?? -Infinity, windowEndsAt));
      if (opensAt > performance.now()) await this.#wait(opensAt, turnAt === opensAt ? 0 : spreadMs, limits);
      if (this.isOpen && (turnAt ?? 0) < windowEndsAt) return { hasTurn: turnAt !== null };
    }
  }

  /** Counts a call that is about to be written; false when it has to ask anew, since the limit has come near meanwhile. */
  begin({ hasTurn }: Permit): boolean {
    const window = this.#currentWindow();
    if (!this.isOpen || (!hasTurn && window && this.#isNear(window))) return false;
    if (window) window.sentSince += 1;
    return true;
  }

  /** Reads the limit off an answer: `X-RateLimit-*` of any, `Retry-After` of a 429. */
  learn(status: number, headers: Record<string, string | undefined>): void {
    const now = performance.now();
    const resetMs = this.#untilReset(headers['x-ratelimit-reset']);
    if (status === 429) {
      const told = [resetMs, this.#untilRetry(headers['retry-after'])].filter((ms) => ms !== null);
      const pauseMs = told.length === 0 ? defaultPauseMs : Math.max(...told);
      this.#closedUntil = Math.max(this.#closedUntil, now + pauseMs);
      this.#window = null;
      return;
    }
    const limit = count(headers['x-ratelimit-limit']);
    const remaining = count(headers['x-ratelimit-remaining']);
    if (limit === null || remaining === null || resetMs === null) return;
    this.#limit = limit;
    const isSameWindow = this.#window !== null && Math.abs(this.#window.endsAt - (now + resetMs)) < 1_500;
    // Answers overtake each other: within a window the lowest word counts.
    const least = isSameWindow ? Math.min(remaining, this.#window?.remaining ?? remaining) : remaining;
    this.#window = { endsAt: now + resetMs, remaining: least, sentSince: 0 };
  }

  async #wait(opensAt: number, spread: number, { endsAt, signal }: WaitLimits): Promise<void> {
    const pauseMs = opensAt - performance.now();
    if (opensAt >= endsAt || this.#waiting >= maxWaiting) throw heldBack(pauseMs);
    this.#waiting += 1;
    const jitterMs = Math.min(Math.random() * spread, endsAt - opensAt);
    await wait(pauseMs + jitterMs, undefined, { signal })
      .catch((cause: unknown) => {
        throw new NeverSent('given up while waiting for the rate limit', { cause });
      })
      .finally(() => (this.#waiting -= 1));
  }

  /** When this call may go, by `performance.now()`; the next one's turn comes after it. Null while nobody has to wait. */
  #takeTurn(): number | null {
    const window = this.#currentWindow();
    if (!window || !this.#isNear(window)) return null;
    const left = leftOf(window);
    if (left === 0) return window.endsAt;
    const now = performance.now();
    const turnAt = Math.max(now, this.#nextTurn);
    this.#nextTurn = turnAt + (window.endsAt - now) / left;
    return turnAt;
  }

  #currentWindow(): RateWindow | null {
    return this.#window && performance.now() < this.#window.endsAt ? this.#window : null;
  }

  #isNear(window: RateWindow): boolean {
    return leftOf(window) <= this.#limit * slowShare;
  }

  /** By the API's clock where that makes sense, which it doesn't for one that was set by hand; else by this machine's. */
  #untilReset(header: string | undefined): number | null {
    const reset = count(header);
    if (reset === null) return null;
    const waits = [this.#clock.earliestNow(), Date.now()].map((nowMs) => reset * 1_000 - nowMs);
    return waits.find(isPlausible) ?? null;
  }

  #untilRetry(header: string | undefined): number | null {
    const seconds = count(header);
    const waitMs = seconds === null ? Date.parse(header ?? '') - this.#clock.earliestNow() : seconds * 1_000;
    return isPlausible(waitMs) ? waitMs : null;
  }
}

function leftOf({ remaining, sentSince }: RateWindow): number {
  return Math.max(0, remaining - sentSince);
}

function count(header: string | undefined): number | null {
  return header !== undefined && /^\d+$/.test(header) ? Number(header) : null;
}

function isPlausible(waitMs: number): boolean {
  return waitMs >= 0 && waitMs <= plausibleMs;
}

function heldBack(pauseMs: number): NeverSent {
  const retryAt: Instant = new Date(Date.now() + pauseMs).toISOString();
  const message = 'the rate limit of the Journals API is used up';
  return new NeverSent(message, { cause: new RateLimitedError(message, { retryAt }) });
}
