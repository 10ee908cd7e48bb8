import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import { pause } from '../../concurrency/waitFor.ts';
import type { Instant } from '../../domain/instant.ts';
import { RateLimitedError } from '../../errors/faults.ts';

import type { ApiClock } from './ApiClock.ts';
import { NotSentError } from './exchange.ts';
import type { RateNews, RateSharing } from './RateNews.ts';

/** How long a call may wait. */
export interface WaitLimits {
  /** By `performance.now()`. */
  endsAt: number;
  signal?: CancelSignal | undefined;
}

/** Permission to send a call. */
export interface Permit {
  /** The window in which one of the remaining calls is reserved; null if none is reserved because plenty are left. */
  window: RateWindow | null;
  isBegun: boolean;
}

/** The time until the next reset of the rate limit. */
interface RateWindow {
  /** By `performance.now()`. */
  endsAt: number;
  /** How many calls are left: the lowest number that the API has sent in this window. */
  remaining: number;
  /** How many of the remaining calls are reserved by calls that wait for their turn. */
  reserved: number;
  /** When the next waiting call may be sent, by `performance.now()`. */
  nextTurn: number;
}

/** Maximum number of calls that wait for the reset. Further calls fail immediately. */
const maxWaiting = 10_000;
/** The share of the limit below which the remaining calls are spread over the time until the reset. */
const slowShare = 0.1;
/** Pause after a 429 without a reset time, in ms. */
const defaultPauseMs = 1_000;
/** The longest plausible time until a reset while the API has sent no `Date` header, in ms. */
const plausibleMs = 3_600_000;
/** The longest pause, whatever the API sends, in ms. */
const longestMs = 86_400_000; // a day
/** The time after a reset over which the calls that waited for the reset are spread, in ms. */
const spreadMs = 200;
/** The shortest time between two messages to other gateways about the remaining calls, in ms. */
const newsMs = 100;

/**
 * Keeps calls within the API's rate limit. All calls of the process share the limit and, once `share` was called, so do
 * other gateways. After a 429, nothing is sent until the reset that the response names. When few calls are left, they
 * are spread over the time until the reset.
 */
export class RateGovernor {
  readonly #clock: ApiClock;
  readonly #api: string;
  #closedUntil = -Infinity;
  #limit = Infinity;
  #window: RateWindow | null = null;
  #waiting = 0;
  /** Calls that were begun and have no response yet: the API may or may not have counted them. */
  #inFlight = 0;
  #sharing: RateSharing | null = null;
  #nextNewsAt = -Infinity;

  /** @param api the API whose limit this is, for error messages */
  constructor(clock: ApiClock, api = 'the Journals API') {
    this.#clock = clock;
    this.#api = api;
  }

  /** Shares the limit with other gateways from now on. */
  share(sharing: RateSharing): void {
    this.#sharing = sharing;
  }

  /** Applies what another gateway has learned from its responses. */
  receive(news: RateNews): void {
    const now = performance.now();
    if ('pausedMs' in news) this.#close(now + Math.min(news.pausedMs, longestMs));
    else this.#learnRemaining(news.remaining, news.limit, now + Math.min(news.resetMs, longestMs));
  }

  /** False while nothing may be sent. */
  get isOpen(): boolean {
    return performance.now() >= this.#closedUntil;
  }

