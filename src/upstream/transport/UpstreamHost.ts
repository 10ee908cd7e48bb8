import { Client, Pool } from 'undici';

import { closeAll } from '../../concurrency/closeAll.ts';
import type { Log } from '../../log.ts';

import { ApiClock, steadyNow } from './ApiClock.ts';
import { createConnector } from './createConnector.ts';
import { exchange, heldBack, NotSentError } from './exchange.ts';
import type { ExchangeLimits, WireAnswer, WireRequest } from './exchange.ts';
import { HostBreaker } from './HostBreaker.ts';
import { RateGovernor } from './RateGovernor.ts';
import type { WaitLimits } from './RateGovernor.ts';

export interface UpstreamHostOptions {
  /** Scheme, host and port. */
  origin: string;
  log: Log;
  /** Learns the API's time from each answer. */
  clock?: ApiClock | undefined;
  /** The rate limit, which this host's calls share with the event streams. */
  governor?: RateGovernor | undefined;
  /** Sockets at most; further requests wait for a free one within their deadline. Default 64. */
  connections?: number | undefined;
  /** Of an answer that can be read, at most. Default as `exchange` has it. */
  maxBodyBytes?: number | undefined;
  /** Asks the host for a sign of life, with `exchangeApart`. @throws when there is none within so many ms */
  probe: (deadlineMs: number) => Promise<WireAnswer>;
}

export interface RequestLimits extends WaitLimits {
  /** Of the time that is left, what this request may take. */
  share: number;
}

/** Of a pool: sockets, and requests that wait for one or are under way on one. */
export type PoolStats = Pick<Pool['stats'], 'connected' | 'free' | 'pending' | 'queued' | 'running'>;

/** A typical answer takes so long while none has come yet, in ms. */
const firstGuessMs = 20;

/** Each call has its own deadline, kept by `exchange`; undici's timers are coarse and apply per phase. */
const sockets = { headersTimeout: 0, bodyTimeout: 0, connect: createConnector() } as const;

/** Sockets to the API's host, and when a request may be written to one: when the rate limit, the breaker and its deadline let it. */
export class UpstreamHost {
  readonly #origin: string;
  readonly #connections: number;
  readonly #maxBodyBytes: number | undefined;
  readonly #clock: ApiClock;
  readonly #governor: RateGovernor;
  readonly #breaker: HostBreaker;
  #pool: Pool;
  /** Those whose sockets may be dead: their last requests end there. */
  readonly #oldPools = new Set<Pool>();
  #typicalMs = firstGuessMs;

  constructor({ origin, log, clock, governor, connections = 64, maxBodyBytes, probe }: UpstreamHostOptions) {
    this.#origin = origin;
    this.#connections = connections;
    this.#maxBodyBytes = maxBodyBytes;
    this.#clock = clock ?? new ApiClock();
    this.#governor = governor ?? new RateGovernor(this.#clock);
    this.#breaker = new HostBreaker({ probe, onBack: () => this.#startAfresh(), log });
    this.#pool = this.#openPool();
  }

  get pool(): PoolStats {
    return this.#pool.stats;
  }

  get isBreakerOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /** How long nothing may be sent, for the rate limit or the breaker, in ms; 0 when it may. */
  get opensInMs(): number {
    return Math.max(this.#governor.opensInMs, this.#breaker.opensInMs);
  }

  /** How long an answer takes, as of late, in ms. */
  get typicalMs(): number {
    return this.#typicalMs;
  }

  /**
   * Sends one request. The rate limit, the breaker and the time that is left are asked again at its first byte, since
   * it may have waited for a socket.
   *
   * @throws NeverSent | AnswerLost
   */
  async exchange(request: WireRequest, limits: RequestLimits): Promise<WireAnswer> {
    // What can't be over before the deadline is not begun.
    const neededMs = Math.min(this.#typicalMs, (limits.endsAt - performance.now()) / 2);
    const latest = limits.endsAt - neededMs;
    for (;;) {
      const permit = await this.#governor.pass({ ...limits, endsAt: latest });
      const deadlineMs = (limits.endsAt - performance.now()) * limits.share;
      if (performance.now() > latest) throw new NotSentError('no time is left for an answer');
      const givesUpAt = performance.now() + deadlineMs;
      const mayBegin = () =>
        !this.#breaker.isOpen && performance.now() <= givesUpAt - neededMs && this.#governor.begin(permit);
      try {
        return await this.#breaker.run((recall) =>
          this.#send(this.#pool, request, { deadlineMs, signal: limits.signal, mayBegin, recall }),
        );
      } catch (error) {
        if (!(error instanceof NotSentError && error.cause === heldBack)) throw error;
      } finally {
        this.#governor.end(permit);
      }
    }
  }

  /** As `exchange`, past the breaker and on a socket of its own: those of the pool may all wait for an answer. */
  async exchangeApart(request: WireRequest, deadlineMs: number): Promise<WireAnswer> {
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

  async #send(dispatcher: Client | Pool, request: WireRequest, limits: ExchangeLimits): Promise<WireAnswer> {
    const sentMs = steadyNow();
    // Of the head alone: after a 429 nothing more is sent, however long its body takes.
    const onHead = (status: number, headers: WireAnswer['headers']) => {
      this.#breaker.heard();
      this.#clock.learn(headers['date'], sentMs);
      this.#governor.learn(status, headers);
    };
    const bounds = { ...limits, onHead, maxBodyBytes: this.#maxBodyBytes };
    const answer = await exchange(dispatcher, this.#origin, request, bounds);
    this.#typicalMs += (steadyNow() - sentMs - this.#typicalMs) / 16;
    return answer;
  }

  #openPool(): Pool {
    return new Pool(this.#origin, { ...sockets, connections: this.#connections });
  }

  #startAfresh(): void {
    const old = this.#pool;
    this.#pool = this.#openPool();
    this.#oldPools.add(old);
    void old.close().finally(() => this.#oldPools.delete(old));
  }
}
