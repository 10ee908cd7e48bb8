import { setTimeout as wait } from 'node:timers/promises';

import { CircuitState, CountBreaker } from 'cockatiel';

import type { Log } from '../log.ts';

import { AnswerLost, NeverSent } from './exchange.ts';
import type { WireAnswer } from './exchange.ts';
import { UpstreamUnavailableError } from './faults.ts';

export interface HostBreakerOptions {
  /** Asks the host for a sign of life. @throws whatever it likes when there is none */
  probe: () => Promise<WireAnswer>;
  log: Log;
}

/** Of the last 20 calls, the share that opens the breaker is 80 %: with 16 failures it is reached. */
const recentCalls = 20;
const failingShare = 0.79;
/** Between the starts of two probes, in ms; the first comes sooner, since most breaks are short. */
const firstProbeMs = 250;
const probeEveryMs = 1_000;
/** A probe's answer is not there at once, in ms. */
const answerMs = 100;

/**
 * Stops calling a host that doesn't work: nobody waits for what will fail, and it is left in peace. Calls never serve as
 * probes; the breaker sends its own, without waiting for traffic.
 */
export class HostBreaker {
  readonly #probe: () => Promise<WireAnswer>;
  readonly #log: Log;
  readonly #closing = new AbortController();
  readonly #recent = new CountBreaker({
    size: recentCalls,
    minimumNumberOfCalls: recentCalls,
    threshold: failingShare,
  });
  #isOpen = false;
  #nextProbeAt = 0;
  #probing: Promise<void> | null = null;

  constructor({ probe, log }: HostBreakerOptions) {
    this.#probe = probe;
    this.#log = log;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How long until the next probe, in ms; 0 while calls are let through. */
  get opensInMs(): number {
    return this.isOpen ? Math.max(0, this.#nextProbeAt - performance.now()) : 0;
  }

  /**
   * Runs one call and learns from how it ends.
   *
   * @throws NeverSent caused by `UpstreamUnavailableError` while the breaker is open; else what the call throws
   */
  async run(call: () => Promise<WireAnswer>): Promise<WireAnswer> {
    if (this.#isOpen) throw this.#refusal();
    try {
      const answer = await call();
      this.#count(answer.status < 500);
      return answer;
    } catch (error) {
      if (isOfTheHost(error)) this.#count(false);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#probing;
  }

  /** What began before it opened says nothing new. */
  #count(isWell: boolean): void {
    if (this.#isOpen) return;
    if (isWell) this.#recent.success(CircuitState.Closed);
    else if (this.#recent.failure(CircuitState.Closed)) this.#probing = this.#probeUntilItAnswers();
  }

  async #probeUntilItAnswers(): Promise<void> {
    this.#isOpen = true;
    this.#log.error('upstream keeps failing: calls are refused until a probe succeeds');
    let pauseMs = firstProbeMs;
    while (this.#isOpen) {
      this.#nextProbeAt = performance.now() + pauseMs;
      await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      const startedAt = performance.now();
      this.#isOpen = !(await this.#answers());
      pauseMs = Math.max(0, probeEveryMs - (performance.now() - startedAt));
    }
    // Forgets the calls that opened it.
    this.#recent.success(CircuitState.HalfOpen);
    this.#log.info('upstream is back');
  }

  /** A host that answers below 500 works, whatever it says; a probe that couldn't be sent proves nothing. */
  async #answers(): Promise<boolean> {
    try {
      return (await this.#probe()).status < 500;
    } catch {
      return false;
    }
  }

  #refusal(): NeverSent {
    const message = 'the Journals API keeps failing; it is probed and not called';
    const retryAt = new Date(Date.now() + this.opensInMs + answerMs).toISOString();
    return new NeverSent(message, { cause: new UpstreamUnavailableError(message, { retryAt }) });
  }
}

/** What its caller gave up, and what never came near a socket, is not the host's failure. */
function isOfTheHost(error: unknown): boolean {
  if (error instanceof AnswerLost) return error.gaveUp !== 'cancelled';
  return error instanceof NeverSent && error.isFromSocket;
}
