import { setTimeout as wait } from 'node:timers/promises';

import { ExponentialBackoff, fullJitterGenerator } from 'cockatiel';
import { Pool } from 'undici';

import type { Log } from '../log.ts';

import { ApiClock, steadyNow } from './ApiClock.ts';
import type { Credentials } from './credentials.ts';
import { exchange, heldBack, NeverSent } from './exchange.ts';
import type { WireAnswer, WireRequest } from './exchange.ts';
import { Fault } from './faults.ts';
import { HostBreaker } from './HostBreaker.ts';
import { Limit } from './Limit.ts';
import { inLightOf, outcomeOf, outcomeOfFailure } from './Outcome.ts';
import type { Outcome, Unknown } from './Outcome.ts';
import { RateGovernor } from './RateGovernor.ts';
import type { WaitLimits } from './RateGovernor.ts';
import { requestIdOf } from './readErrorBody.ts';
import { RetryBudget } from './RetryBudget.ts';
import { observeAll } from './UpstreamObserver.ts';
import type { UpstreamObserver } from './UpstreamObserver.ts';

export interface UpstreamConnectionOptions {
  /** Scheme, host and, where the API stands behind a prefix, its path. */
  baseUrl: string;
  credentials: Credentials;
  log: Log;
  /** Learns the API's time from each answer. */
  clock?: ApiClock;
  /** The rate limit, which this connection shares with the event streams. */
  governor?: RateGovernor;
  /** Are told of every attempt. */
  observers?: readonly UpstreamObserver[];
  /** Sockets to the API at most; further calls wait for a free one within their deadline. Default 64. */
  connections?: number;
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
  /** Sent along, whatever the call is about. */
  headers?: Record<string, string>;
  /** A 401 may be about what was asked for and not about the credentials: the caller finds out. */
  mayBe401?: boolean;
  /** Reads a 2xx. @throws an error that says what can't be read */
  decode: (answer: WireAnswer) => Result;
}

/** How the connection fares, for those who watch over the process. */
export interface UpstreamState {
  /** Of the pool: sockets, and calls that wait for one or are under way on one. */
  pool: Pick<PoolStats, 'connected' | 'free' | 'pending' | 'queued' | 'running'>;
  isBreakerOpen: boolean;
  /** Repeats that the budget has left. */
  retriesLeft: number;
}

type PoolStats = Pool['stats'];

interface ExchangeShare extends WaitLimits {
  /** Of the time that is left when the request is given to its socket. */
  share: number;
}

interface Beginning extends ExchangeShare {
  mayBegin: () => boolean;
}

/** How many times a call is sent at most. */
const maxAttempts = 3;
/** A typical answer takes so long while none has come yet, in ms. */
const firstGuessMs = 20;

/**
 * The one pool of sockets to the API. It knows HTTP, credentials, deadlines, the rate limit and what may be sent again;
 * what an answer means is the business of the endpoint that asked.
 */
export class UpstreamConnection {
  readonly #origin: string;
  readonly #prefix: string;
  readonly #pool: Pool;
  readonly #credentials: Credentials;
  readonly #log: Log;
  readonly #clock: ApiClock;
  readonly #governor: RateGovernor;
  readonly #observers: readonly UpstreamObserver[];
  readonly #breaker: HostBreaker;
  readonly #budget = new RetryBudget();
  readonly #readDeadlineMs: number;
  readonly #writeDeadlineMs: number;
  #renewals = 0;
  #typicalMs = firstGuessMs;

