import { Client, Pool } from 'undici';

import { closeAll } from '../../concurrency/closeAll.ts';
import type { Log } from '../../log.ts';

import { ApiClock, steadyNow } from './ApiClock.ts';
import { createConnector } from './createConnector.ts';
import { exchange, NotSentError, withdrawn } from './exchange.ts';
import type { ExchangeLimits, WireResponse, WireRequest } from './exchange.ts';
import { HostBreaker } from './HostBreaker.ts';
import { RateGovernor } from './RateGovernor.ts';
import type { WaitLimits } from './RateGovernor.ts';

export interface UpstreamHostOptions {
  /** Scheme, host and port. */
  origin: string;
  log: Log;
  /** The API's clock, which is updated from the `Date` header of each response. */
  clock?: ApiClock | undefined;
  /** The rate limit, which calls share with the event streams. */
  governor?: RateGovernor | undefined;
  /** Maximum number of sockets. Further requests wait for a free socket until their deadline. Default 64. */
  connections?: number | undefined;
  /** See `ExchangeLimits`. */
  maxBodyBytes?: number | undefined;
  /** Sends a probe with `exchangeApart`. @throws when there is no response within the deadline */
  probe: (deadlineMs: number) => Promise<WireResponse>;
}

export interface RequestLimits extends WaitLimits {
  /** The share of the remaining time that this request may take. */
  share: number;
  /** The latest time at which the request may begin, by `performance.now()`. */
  beginBy?: number | undefined;
}

/** The numbers of sockets in the pool, of requests that wait for a socket and of requests in flight. */
export type PoolStats = Pick<Pool['stats'], 'connected' | 'free' | 'pending' | 'queued' | 'running'>;

/** Assumed response time before the first response, in ms. */
const initialTypicalMs = 20;

/** `exchange` enforces each call's own deadline; undici's timers are coarse and apply per phase. */
const sockets = { headersTimeout: 0, bodyTimeout: 0, connect: createConnector() } as const;

/**
 * The sockets to the API's host. A request is written only if the rate limit, the breaker and its deadline allow that.
 */
export class UpstreamHost {
  readonly #origin: string;
  readonly #connections: number;
  readonly #maxBodyBytes: number | undefined;
  readonly #clock: ApiClock;
  readonly #governor: RateGovernor;
  readonly #breaker: HostBreaker;
  #pool: Pool;
  /** Pools whose sockets may be dead. Each is closed when its last request has ended. */
  readonly #oldPools = new Set<Pool>();
  #typicalMs = initialTypicalMs;

  constructor({ origin, log, clock, governor, connections = 64, maxBodyBytes, probe }: UpstreamHostOptions) {
    this.#origin = origin;
    this.#connections = connections;
    this.#maxBodyBytes = maxBodyBytes;
    this.#clock = clock ?? new ApiClock();
    this.#governor = governor ?? new RateGovernor(this.#clock);
    this.#breaker = new HostBreaker({ probe, onClose: () => this.#replacePool(), log });
    this.#pool = this.#openPool();
  }

  get pool(): PoolStats {
    return this.#pool.stats;
  }

  get isBreakerOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /** How long until the rate limit and the breaker allow calls, in ms; 0 when they allow calls now. */
  get opensInMs(): number {
    return Math.max(this.#governor.opensInMs, this.#breaker.opensInMs);
  }

  /** Moving average of the response time, in ms. */
  get typicalMs(): number {
    return this.#typicalMs;
  }

  /**
   * Sends one request. The rate limit, the breaker and the deadline are checked again before the first byte, since the
   * request may have waited for a socket.
   *
   * @throws NotSentError | ResponseLostError
   */
  async exchange(
    request: WireRequest,
    { endsAt, signal, share, beginBy = Infinity }: RequestLimits,
  ): Promise<WireResponse> {
    // A request that cannot finish before the deadline is not begun.
    const neededMs = Math.min(this.#typicalMs, (endsAt - performance.now()) / 2);
    const latest = Math.min(endsAt - neededMs, beginBy);
    for (;;) {
      const passed = this.#governor.pass({ endsAt: latest, signal });
      const permit = passed instanceof Promise ? await passed : passed;
      try {
        const now = performance.now();
        if (now > latest) throw new NotSentError('no time is left for a response');
        const deadlineMs = (endsAt - now) * share;
        const beginsUntil = Math.min(now + deadlineMs - neededMs, beginBy);
        const mayBegin = () => !this.isBreakerOpen && performance.now() <= beginsUntil && this.#governor.begin(permit);
        const call = this.#breaker.begin();
        try {
          const recall = this.#breaker.opening;
          const response = await this.#send(this.#pool, request, { deadlineMs, signal, mayBegin, recall });
          this.#breaker.succeeded(call, response);
          return response;
        } catch (error) {
          this.#breaker.failed(call, error);
          if (!(error instanceof NotSentError && error.cause === withdrawn)) throw error;
        }
      } finally {
        this.#governor.end(permit);
      }
    }
  }

  /** Sends a request past the breaker on a new socket, since all sockets of the pool may be waiting for a response. */
  async exchangeApart(request: WireRequest, deadlineMs: number): Promise<WireResponse> {
    const endsAt = performance.now() + deadlineMs;
    const permit = await this.#governor.pass({ endsAt });
    const client = new Client(this.#origin, sockets);
    try {
      const mayBegin = () => this.#governor.begin(permit);
      return await this.#send(client, request, { deadlineMs: endsAt - performance.now(), mayBegin });
    } finally {
      this.#governor.end(permit);
      await client.destroy();
    }
  }

  async close(): Promise<void> {
    const pools = () => Promise.all([this.#pool, ...this.#oldPools].map((pool) => pool.destroy()));
    await closeAll([
      ['the breaker', () => this.#breaker.close()],
      ['the sockets', pools],
    ]);
  }

  #send(dispatcher: Client | Pool, request: WireRequest, limits: ExchangeLimits): Promise<WireResponse> {
    const sentMs = steadyNow();
    // Does not wait for the body: a 429 must stop further calls before its body has arrived.
    const onHead = (status: number, headers: WireResponse['headers']) => {
      this.#breaker.recordResponse();
      this.#clock.learn(headers['date'], sentMs);
      this.#governor.learn(status, headers);
    };
    const onEnd = () => {
      this.#typicalMs += (steadyNow() - sentMs - this.#typicalMs) / 16;
    };
    const { deadlineMs, signal, mayBegin, recall } = limits;
    const bounds = { deadlineMs, signal, mayBegin, recall, onHead, onEnd, maxBodyBytes: this.#maxBodyBytes };
    return exchange(dispatcher, this.#origin, request, bounds);
  }

  #openPool(): Pool {
    return new Pool(this.#origin, { ...sockets, connections: this.#connections });
  }

  #replacePool(): void {
    const old = this.#pool;
    this.#pool = this.#openPool();
    this.#oldPools.add(old);
    void old.close().finally(() => this.#oldPools.delete(old));
  }
}
