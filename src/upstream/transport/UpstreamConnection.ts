import { setTimeout as wait } from 'node:timers/promises';

import { ExponentialBackoff, fullJitterGenerator } from 'cockatiel';

import type { UnreadableJournal } from '../../domain/unreadableJournal.ts';
import type { Log } from '../../log.ts';

import type { Credentials } from './credentials.ts';
import type { WireAnswer, WireRequest } from './exchange.ts';
import { Fault } from '../../errors/faults.ts';
import { Limit } from './Deadline.ts';
import { inLightOf, outcomeOf, outcomeOfFailure } from './Outcome.ts';
import type { Outcome, Unknown } from './Outcome.ts';
import type { WaitLimits } from './RateGovernor.ts';
import { requestIdOf } from './readErrorBody.ts';
import { RetryBudget } from './RetryBudget.ts';
import { UpstreamHost } from './UpstreamHost.ts';
import type { PoolStats, RequestLimits, UpstreamHostOptions } from './UpstreamHost.ts';
import { observeAll } from './UpstreamObserver.ts';
import type { UpstreamObserver } from './UpstreamObserver.ts';

export interface UpstreamConnectionOptions extends Omit<UpstreamHostOptions, 'origin' | 'probe'> {
  /** Scheme, host and, where the API stands behind a prefix, its path. */
  baseUrl: string;
  credentials: Credentials;
  /** Are told of every attempt. */
  observers?: readonly UpstreamObserver[];
  /** How long a read may take, all its attempts together, in ms. Default 20,000. */
  readDeadlineMs?: number;
  /** The same for a create, batch or delete. Longer, since giving up early leaves the outcome unknown. Default 30,000. */
  writeDeadlineMs?: number;
}

/** One call of the API, in its own words; `endpoint` names it in logs. */
export interface UpstreamCall<Result> {
  endpoint: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  /** JSON text, sent byte for byte, the same in every attempt. */
  body?: string;
  idempotencyKey?: string;
  /** The caller's own key, whatever is sent for it: logs name it. */
  givenKey?: string;
  /** Sent along, whatever the call is about. */
  headers?: Record<string, string>;
  /** A 401 may be about what was asked for and not about the credentials: the caller finds out. */
  mayBe401?: boolean;
  /**
   * Reads a 2xx.
   *
   * @param warn writes down journals that can't be read and are no reason to fail
   * @throws an error that says what can't be read
   */
  decode: (answer: WireAnswer, warn: (unreadable: readonly UnreadableJournal[]) => void) => Result;
}

/** How the connection fares, for those who watch over the process. */
export interface UpstreamState {
  pool: PoolStats;
  isBreakerOpen: boolean;
  /** Repeats that the budget has left. */
  retriesLeft: number;
}

/** How many times a call is sent at most. */
const maxAttempts = 3;

/**
 * The calls of the API. It knows credentials, deadlines and what may be sent again; what an answer means is the business
 * of the endpoint that asked.
 */