  constructor(options: UpstreamConnectionOptions) {
    const url = new URL(options.baseUrl);
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/+$/, '');
    this.#credentials = options.credentials;
    this.#log = options.log;
    this.#clock = options.clock ?? new ApiClock();
    this.#governor = options.governor ?? new RateGovernor(this.#clock);
    this.#observers = options.observers ?? [];
    this.#breaker = new HostBreaker({ probe: () => this.probe(), log: this.#log });
    this.#readDeadlineMs = options.readDeadlineMs ?? 20_000;
    this.#writeDeadlineMs = options.writeDeadlineMs ?? 30_000;
    this.#pool = new Pool(this.#origin, {
      connections: options.connections ?? 64,
      // Each call has its own deadline, kept by `exchange`; undici's timers are coarse and apply per phase.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: 5_000 },
    });
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
    return { pool: this.#pool.stats, isBreakerOpen: this.#breaker.isOpen, retriesLeft: this.#budget.left };
  }

  /** How often a call went on with other credentials than it had begun with. */
  get renewals(): number {
    return this.#renewals;
  }

  /** When calls are welcome again, if they aren't now; at least a second from now, so that a caller has a time to wait for. */
  get retryAt(): string {
    return new Date(Date.now() + Math.max(1_000, this.#governor.opensInMs, this.#breaker.opensInMs)).toISOString();
  }

  async close(): Promise<void> {
    await this.#breaker.close();
    await this.#pool.destroy();
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
      const outcome = outcomeOf(answer, call.decode);
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
    limits: ExchangeShare,
    overall: AbortSignal,
  ): Promise<WireAnswer> {
    const authorization = await this.#credentials.authorization(overall);
    const answer = await this.#exchange(call, authorization, limits);
    if (answer.status !== 401) this.#credentials.confirm(authorization);
    if (answer.status !== 401 || call.mayBe401) return answer;
    if (!(await this.#credentials.renew(authorization, overall))) return answer;
    this.#renewals += 1;
    const renewed = await this.#credentials.authorization(overall);
    return this.#exchange(call, renewed, limits);
  }

  /** Passes the rate limit and the breaker, and both again when one of them closed while the request waited for a socket. */
  async #exchange(call: UpstreamCall<unknown>, authorization: string, limits: ExchangeShare): Promise<WireAnswer> {
    const request = this.#requestOf(call, authorization);
    for (;;) {
      const permit = await this.#governor.pass(limits);
      const mayBegin = () => !this.#breaker.isOpen && this.#governor.begin(permit);
      try {
        return await this.#breaker.run(() => this.#exchangeOnce(request, { ...limits, mayBegin }));
      } catch (error) {
        if (!(error instanceof NeverSent && error.cause === heldBack)) throw error;
      } finally {
        this.#governor.end(permit);
      }
    }
  }

  async #exchangeOnce(request: WireRequest, { endsAt, signal, share, mayBegin }: Beginning): Promise<WireAnswer> {
    const sentMs = steadyNow();
    const deadlineMs = Math.max(1, (endsAt - performance.now()) * share);
    const answer = await exchange(this.#pool, this.#origin, request, { deadlineMs, signal, mayBegin });
    this.#clock.learn(answer.headers['date'], sentMs);
    this.#governor.learn(answer.status, answer.headers);
    this.#typicalMs += (steadyNow() - sentMs - this.#typicalMs) / 16;
    return answer;
  }

  #mayRepeat<Result>(
    call: UpstreamCall<Result>,
    outcome: Outcome<Result>,
    { endsAt, signal }: WaitLimits,
    pauseMs: number,
  ): boolean {
    const mayHelp = outcome.kind === 'unknown' ? isPassing(call, outcome) : isPassingRefusal(call, outcome);
    if (!mayHelp || signal?.aborted || this.#breaker.isOpen) return false;
    // What can't be over before the deadline is not begun.
    if (performance.now() + pauseMs + this.#governor.opensInMs + this.#typicalMs > endsAt) return false;
    // The rate limit itself says when a call is welcome, and certainty about money is worth more than load.
    const isFree = outcome.kind === 'refused' || (outcome.kind === 'unknown' && call.method !== 'GET');
    return isFree || this.#budget.take();
  }

  /**
   * Asks the host for a sign of life, past the breaker.
   *
   * @throws NeverSent | AnswerLost when there is none within 1.5 s
   */
  async probe(): Promise<WireAnswer> {
    const limit = new Limit(probeDeadlineMs);
    const limits = { endsAt: performance.now() + probeDeadlineMs, share: 1 };
    const watch = observeAll(this.#observers, { endpoint: probeCall.endpoint, method: probeCall.method, number: 1 });
    try {
      const authorization = await this.#credentials.authorization(limit.signal);
      const permit = await this.#governor.pass(limits);
      const mayBegin = () => this.#governor.begin(permit);
      const request = this.#requestOf({ ...probeCall, headers: watch.headers }, authorization);
      const answered = this.#exchangeOnce(request, { ...limits, mayBegin }).finally(() => this.#governor.end(permit));
      const answer = await answered;
      const { kind: outcome } = outcomeOf(answer, probeCall.decode);
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

  /** A refusal is the caller's business and told to it; what else fails is the operator's, too. */
  #logFailure(call: UpstreamCall<unknown>, outcome: Outcome<unknown>, attempt: number, { signal }: WaitLimits): void {
    if (outcome.kind === 'done' || signal?.aborted) return;
    const { endpoint, idempotencyKey } = call;
    const fields = { endpoint, outcome: outcome.kind, attempt, idempotencyKey };
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

/** A probe that takes longer has failed, in ms. */
const probeDeadlineMs = 1_500;

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
