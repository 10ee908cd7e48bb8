import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

import { CircuitState, CountBreaker } from 'cockatiel';

import type { Log } from '../../log.ts';

import { ResponseLostError, NotSentError } from './exchange.ts';
import type { WireAnswer } from './exchange.ts';
import { RateLimitedError, UpstreamUnavailableError } from '../../errors/faults.ts';
import { SilenceWatch } from './SilenceWatch.ts';
import type { Waiting } from './SilenceWatch.ts';

export interface HostBreakerOptions {
  /** Asks the host for a sign of life. @throws whatever it likes when there is none within so many ms */
  probe: (deadlineMs: number) => Promise<WireAnswer>;
  /** The host works again; connections of before may be dead and not know it. */
  onBack: () => void;
  log: Log;
}

/** Of the last 20 calls, the share that opens the breaker is 80 %: with 16 failures it is reached. */
const recentCalls = 20;
const failingShare = 0.79;
/** Between the starts of two probes, in ms; the first comes sooner, since most breaks are short. */
const firstProbeMs = 250;
const probeEveryMs = 1_000;
/** A probe that takes longer has failed, in ms. */
const probeDeadlineMs = 1_500;
/** A probe's answer is not there at once, in ms. */
const answerMs = 100;
/** A host that says nothing for so long is asked for a sign of life, and has so long for it, in ms: it isn't merely slow. */
const silentMs = 700;
const signOfLifeMs = 700;

/**
 * Stops calling a host that doesn't work: nobody waits for what will fail, and it is left in peace. Calls never serve as
 * probes; the breaker sends its own, without waiting for traffic.
 */
export class HostBreaker {
  readonly #probe: HostBreakerOptions['probe'];
  readonly #log: Log;
  readonly #closing = new AbortController();
  readonly #recent = new CountBreaker({
    size: recentCalls,
    minimumNumberOfCalls: recentCalls,
    threshold: failingShare,
  });
  readonly #silence = new SilenceWatch({
    patienceMs: silentMs,
    minWaiting: recentCalls * 0.8,
    onSilence: (waiting) => this.#doubt(waiting),
  });
  readonly #onBack: () => void;
  #isOpen = false;
  /** Aborted when the breaker opens. */
  #opening = controllerForMany();
  #nextProbeAt = 0;
  #probing: Promise<void> | null = null;

  constructor({ probe, onBack, log }: HostBreakerOptions) {
    this.#probe = probe;
    this.#onBack = onBack;
    this.#log = log;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How long until the next probe, in ms; 0 while calls are let through. */
  get opensInMs(): number {
    return this.isOpen ? Math.max(0, this.#nextProbeAt - performance.now()) : 0;
  }

  /** The host has begun to answer a call. */
  heard(): void {
    this.#silence.heard();
  }

  /**
   * Runs one call and learns from how it ends.
   *
   * @param call is told when the breaker opens: what has not been begun then isn't begun any more
   * @throws NeverSent caused by `UpstreamUnavailableError` while the breaker is open; else what the call throws
   */
  async run(call: (opening: AbortSignal) => Promise<WireAnswer>): Promise<WireAnswer> {
    if (this.#isOpen) throw this.#refusal();
    const waiting = this.#silence.begin();
    try {
      const answer = await call(this.#opening.signal);
      this.#count(answer.status < 500);
      return answer;
    } catch (error) {
      if (isOfTheHost(error) && !waiting.isGivenUp) this.#count(false);
      throw error;
    } finally {
      this.#silence.end(waiting);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#silence.close();
    await this.#probing;
  }

  /** What began before it opened says nothing new. */
  #count(isWell: boolean): void {
    if (this.#isOpen) return;
    if (isWell) this.#recent.success(CircuitState.Closed);
    else if (this.#recent.failure(CircuitState.Closed)) this.#probing = this.#probeUntilItAnswers();
  }

  /** Many calls wait and nothing is heard: without a sign of life each of them counts as failed. */
  async #doubt(silent: readonly Waiting[]): Promise<void> {
    if (this.#isOpen) return;
    const askedAt = performance.now();
    // Where it could not be asked nothing is known, and it is asked again later.
    const isWell = (await this.#answers(signOfLifeMs)) ?? true;
    if (isWell) this.#silence.heard();
    if (this.#closing.signal.aborted || this.#silence.heardAt >= askedAt) return;
    for (const waiting of silent) {
      waiting.isGivenUp = true;
      this.#count(false);
    }
  }

  async #probeUntilItAnswers(): Promise<void> {
    this.#isOpen = true;
    this.#opening.abort();
    this.#log.error('upstream keeps failing: calls are refused until a probe succeeds');
    let pauseMs = firstProbeMs;
    while (this.#isOpen) {
      this.#nextProbeAt = performance.now() + pauseMs;
      await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      const startedAt = performance.now();
      this.#isOpen = !(await this.#answers(probeDeadlineMs));
      pauseMs = Math.max(0, probeEveryMs - (performance.now() - startedAt));
    }
    // Forgets the calls that opened it.
    this.#recent.success(CircuitState.HalfOpen);
    this.#opening = controllerForMany();
    this.#onBack();
    this.#log.info('upstream is back');
  }

  /** A host that answers below 500 works, whatever it says. Null when the rate limit keeps it from being asked. */
  async #answers(deadlineMs: number): Promise<boolean | null> {
    try {
      return (await this.#probe(deadlineMs)).status < 500;
    } catch (error) {
      return error instanceof NotSentError && error.cause instanceof RateLimitedError ? null : false;
    }
  }

  #refusal(): NotSentError {
    const message = 'the Journals API keeps failing; it is probed and not called';
    const retryAt = new Date(Date.now() + this.opensInMs + answerMs).toISOString();
    return new NotSentError(message, { cause: new UpstreamUnavailableError(message, { retryAt }) });
  }
}

/** What its caller gave up, and what never came near a socket, is not the host's failure. */
function isOfTheHost(error: unknown): boolean {
  if (error instanceof ResponseLostError) return error.gaveUp !== 'cancelled';
  return error instanceof NotSentError && error.isFromSocket;
}

/** Every call that waits for a socket listens. */
function controllerForMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