export class UpstreamConnection {
  readonly #prefix: string;
  readonly #host: UpstreamHost;
  readonly #credentials: Credentials;
  readonly #log: Log;
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
    this.#log = log;
    this.#observers = observers;
    this.#readDeadlineMs = options.readDeadlineMs ?? 20_000;
    this.#writeDeadlineMs = options.writeDeadlineMs ?? 30_000;
  }

  /**
   * Sends a call, again where that is safe and may help, until its deadline.
   *
   * @param signal gives up; heeded by reads only, since a cancelled write would be an outcome that nobody knows
   */
  async send<Result>(call: UpstreamCall<Result>, signal?: AbortSignal): Promise<Outcome<Result>> {
    const isRead = call.method === 'GET';
    const limits = {
      endsAt: performance.now() + (isRead ? this.#readDeadlineMs : this.#writeDeadlineMs),
      signal: isRead ? signal : undefined,
    };
    this.#budget.called();
    let lost: Unknown | null = null;
    let backoff = pauses.next();
    for (let attempt = 1; ; attempt += 1) {
      const outcome: Outcome<Result> = inLightOf(lost, await this.#attempt(call, attempt, limits));
      const pauseMs = backoff.duration;
      const isLast = attempt === maxAttempts || !this.#mayRepeat(call, outcome, limits, pauseMs);
      this.#logFailure(call, outcome, attempt, limits);
      if (isLast) return outcome;
      if (outcome.kind === 'unknown') lost = outcome;
      await wait(pauseMs, undefined, { signal: limits.signal }).catch(() => undefined);
      if (limits.signal?.aborted) return outcome;
      backoff = backoff.next(undefined);
    }
  }

  get state(): UpstreamState {
    const { pool, isBreakerOpen } = this.#host;
    return { pool, isBreakerOpen, retriesLeft: this.#budget.left };
  }

  /** How often a call went on with other credentials than it had begun with. */
  get renewals(): number {
    return this.#renewals;
  }

  /** When calls are welcome again, if they aren't now; at least a second from now, so that a caller has a time to wait for. */
  get retryAt(): string {
    return new Date(Date.now() + Math.max(1_000, this.#host.opensInMs)).toISOString();
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  async #attempt<Result>(call: UpstreamCall<Result>, attempt: number, limits: WaitLimits): Promise<Outcome<Result>> {
    // A connection gone silent must not cost all of the time: each attempt but the last has half of what is left.
    const share = attempt < maxAttempts && isRepeatable(call) ? 0.5 : 1;
    const limit = new Limit(Math.max(1, limits.endsAt - performance.now()), limits.signal);
    const { endpoint, method } = call;
    const watch = observeAll(this.#observers, { endpoint, method, number: attempt });
    const watched = { ...call, headers: watch.headers };
    try {
      const answer = await this.#sendWithRenewal(watched, { ...limits, share }, limit.signal);
      const outcome = outcomeOf(answer, (whole) =>
        call.decode(whole, (journals) => this.#logUnreadable(call, whole, journals)),
      );
      watch.ended({ outcome: outcome.kind, status: answer.status, requestId: requestIdOf(answer) });
      return outcome;
    } catch (error) {
      const outcome = outcomeOfFailure(error);
      const requestId = outcome.kind === 'unknown' ? outcome.requestId : null;
      watch.ended({ outcome: limits.signal?.aborted ? 'cancelled' : outcome.kind, status: null, requestId });
      return outcome;
    } finally {
      limit.end();
    }
  }

  /** A 401 may only mean that the token has ended: with another one the call is sent again, since nothing was done. */
  async #sendWithRenewal(
    call: UpstreamCall<unknown>,
    limits: RequestLimits,
    overall: AbortSignal,
  ): Promise<WireAnswer> {
    const authorization = await this.#credentials.authorization(overall);
    const answer = await this.#host.exchange(this.#requestOf(call, authorization), limits);
    if (answer.status !== 401) this.#credentials.confirm(authorization);
    if (answer.status !== 401 || call.mayBe401) return answer;
    if (!(await this.#credentials.renew(authorization, overall))) return answer;
    this.#renewals += 1;
    const renewed = await this.#credentials.authorization(overall);
    return this.#host.exchange(this.#requestOf(call, renewed), limits);
  }

  #mayRepeat<Result>(
    call: UpstreamCall<Result>,
    outcome: Outcome<Result>,
    { endsAt, signal }: WaitLimits,
    pauseMs: number,
  ): boolean {
    const mayHelp = outcome.kind === 'unknown' ? isPassing(call, outcome) : isPassingRefusal(call, outcome);
    if (!mayHelp || signal?.aborted || this.#host.isBreakerOpen) return false;
    // What can't be over before the deadline is not begun.
    if (performance.now() + pauseMs + this.#host.opensInMs + this.#host.typicalMs > endsAt) return false;
    // The rate limit itself says when a call is welcome, and certainty about money is worth more than load.
    const isFree = outcome.kind === 'refused' || (outcome.kind === 'unknown' && call.method !== 'GET');
    return isFree || this.#budget.take();
  }

  /**
   * Asks the host for a sign of life, past the breaker.
   *
   * @throws NeverSent | AnswerLost when there is none in time
   */
  async probe(deadlineMs = 1_500): Promise<WireAnswer> {
    const limit = new Limit(deadlineMs);
    const endsAt = performance.now() + deadlineMs;
    const watch = observeAll(this.#observers, { endpoint: probeCall.endpoint, method: probeCall.method, number: 1 });
    try {
      const authorization = await this.#credentials.authorization(limit.signal);
      const request = this.#requestOf({ ...probeCall, headers: watch.headers }, authorization);
      const answer = await this.#host.exchangeApart(request, endsAt - performance.now());
      const { kind: outcome } = outcomeOf(answer, () => null);
      watch.ended({ outcome, status: answer.status, requestId: requestIdOf(answer) });
      return answer;
    } catch (error) {
      watch.ended({ outcome: outcomeOfFailure(error).kind, status: null, requestId: null });
      throw error;
    } finally {
      limit.end();
    }
  }

  #requestOf(call: UpstreamCall<unknown>, authorization: string): WireRequest {
    const query = new URLSearchParams(call.query).toString();
    const headers: Record<string, string> = { ...call.headers, accept: 'application/json', authorization };
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
    return {
      method: call.method,
      path: `${this.#prefix}${call.path}${query === '' ? '' : `?${query}`}`,
      headers,
      ...(call.body === undefined ? {} : { body: call.body }),
    };
  }

  /** One line for an answer, however many there are: where one can't be read, often many can't. */
  #logUnreadable(
    { endpoint }: UpstreamCall<unknown>,
    answer: WireAnswer,
    journals: readonly UnreadableJournal[],
  ): void {
    const [first] = journals;
    if (!first) return;
    const { id: journalId, problem } = first;
    const facts = { endpoint, upstreamRequestId: requestIdOf(answer), count: journals.length, journalId, problem };
    this.#log.error(facts, 'journals of an answer can not be read');
  }

  /** A refusal is the caller's business and told to it; what else fails is the operator's, too. */
  #logFailure(call: UpstreamCall<unknown>, outcome: Outcome<unknown>, attempt: number, { signal }: WaitLimits): void {
    if (outcome.kind === 'done' || signal?.aborted) return;
    const { endpoint, idempotencyKey: sentKey, givenKey: idempotencyKey = sentKey } = call;
    const keys = sentKey === idempotencyKey ? { idempotencyKey } : { idempotencyKey, sentKey };
    const fields = { endpoint, outcome: outcome.kind, attempt, ...keys };
    if (outcome.kind === 'neverSent') {
      this.#log.warn({ ...fields, err: outcome.error }, 'upstream call was not sent');
    } else if (outcome.kind === 'unknown') {
      const { requestId: upstreamRequestId, upstreamCode, answer } = outcome;
      const level = answer && answer.status < 300 ? 'error' : 'warn';
      // Not the words of an answer: they may repeat what was sent.
      const problem = answer && answer.status >= 300 ? undefined : outcome.message;
      const known = { upstreamRequestId, upstreamCode, status: answer?.status, problem };
      this.#log[level]({ ...fields, ...known }, 'upstream call failed');
    } else {
      const { status } = outcome.answer;
      const level = status === 401 || status === 429 ? 'warn' : 'debug';
      this.#log[level]({ ...fields, status, upstreamRequestId: requestIdOf(outcome.answer) }, 'upstream refused');
    }
  }
}

const probeCall: UpstreamCall<null> = {
  endpoint: 'probe',
  method: 'GET',
  path: '/v1/journals',
  query: { limit: '1' },
  decode: () => null,
};

const pauses = new ExponentialBackoff({ generator: fullJitterGenerator, initialDelay: 100, maxDelay: 1_000 });

/** Once begun, a reverse batch is never sent again: the API knows no key for it. */
function isRepeatable({ method, idempotencyKey }: UpstreamCall<unknown>): boolean {
  return method !== 'POST' || idempotencyKey !== undefined;
}

/** An unknown outcome that another attempt may settle. Of reads, what a restart or a lost connection explains. */
function isPassing(call: UpstreamCall<unknown>, { answer }: Unknown): boolean {
  if (call.method !== 'GET') return isRepeatable(call);
  return answer === null || answer.status === 502 || answer.status === 503 || answer.status === 504;
}

/** A call that was never sent may be sent, unless what keeps it back has said until when; so may one that came too often. */
function isPassingRefusal(call: UpstreamCall<unknown>, outcome: Outcome<unknown>): boolean {
  if (outcome.kind === 'neverSent') return !(outcome.error.cause instanceof Fault);
  return outcome.kind === 'refused' && outcome.answer.status === 429 && isRepeatable(call);
}
