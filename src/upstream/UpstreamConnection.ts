import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import { Pool } from 'undici';

import type { Log } from '../log.ts';

import type { ApiClock } from './ApiClock.ts';
import type { Credentials } from './credentials.ts';
import { AnswerLost, exchange, NeverSent } from './exchange.ts';
import type { WireAnswer, WireRequest } from './exchange.ts';
import { CredentialsRefusedError } from './faults.ts';
import { Limit } from './Limit.ts';
import { requestIdOf } from './readErrorBody.ts';

export interface UpstreamConnectionOptions {
  /** Scheme, host and, where the API stands behind a prefix, its path. */
  baseUrl: string;
  credentials: Credentials;
  log: Log;
  /** Learns the API's time from each answer. */
  clock?: ApiClock;
  /** Sockets to the API at most; further calls wait for a free one within their deadline. Default 64. */
  connections?: number;
  /** How long a read may take, all its attempts together, in ms. Default 10,000. */
  readDeadlineMs?: number;
  /** How long a create, batch or delete may take, in ms. Longer, since giving up early leaves the outcome unknown. Default 30,000. */
  writeDeadlineMs?: number;
}

/** One call of the API, in its own words; `endpoint` names it in logs. */
export interface UpstreamCall {
  endpoint: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  /** JSON text, sent byte for byte. */
  body?: string;
  idempotencyKey?: string;
  /** A 401 may be about what was asked for and not about the credentials: the caller finds out. */
  mayBe401?: boolean;
}

/**
 * The one pool of sockets to the API. It knows HTTP, credentials and deadlines, and repeats reads;
 * what an answer means is the business of the endpoint that asked.
 */
export class UpstreamConnection {
  readonly #origin: string;
  readonly #prefix: string;
  readonly #pool: Pool;
  readonly #credentials: Credentials;
  readonly #log: Log;
  readonly #clock: ApiClock | undefined;
  #renewals = 0;
  readonly #readDeadlineMs: number;
  readonly #writeDeadlineMs: number;

  constructor(options: UpstreamConnectionOptions) {
    const url = new URL(options.baseUrl);
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/+$/, '');
    this.#credentials = options.credentials;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#readDeadlineMs = options.readDeadlineMs ?? 10_000;
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
   * Sends a GET, up to three times while it fails in a way that may pass.
   *
   * @throws NeverSent | AnswerLost
   */
  async read(call: UpstreamCall, signal?: AbortSignal): Promise<WireAnswer> {
    const endsAt = performance.now() + this.#readDeadlineMs;
    const over = new AbortController();
    return readPolicy.execute(async () => {
      try {
        return await this.#send(call, Math.max(1, endsAt - performance.now()), signal);
      } finally {
        // What has no time left, or nobody to wait for it, is not worth another attempt.
        if (signal?.aborted || endsAt - performance.now() < worthwhileMs) over.abort();
      }
    }, over.signal);
  }

  /**
   * Sends a call that changes something, once.
   *
   * @throws NeverSent | AnswerLost
   */
  write(call: UpstreamCall): Promise<WireAnswer> {
    return this.#send(call, this.#writeDeadlineMs);
  }

  /** How often a call went on with other credentials than it had begun with. */
  get renewals(): number {
    return this.#renewals;
  }

  /** Writes down an answer that says 2xx and can't be read: the operator's business, and perhaps money. */
  report(call: UpstreamCall, answer: WireAnswer, problem: string): void {
    const { endpoint } = call;
    const upstreamRequestId = requestIdOf(answer);
    this.#log.error({ endpoint, status: answer.status, upstreamRequestId, problem }, 'upstream answer can not be read');
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** A 401 may only mean that the token has ended: with another one the call is repeated, once. */
  async #send(call: UpstreamCall, deadlineMs: number, signal?: AbortSignal): Promise<WireAnswer> {
    const endsAt = performance.now() + deadlineMs;
    const limit = new Limit(deadlineMs, signal);
    try {
      const authorization = await this.#credentials.authorization(limit.signal);
      const answer = await this.#exchange(call, authorization, endsAt - performance.now(), signal);
      if (answer.status !== 401) this.#credentials.confirm(authorization);
      if (answer.status !== 401 || call.mayBe401) return answer;
      if (!(await this.#credentials.renew(authorization, limit.signal))) return answer;
      this.#renewals += 1;
      const renewed = await this.#credentials.authorization(limit.signal);
      return await this.#exchange(call, renewed, endsAt - performance.now(), signal);
    } finally {
      limit.end();
    }
  }

  async #exchange(
    call: UpstreamCall,
    authorization: string,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): Promise<WireAnswer> {
    try {
      const request = this.#requestOf(call, authorization);
      const sentMs = Date.now();
      const answer = await exchange(this.#pool, this.#origin, request, { deadlineMs: Math.max(1, deadlineMs), signal });
      this.#clock?.learn(answer.headers['date'], sentMs);
      if (answer.status >= 400) this.#logAnswer(call, answer);
      return answer;
    } catch (error) {
      if (!signal?.aborted) this.#log.warn({ endpoint: call.endpoint, err: error }, 'upstream call failed');
      throw error;
    }
  }

  #requestOf(call: UpstreamCall, authorization: string): WireRequest {
    const query = new URLSearchParams(call.query).toString();
    const headers: Record<string, string> = { accept: 'application/json', authorization };
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
    return {
      method: call.method,
      path: `${this.#prefix}${call.path}${query === '' ? '' : `?${query}`}`,
      headers,
      ...(call.body === undefined ? {} : { body: call.body }),
    };
  }

  /** A refusal is the caller's business and told to it; what else fails is the operator's. */
  #logAnswer(call: UpstreamCall, answer: WireAnswer): void {
    const fields = { endpoint: call.endpoint, status: answer.status, upstreamRequestId: requestIdOf(answer) };
    if (answer.status >= 500 || answer.status === 401 || answer.status === 429) {
      this.#log.warn(fields, 'upstream answered with a failure');
    } else {
      this.#log.debug(fields, 'upstream refused');
    }
  }
}

/** With less time left a read is not sent again; a timer may also fire a little before its time. */
const worthwhileMs = 20;

/** A token that was refused will be refused again. */
const passing = handleType(NeverSent, ({ cause }) => !(cause instanceof CredentialsRefusedError))
  .orType(AnswerLost)
  .orWhenResult((answer) => isPassing(answer as WireAnswer));

/** A proxy or the API itself is restarting: the next attempt may find it back. */
function isPassing(answer: WireAnswer): boolean {
  return answer.status === 502 || answer.status === 503 || answer.status === 504;
}

const readPolicy = retry(passing, {
  maxAttempts: 2, // besides the first
  backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 1_000 }), // decorrelated jitter
});
