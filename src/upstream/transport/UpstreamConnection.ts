import { Backoff } from '../../concurrency/Backoff.ts';
import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import { pause } from '../../concurrency/waitFor.ts';
import type { UnreadableJournal } from '../../domain/unreadableJournal.ts';

import { CallLog } from './CallLog.ts';
import type { LoggedCall } from './CallLog.ts';
import type { Credentials } from './credentials.ts';
import { acceptedCodings } from './decodedContent.ts';
import type { BodySink, WireResponse, WireRequest } from './exchange.ts';
import { outcomeAfterLost, outcomeOf, outcomeOfFailure } from './Outcome.ts';
import type { Outcome, Unknown } from './Outcome.ts';
import type { WaitLimits } from './RateGovernor.ts';
import { requestIdOf } from './readErrorBody.ts';
import { RetryBudget } from './RetryBudget.ts';
import { isRetryable, mayRetry } from './retryPolicy.ts';
import { UpstreamHost } from './UpstreamHost.ts';
import type { PoolStats, RequestLimits, UpstreamHostOptions } from './UpstreamHost.ts';
import { observeAll } from './UpstreamObserver.ts';
import type { UpstreamObserver } from './UpstreamObserver.ts';

export interface UpstreamConnectionOptions extends Omit<UpstreamHostOptions, 'origin' | 'probe'> {
  /** The scheme, the host and, if the API has a path prefix, this path. */
  baseUrl: string;
  credentials: Credentials;
  /** The observers that are notified of every attempt. */
  observers?: readonly UpstreamObserver[];
  /** The deadline of a read with all of its attempts, in ms. Default 20,000. */
  readDeadlineMs?: number;
  /**
   * The deadline of a write, in ms. Longer than that of a read, since after a timeout the outcome is unknown. Default
   * 30,000.
   */
  writeDeadlineMs?: number;
}

/** One call of the API. */
export interface UpstreamCall<Result> extends LoggedCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  path: string;
  /** JSON text; every attempt sends the same bytes. */
  body?: string;
  /** The latest time at which an attempt may begin, by `performance.now()`. */
  beginBy?: number | undefined;
  /** Whether a 401 may concern the resource instead of the credentials. If so, the caller must find out which. */
  mayBe401?: boolean;
  /** See `WireRequest`. Called again for each attempt. */
  openBody?: () => BodySink;
  /** The deadline of all attempts together, in ms. Defaults to the deadline of a read or of a write. */
  deadlineMs?: number;
  /**
   * Decodes a 2xx response.
   *
   * @param warn logs unreadable journals that do not make the call fail
   * @throws an error that says what cannot be read
   */
  decode: (response: WireResponse, warn: (unreadable: readonly UnreadableJournal[]) => void) => Result;
}

/** For metrics and readiness. */
export interface UpstreamState {
  pool: PoolStats;
  isBreakerOpen: boolean;
  /** Retries left in the budget. */
  retriesLeft: number;
}

/** The maximum number of attempts of a call. */
const maxAttempts = 3;

/**
 * Sends calls to the API: adds credentials, enforces deadlines and retries calls as `retryPolicy.ts` decides. The
 * endpoint decides what a response means.
 */
export class UpstreamConnection {
  readonly #prefix: string;
  readonly #host: UpstreamHost;
  readonly #credentials: Credentials;
  readonly #log: CallLog;
  readonly #observers: readonly UpstreamObserver[];
  readonly #budget = new RetryBudget();
  readonly #readDeadlineMs: number;
  readonly #writeDeadlineMs: number;
  #renewals = 0;

  constructor({ baseUrl, credentials, log, observers = [], ...options }: UpstreamConnectionOptions) {
    const { origin, pathname } = new URL(baseUrl);
    this.#prefix = pathname.replace(/\/+$/, '');
    this.#host = new UpstreamHost({ origin, log, ...options, probe: (deadlineMs) => this.probe(deadlineMs) });
    this.#credentials = credentials;
    this.#log = new CallLog(log);
    this.#observers = observers;
    this.#readDeadlineMs = options.readDeadlineMs ?? 20_000;
    this.#writeDeadlineMs = options.writeDeadlineMs ?? 30_000;
  }

