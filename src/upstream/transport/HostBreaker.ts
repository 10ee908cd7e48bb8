import { setTimeout as wait } from 'node:timers/promises';

import { Cancellation } from '../../concurrency/Cancellation.ts';
import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import { RateLimitedError, UpstreamUnavailableError } from '../../errors/faults.ts';
import type { Log } from '../../log.ts';

import { NotSentError, ResponseLostError } from './exchange.ts';
import type { WireResponse } from './exchange.ts';
import { ResponseMonitor } from './ResponseMonitor.ts';
import type { PendingCall } from './ResponseMonitor.ts';

export interface HostBreakerOptions {
  /** Sends a probe to the host. @throws when there is no response within the deadline */
  probe: (deadlineMs: number) => Promise<WireResponse>;
  /** Called when the breaker closes. Connections that were opened before may be dead without any error. */
  onClose: () => void;
  log: Log;
}

/** The breaker opens when 16 of the last 20 calls have failed. */
const recentCalls = 20;
const failuresToOpen = 16;
/** Time between the starts of two probes, in ms. The first probe comes sooner, since most outages are short. */
const firstProbeMs = 250;
const probeEveryMs = 1_000;
/** How long a probe may take before it counts as failed, in ms. */
const probeDeadlineMs = 1_500;
/** Added to `retryAt` for the time that the probe's response takes, in ms. */
const probeResponseMs = 100;
/** How long a host may send nothing before it is probed, in ms. The probe distinguishes an outage from slow calls. */
const unresponsiveMs = 700;
const unresponsiveProbeMs = 700;

/**
 * A circuit breaker. While it is open, calls to the failing host fail immediately, which spares both callers and the
 * host. The breaker sends its own probes and closes when one succeeds; it never uses a call as a probe.
 */
export class HostBreaker {
  readonly #options: HostBreakerOptions;
  readonly #closing = new AbortController();
  readonly #monitor = new ResponseMonitor({
    timeoutMs: unresponsiveMs,
    minPending: failuresToOpen,
    onUnresponsive: (pending) => this.#probeUnresponsive(pending),
  });
  /** Whether each of the last calls has failed. */
  #recent: boolean[] = [];
  #isOpen = false;
  /** Aborted when the breaker opens. */
  #opening = new Cancellation();
  #nextProbeAt = 0;
  #probing: Promise<void> | null = null;

  constructor(options: HostBreakerOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Time until the next probe, in ms; 0 while the breaker is closed. */
  get opensInMs(): number {
    return this.isOpen ? Math.max(0, this.#nextProbeAt - performance.now()) : 0;
  }

  /** Must be called when the head of any response has arrived. */
  recordResponse(): void {
    this.#monitor.recordResponse();
  }

  /** A signal that is aborted when the breaker opens, so that requests that have not begun are withdrawn. */
  get opening(): CancelSignal {
    return this.#opening;
  }

  /**
   * Begins a call. `succeeded` or `failed` must be called when the call has ended.
   *
   * @throws NotSentError caused by `UpstreamUnavailableError` while the breaker is open
   */
  begin(): PendingCall {
    if (this.#isOpen) throw this.#refusal();
    return this.#monitor.start();
  }

  /** Counts a call that got a response. */
  succeeded(call: PendingCall, { status }: WireResponse): void {
    this.#monitor.end(call);
    this.#count(status >= 500);
  }

  /** Counts a call that got no response. */
  failed(call: PendingCall, error: unknown): void {
    this.#monitor.end(call);
    if (isHostFailure(error) && !call.isCountedAsFailed) this.#count(true);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#monitor.close();
    await this.#probing;
  }

  /** Counts the result of a call. A call that ends while the breaker is open began earlier and is not counted. */
  #count(hasFailed: boolean): void {
    if (this.#isOpen) return;
    this.#recent.push(hasFailed);
    if (this.#recent.length > recentCalls) this.#recent.shift();
    const isFull = this.#recent.length === recentCalls;
    if (!hasFailed || !isFull || this.#recent.filter(Boolean).length < failuresToOpen) return;
    this.#probing = this.#probeUntilResponse();
  }

  /** Probes a host that many calls wait for. If the probe gets no response, each of these calls counts as failed. */
  async #probeUnresponsive(pending: readonly PendingCall[]): Promise<void> {
    if (this.#isOpen) return;
    const probedAt = performance.now();
    // If the rate limit prevented the probe, nothing is known; the monitor will report the host again.
    const isUp = (await this.#sendProbe(unresponsiveProbeMs)) ?? true;
    if (isUp) this.#monitor.recordResponse();
    if (this.#closing.signal.aborted || this.#monitor.respondedAt >= probedAt) return;
    for (const call of pending) {
      call.isCountedAsFailed = true;
      this.#count(true);
    }
  }

  async #probeUntilResponse(): Promise<void> {
    const { log, onClose } = this.#options;
    this.#isOpen = true;
    this.#opening.abort();
    log.error('upstream keeps failing: calls are refused until a probe succeeds');
    let pauseMs = firstProbeMs;
    while (this.#isOpen) {
      this.#nextProbeAt = performance.now() + pauseMs;
      await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      const startedAt = performance.now();
      this.#isOpen = !(await this.#sendProbe(probeDeadlineMs));
      pauseMs = Math.max(0, probeEveryMs - (performance.now() - startedAt));
    }
    this.#recent = [];
    this.#opening = new Cancellation();
    onClose();
    log.info('upstream has recovered');
  }

  /** Whether the host responds with a status below 500; null if the rate limit prevents the probe. */
  async #sendProbe(deadlineMs: number): Promise<boolean | null> {
    try {
      return (await this.#options.probe(deadlineMs)).status < 500;
    } catch (error) {
      return error instanceof NotSentError && error.cause instanceof RateLimitedError ? null : false;
    }
  }

  #refusal(): NotSentError {
    const message = 'the Journals API keeps failing; calls are refused until a probe succeeds';
    const retryAt = new Date(Date.now() + this.opensInMs + probeResponseMs).toISOString();
    return new NotSentError(message, { cause: new UpstreamUnavailableError(message, { retryAt }) });
  }
}

/** Whether the host failed: not if the caller cancelled the call or the gateway held the request back. */
function isHostFailure(error: unknown): boolean {
  if (error instanceof ResponseLostError) return error.abortedBy !== 'caller';
  return error instanceof NotSentError && error.isFromSocket;
}
