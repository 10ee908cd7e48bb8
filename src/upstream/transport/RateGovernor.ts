import { setTimeout as wait } from 'node:timers/promises';

import type { Instant } from '../../domain/instant.ts';

import type { ApiClock } from './ApiClock.ts';
import { NotSentError } from './exchange.ts';
import { RateLimitedError } from '../../errors/faults.ts';

/** What a call waits within. */
export interface WaitLimits {
  /** By `performance.now()`. */
  endsAt: number;
  signal?: AbortSignal | undefined;
}

/** That a call may be sent, as things stood when it asked. */
export interface Permit {
  /** Where it was promised one of the calls that are left; null while there are plenty. */
  window: RateWindow | null;
  isBegun: boolean;
}

interface RateWindow {
  /** By `performance.now()`. */
  endsAt: number;
  /** Calls that the API said are left, by its lowest word. */
  remaining: number;
  /** Calls of those that are promised to somebody who waits for his turn. */
  promised: number;
  /** When the next call that has to wait may go, by `performance.now()`. */
  nextTurn: number;
}

/** How many calls may wait for the limit's end; what comes beyond is told at once. */
const maxWaiting = 10_000;
/** With this share of the limit left, calls begin to spread over the time until the reset. */
const slowShare = 0.1;
/** How long nothing is sent after a 429 that doesn't say until when, in ms. */
const defaultPauseMs = 1_000;
/** A reset further away than this, while the API has not told its time, is a clock that went wrong, in ms. */
const plausibleMs = 3_600_000;
/** Nobody is kept waiting longer than that, whatever is said, in ms. */
const longestMs = 86_400_000; // a day
/** Those who waited for a reset don't all go at its first moment, in ms. */
const spreadMs = 200;

/**
 * The API's rate limit, which holds for all calls of the process. After a 429 nothing is sent until the reset that it
 * told; and as the limit comes near, calls are spread over the time that is left.
 */
export class RateGovernor {
  readonly #clock: ApiClock;
  readonly #whose: string;
  #closedUntil = -Infinity;
  #limit = Infinity;
  #window: RateWindow | null = null;
  #waiting = 0;
  /** Calls that were begun and are not answered: the API may have counted them or not. */
  #underWay = 0;

  /** @param whose limit it is, for people to read */
  constructor(clock: ApiClock, whose = 'the Journals API') {
    this.#clock = clock;
    this.#whose = whose;
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
    return this.#window && performance.now() < this.#window.endsAt ? this.#leftOf(this.#window) : null;
  }