  /**
   * Sends a call, and retries it until the deadline if a retry is safe and may help.
   *
   * @param signal cancels a read; ignored by writes, since the outcome of a cancelled write would be unknown
   */
  async send<Result>(call: UpstreamCall<Result>, signal?: CancelSignal): Promise<Outcome<Result>> {
    const isRead = call.method === 'GET';
    const limits = {
      endsAt: performance.now() + (call.deadlineMs ?? (isRead ? this.#readDeadlineMs : this.#writeDeadlineMs)),
      signal: isRead ? signal : undefined,
    };
    this.#budget.addCall();
    let lost: Unknown | null = null;
    let backoff: Backoff | null = null;
    for (let attempt = 1; ; attempt += 1) {
      const outcome: Outcome<Result> = outcomeAfterLost(lost, await this.#attempt(call, attempt, limits));
      if (outcome.kind === 'done') return outcome;
      const pauseMs = (backoff ??= new Backoff(retryPauses)).next();
      const isLast = attempt === maxAttempts || !this.#mayRetry(call, outcome, limits, pauseMs);
      if (!limits.signal?.aborted) this.#log.failure(call, outcome, attempt);
      if (isLast) return outcome;
      if (outcome.kind === 'unknown') lost = outcome;
      if (!(await pause(pauseMs, limits.signal))) return outcome;
    }
  }

  get state(): UpstreamState {
    const { pool, isBreakerOpen } = this.#host;
    return { pool, isBreakerOpen, retriesLeft: this.#budget.left };
  }

  /** How often calls have renewed the credentials. */
  get renewals(): number {
    return this.#renewals;
  }

  /** When calls are expected to succeed again; at least one second from now. */
  get retryAt(): string {
    return new Date(Date.now() + Math.max(1_000, this.#host.opensInMs)).toISOString();
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  #attempt<Result>(call: UpstreamCall<Result>, attempt: number, limits: WaitLimits): Promise<Outcome<Result>> {
    // A silent connection must not use up all of the time, so each attempt except the last gets half of what remains.
    const share = attempt < maxAttempts && isRetryable(call) ? 0.5 : 1;
    const { endsAt, signal } = limits;
    return this.#exchange(call, attempt, { endsAt, signal, share, beginBy: call.beginBy });
  }

  /**
   * Makes one attempt, notifies the observers and decodes the response. For speed, only the exchange itself is awaited,
   * unless the attempt has to wait for a token or gets a 401.
   *
   * @param isApart whether to send the request past the breaker, on a socket of its own
   */
  async #exchange<Result>(
    call: UpstreamCall<Result>,
    number: number,
    limits: RequestLimits,
    isApart = false,
  ): Promise<Outcome<Result>> {
    const { endpoint, method } = call;
    const watch = observeAll(this.#observers, { endpoint, method, number });
    try {
      const given = this.#credentials.authorization(waitOf(limits));
      const authorization = typeof given === 'string' ? given : await given;
      const request = this.#requestOf(call, authorization, watch.headers);
      const sending = isApart
        ? this.#host.exchangeApart(request, limits.endsAt - performance.now())
        : this.#host.exchange(request, limits);
      let response = await sending;
      if (response.status !== 401) this.#credentials.confirm(authorization);
      else if (!call.mayBe401)
        response = await this.#renewAndSend(call, { response, authorization }, watch.headers, limits);
      const outcome = outcomeOf(response, (received) =>
        call.decode(received, (journals) => this.#log.unreadable(call, received, journals)),
      );
      watch.ended({ outcome: outcome.kind, status: response.status, requestId: requestIdOf(response) });
      return outcome;
    } catch (error) {
      const outcome = outcomeOfFailure(error);
      const requestId = outcome.kind === 'unknown' ? outcome.requestId : null;
      watch.ended({ outcome: limits.signal?.aborted ? 'cancelled' : outcome.kind, status: null, requestId });
      return outcome;
    }
  }

  /**
   * Sends the request again after a 401 if a new token is available. A 401 may only mean that the token has expired;
   * the API has done nothing then.
   */
  async #renewAndSend(
    call: UpstreamCall<unknown>,
    refused: { response: WireResponse; authorization: string },
    traced: Record<string, string> | undefined,
    limits: RequestLimits,
  ): Promise<WireResponse> {
    if (!(await this.#credentials.renew(refused.authorization, waitOf(limits)))) return refused.response;
    this.#renewals += 1;
    const renewed = await this.#credentials.authorization(waitOf(limits));
    return this.#host.exchange(this.#requestOf(call, renewed, traced), limits);
  }

  #mayRetry(
    call: UpstreamCall<unknown>,
    outcome: Outcome<unknown>,
    { endsAt, signal }: WaitLimits,
    pauseMs: number,
  ): boolean {
    const { isBreakerOpen, opensInMs, typicalMs } = this.#host;
    return mayRetry(call, outcome, {
      isCancelled: signal?.aborted === true,
      isBreakerOpen,
      durationMs: pauseMs + opensInMs + typicalMs,
      leftMs: endsAt - performance.now(),
      budget: this.#budget,
    });
  }

  /**
   * Sends a cheap read past the breaker.
   *
   * @throws NotSentError | ResponseLostError when there is no response within the deadline
   */
  async probe(deadlineMs = 1_500): Promise<WireResponse> {
    const endsAt = performance.now() + deadlineMs;
    const outcome = await this.#exchange(probeCall, 1, { endsAt, signal: undefined, share: 1 }, true);
    if (outcome.kind === 'done') return outcome.result;
    if (outcome.kind === 'neverSent') throw outcome.error;
    if (outcome.kind === 'refused') return outcome.response;
    if (!outcome.response) throw outcome.cause;
    return outcome.response;
  }

  #requestOf(
    call: UpstreamCall<unknown>,
    authorization: string,
    traced: Record<string, string> | undefined,
  ): WireRequest {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'accept-encoding': acceptedCodings,
      authorization,
    };
    if (traced) Object.assign(headers, traced);
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
    const request: WireRequest = { method: call.method, path: this.#prefix + call.path, headers };
    if (call.body !== undefined) request.body = call.body;
    if (call.openBody) request.openBody = call.openBody;
    return request;
  }
}

function waitOf({ endsAt, signal }: WaitLimits) {
  return { timeoutMs: endsAt - performance.now(), signal };
}

const probeCall: UpstreamCall<WireResponse> = {
  endpoint: 'probe',
  // A probe checks whether the host responds, not whether the token is valid.
  mayBe401: true,
  method: 'GET',
  path: '/v1/journals?limit=1',
  decode: (response) => response,
};

const retryPauses = { firstMs: 100, maxMs: 1_000 };