  /** How long until calls may be sent, in ms; 0 when calls may be sent now. */
  get opensInMs(): number {
    return Math.max(0, this.#closedUntil - performance.now());
  }

  /** How many calls are left until the reset; null if the API has sent no number. */
  get remaining(): number | null {
    return this.#window && performance.now() < this.#window.endsAt ? this.#callsLeft(this.#window) : null;
  }

  /**
   * Waits until a call may be sent. If no wait is needed, the permit is returned synchronously. `begin` must be called
   * when the call has its socket.
   *
   * @throws NotSentError caused by `RateLimitedError`, immediately if the wait would end after the deadline
   */
  pass(limits: WaitLimits): Permit | Promise<Permit> {
    return this.isOpen && !this.#scarceWindow() ? { window: null, isBegun: false } : this.#waitForPermit(limits);
  }

  async #waitForPermit(limits: WaitLimits): Promise<Permit> {
    for (;;) {
      const window = this.#scarceWindow();
      const turnAt = window && this.#callsLeft(window) > 0 ? Math.max(performance.now(), window.nextTurn) : null;
      // A call that gets no turn before the reset tries again after the reset.
      const opensAt = Math.max(this.#closedUntil, turnAt ?? window?.endsAt ?? -Infinity);
      const mustWait = opensAt > performance.now();
      if (mustWait) this.#assertWaitFits(opensAt, limits);
      const permit = { window: turnAt === null ? null : window, isBegun: false };
      if (window && turnAt !== null) reserve(window, turnAt, this.#callsLeft(window));
      if (mustWait) await this.#wait(opensAt, limits, permit);
      if (this.isOpen && (turnAt !== null || !window)) return permit;
      release(permit);
    }
  }

  /**
   * Counts a call that is about to be written. Returns false if the limit has changed and the call needs a new permit.
   */
  begin(permit: Permit): boolean {
    const hadTurn = permit.window !== null;
    release(permit);
    if (!this.isOpen || (!hadTurn && this.#scarceWindow())) return false;
    this.#inFlight += 1;
    permit.isBegun = true;
    return true;
  }

  /** Must be called when the call has ended. */
  end(permit: Permit): void {
    release(permit);
    if (permit.isBegun) this.#inFlight -= 1;
    permit.isBegun = false;
  }

  /** Reads the limit from the `X-RateLimit-*` headers of a response, and the pause from the `Retry-After` of a 429. */
  learn(status: number, headers: Record<string, string | undefined>): void {
    const now = performance.now();
    if (status === 429) {
      const pausedMs = this.pauseOf(headers);
      this.#close(now + pausedMs);
      if (pausedMs > 0) this.#sharing?.publish({ pausedMs });
      return;
    }
    const resetMs = this.#untilReset(headers['x-ratelimit-reset']);
    const limit = parseCount(headers['x-ratelimit-limit']);
    const remaining = parseCount(headers['x-ratelimit-remaining']);
    if (limit === null || remaining === null || resetMs === null) return;
    this.#learnRemaining(remaining, limit, now + resetMs);
    if (!this.#sharing || !this.#scarceWindow() || resetMs <= 0 || now < this.#nextNewsAt) return;
    this.#nextNewsAt = now + newsMs;
    this.#sharing.publish({ remaining, limit, resetMs });
  }

  #close(until: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until);
    this.#window = null;
  }

  #learnRemaining(remaining: number, limit: number, endsAt: number): void {
    this.#limit = limit;
    const window = this.#window;
    if (window && Math.abs(window.endsAt - endsAt) < 1_500) {
      // Responses may arrive out of order: within a window, the lowest number is the newest.
      window.remaining = Math.min(remaining, window.remaining);
      window.endsAt = endsAt;
    } else {
      this.#window = { endsAt, remaining, reserved: 0, nextTurn: performance.now() };
    }
  }

  /** The pause that a 429 asks for, in ms: the longer of those in `X-RateLimit-Reset` and `Retry-After`. */
  pauseOf(headers: Record<string, string | undefined>): number {
    const reset = this.#untilReset(headers['x-ratelimit-reset']);
    const pauses = [reset, this.#untilRetry(headers['retry-after'])].filter((ms) => ms !== null);
    return pauses.length === 0 ? defaultPauseMs : Math.max(...pauses);
  }

  #assertWaitFits(opensAt: number, { endsAt }: WaitLimits): void {
    if (opensAt >= endsAt || this.#waiting >= maxWaiting)
      throw rateLimitReached(this.#api, opensAt - performance.now());
  }

  async #wait(opensAt: number, { endsAt, signal }: WaitLimits, permit: Permit): Promise<void> {
    this.#waiting += 1;
    const spread = permit.window ? 0 : Math.min(Math.random() * spreadMs, (endsAt - opensAt) / 2);
    const isOver = await pause(opensAt - performance.now() + spread, signal);
    this.#waiting -= 1;
    if (isOver) return;
    release(permit);
    throw new NotSentError('cancelled while waiting for the rate limit', { cause: signal?.reason });
  }

  /** The current window if few of its calls are left, otherwise null. */
  #scarceWindow(): RateWindow | null {
    const window = this.#window;
    if (!window || performance.now() >= window.endsAt) return null;
    return this.#callsLeft(window) * this.#parts <= this.#limit * slowShare ? window : null;
  }

  /** How many of the remaining calls this gateway may still begin. */
  #callsLeft({ remaining, reserved }: RateWindow): number {
    return Math.max(0, Math.floor(remaining / this.#parts) - this.#inFlight - reserved);
  }

  get #parts(): number {
    return Math.max(1, this.#sharing?.parts() ?? 1);
  }

  #untilReset(header: string | undefined): number | null {
    const reset = parseCount(header);
    return reset === null ? null : this.#untilTime(reset * 1_000);
  }

  #untilRetry(header: string | undefined): number | null {
    const seconds = parseCount(header);
    // A number of seconds does not depend on a clock.
    return seconds === null ? this.#untilTime(Date.parse(header ?? '')) : Math.min(seconds * 1_000, longestMs);
  }

  /**
   * How long until `timeMs`, in ms, by the API's clock or, if that gives no plausible pause (the clock may have been
   * set by hand), by this machine's clock. Null if neither clock gives a plausible pause.
   */
  #untilTime(timeMs: number): number | null {
    const byApi = timeMs - this.#clock.earliestNow();
    if (byApi >= 0 && byApi <= (this.#clock.isKnown ? longestMs : plausibleMs)) return byApi;
    const byMachine = timeMs - Date.now();
    return byMachine >= 0 && byMachine <= plausibleMs ? byMachine : null;
  }
}

/** Reserves a call and moves the next turn back, so that the remaining calls last until the reset. */
function reserve(window: RateWindow, turnAt: number, left: number): void {
  window.reserved += 1;
  window.nextTurn = turnAt + Math.max(0, window.endsAt - turnAt) / left;
}

/** Ends the reservation of a permit. Calling this again has no effect. */
function release(permit: Permit): void {
  if (permit.window) permit.window.reserved -= 1;
  permit.window = null;
}

function parseCount(header: string | undefined): number | null {
  return header !== undefined && /^\d+$/.test(header) ? Number(header) : null;
}

function rateLimitReached(api: string, pauseMs: number): NotSentError {
  const retryAt: Instant = new Date(Date.now() + pauseMs).toISOString();
  const message = `the rate limit of ${api} is used up`;
  return new NotSentError(message, { cause: new RateLimitedError(message, { retryAt }) });
}