  /**
   * Waits until a call may be sent; whoever then waits for a socket asks `begin` once more.
   *
   * @throws NeverSent caused by `RateLimitedError`, at once when that moment lies behind the deadline
   */
  async pass(limits: WaitLimits): Promise<Permit> {
    for (;;) {
      const window = this.#nearWindow();
      const turnAt = window && this.#leftOf(window) > 0 ? Math.max(performance.now(), window.nextTurn) : null;
      // Who has no turn before the reset asks again behind it.
      const opensAt = Math.max(this.#closedUntil, turnAt ?? window?.endsAt ?? -Infinity);
      const mustWait = opensAt > performance.now();
      if (mustWait) this.#mustBeWorthIt(opensAt, limits);
      const permit = { window: turnAt === null ? null : window, isBegun: false };
      if (window && turnAt !== null) promise(window, turnAt, this.#leftOf(window));
      if (mustWait) await this.#wait(opensAt, limits, permit);
      if (this.isOpen && (turnAt !== null || !window)) return permit;
      takeBack(permit);
    }
  }

  /** Counts a call that is about to be written; false when it has to ask anew, since things have changed. */
  begin(permit: Permit): boolean {
    const hadTurn = permit.window !== null;
    takeBack(permit);
    if (!this.isOpen || (!hadTurn && this.#nearWindow())) return false;
    this.#underWay += 1;
    permit.isBegun = true;
    return true;
  }

  /** The call is over, in whatever way. */
  end(permit: Permit): void {
    takeBack(permit);
    if (permit.isBegun) this.#underWay -= 1;
    permit.isBegun = false;
  }

  /** Reads the limit off an answer: `X-RateLimit-*` of any, `Retry-After` of a 429. */
  learn(status: number, headers: Record<string, string | undefined>): void {
    const now = performance.now();
    if (status === 429) {
      this.#closedUntil = Math.max(this.#closedUntil, now + this.pauseOf(headers));
      this.#window = null;
      return;
    }
    const resetMs = this.#untilReset(headers['x-ratelimit-reset']);
    const limit = count(headers['x-ratelimit-limit']);
    const remaining = count(headers['x-ratelimit-remaining']);
    if (limit === null || remaining === null || resetMs === null) return;
    this.#limit = limit;
    const endsAt = now + resetMs;
    const window = this.#window;
    if (window && Math.abs(window.endsAt - endsAt) < 1_500) {
      // Answers overtake each other: within a window the lowest word counts.
      window.remaining = Math.min(remaining, window.remaining);
      window.endsAt = endsAt;
    } else {
      this.#window = { endsAt, remaining, promised: 0, nextTurn: now };
    }
  }

  /** How long a 429 asks to wait, in ms: the later of what `X-RateLimit-Reset` and `Retry-After` say. */
  pauseOf(headers: Record<string, string | undefined>): number {
    const reset = this.#untilReset(headers['x-ratelimit-reset']);
    const told = [reset, this.#untilRetry(headers['retry-after'])].filter((ms) => ms !== null);
    return told.length === 0 ? defaultPauseMs : Math.max(...told);
  }

  #mustBeWorthIt(opensAt: number, { endsAt }: WaitLimits): void {
    if (opensAt >= endsAt || this.#waiting >= maxWaiting) throw heldBack(this.#whose, opensAt - performance.now());
  }

  async #wait(opensAt: number, { endsAt, signal }: WaitLimits, permit: Permit): Promise<void> {
    this.#waiting += 1;
    const spread = permit.window ? 0 : Math.min(Math.random() * spreadMs, (endsAt - opensAt) / 2);
    try {
      await wait(opensAt - performance.now() + spread, undefined, { signal });
    } catch (cause) {
      takeBack(permit);
      throw new NotSentError('given up while waiting for the rate limit', { cause });
    } finally {
      this.#waiting -= 1;
    }
  }

  /** The window, while it has few calls left. */
  #nearWindow(): RateWindow | null {
    const window = this.#window;
    if (!window || performance.now() >= window.endsAt) return null;
    return this.#leftOf(window) <= this.#limit * slowShare ? window : null;
  }

  #leftOf({ remaining, promised }: RateWindow): number {
    return Math.max(0, remaining - this.#underWay - promised);
  }

  #untilReset(header: string | undefined): number | null {
    const reset = count(header);
    return reset === null ? null : this.#untilMoment(reset * 1_000);
  }

  #untilRetry(header: string | undefined): number | null {
    const seconds = count(header);
    // A time to wait needs no clock to be understood.
    return seconds === null ? this.#untilMoment(Date.parse(header ?? '')) : Math.min(seconds * 1_000, longestMs);
  }

  /** By the API's clock where that makes sense, which it doesn't for one that was set by hand; else by this machine's. */
  #untilMoment(momentMs: number): number | null {
    const byApi = momentMs - this.#clock.earliestNow();
    if (byApi >= 0 && byApi <= (this.#clock.isKnown ? longestMs : plausibleMs)) return byApi;
    const byMachine = momentMs - Date.now();
    return byMachine >= 0 && byMachine <= plausibleMs ? byMachine : null;
  }
}

/** Those who come next come later, so that what is left lasts until the reset. */
function promise(window: RateWindow, turnAt: number, left: number): void {
  window.promised += 1;
  window.nextTurn = turnAt + Math.max(0, window.endsAt - turnAt) / left;
}

/** Used or not, a promise is kept once. */
function takeBack(permit: Permit): void {
  if (permit.window) permit.window.promised -= 1;
  permit.window = null;
}

function count(header: string | undefined): number | null {
  return header !== undefined && /^\d+$/.test(header) ? Number(header) : null;
}

function heldBack(whose: string, pauseMs: number): NotSentError {
  const retryAt: Instant = new Date(Date.now() + pauseMs).toISOString();
  const message = `the rate limit of ${whose} is used up`;
  return new NotSentError(message, { cause: new RateLimitedError(message, { retryAt }) });
}
