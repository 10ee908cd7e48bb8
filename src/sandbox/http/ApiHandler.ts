import { setTimeout as sleep } from 'node:timers/promises';

import { type Delay, type Effect, type RequestEffect, isRequestEffect } from '../faults/Fault.ts';
import type { FaultPlan } from '../faults/FaultPlan.ts';
import { Refusal } from '../Refusal.ts';
import type { EventRoutes } from '../routes/EventRoutes.ts';
import type { SandboxClock } from '../SandboxClock.ts';
import { type Answer, notFound, refused } from './Answer.ts';
import type { ApiRequest } from './ApiRequest.ts';
import type { Credentials } from './Credentials.ts';
import type { Exchange } from './Exchange.ts';
import { KeyLocks } from './KeyLocks.ts';
import { type Operation, matchOperation } from './matchOperation.ts';
import type { RateLimit } from './RateLimit.ts';
import type { LogEntry, RequestLog } from './RequestLog.ts';
import type { Manner } from './sendAnswer.ts';

export type Route = (request: ApiRequest) => Answer | Promise<Answer>;

export interface ApiHandlerParts {
  routes: Readonly<Record<Exclude<Operation, 'eventsV1' | 'eventsV2'>, Route>>;
  events: EventRoutes;
  faults: FaultPlan;
  rateLimit: RateLimit;
  credentials: Credentials;
  log: RequestLog;
  clock: SandboxClock;
}

/** What a fault before processing makes of a request: an answer in its place, or none at all. */
type Verdict = { answer: Answer } | 'reset' | null;

/** Takes a request of the API through faults, rate limit and credentials to its route, and its answer back. */
export class ApiHandler {
  readonly #parts: ApiHandlerParts;
  readonly #locks = new KeyLocks();

  constructor(parts: ApiHandlerParts) {
    this.#parts = parts;
  }

  async handle(exchange: Exchange): Promise<void> {
    const { faults, log, rateLimit } = this.#parts;
    const match = matchOperation(exchange.request.method ?? 'GET', exchange.path);
    const rate = rateLimit.take();
    exchange.addHeaders(rate.headers);
    if ('status' in match) {
      await exchange.send(match.status === 404 ? notFound() : refused(new Refusal(405, 'method not allowed')));
      return;
    }
    const effects = faults.draw(match.operation);
    const entry = this.#entry(exchange, match.operation, effects);
    log.begin(entry);
    const release = await this.#turn(exchange, match.operation);
    try {
      await this.#process(exchange, match, effects, rate.allowed, entry);
    } finally {
      release();
    }
  }

  async #process(
    exchange: Exchange,
    { operation, id }: { operation: Operation; id: string },
    effects: readonly Effect[],
    allowed: boolean,
    entry: LogEntry,
  ): Promise<void> {
    const body = await exchange.body();
    const verdict = await this.#before(exchange, effects.filter(isRequestEffect), entry);
    if (verdict === 'reset') {
      this.#end(entry, null);
      exchange.reset();
      return;
    }
    const request = { operation, id, query: exchange.query, headers: exchange.request.headers, body };
    const early = verdict?.answer ?? this.#gate(request, allowed);
    const answer = early ?? (await this.#run(exchange, request, effects));
    if (answer === 'streaming') this.#end(entry, 200);
    else await this.#after(exchange, answer, early ? [] : effects.filter(isRequestEffect), entry);
  }

  /** Rate limit, then credentials; the token endpoint has its own. */
  #gate(request: ApiRequest, allowed: boolean): Answer | null {
    if (!allowed) return refused(new Refusal(429, 'rate limit exceeded'));
    return request.operation === 'token' ? null : this.#parts.credentials.check(request.headers.authorization);
  }

  async #run(exchange: Exchange, request: ApiRequest, effects: readonly Effect[]): Promise<Answer | 'streaming'> {
    const { routes, events } = this.#parts;
    try {
      if (request.operation === 'eventsV1' || request.operation === 'eventsV2') {
        events.open(exchange, request, effects);
        return 'streaming';
      }
      return await routes[request.operation](request);
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }

  async #before(exchange: Exchange, effects: readonly RequestEffect[], entry: LogEntry): Promise<Verdict> {
    for (const effect of effects) {
      if (effect.kind === 'latency' && effect.when === 'before') await this.#delay(effect.delay);
      if (effect.kind === 'reset') return 'reset';
      if (effect.kind === 'answer' && effect.when === 'before') return { answer: effect };
      if (effect.kind === 'rateLimited') {
        exchange.addHeaders(this.#parts.rateLimit.refuseFor(effect.resetMs, effect.retryAfter).headers);
        entry.rateLimitReset = Number(exchange.headers['X-RateLimit-Reset']);
        return { answer: refused(new Refusal(429, 'rate limit exceeded')) };
      }
    }
    return null;
  }

  async #after(exchange: Exchange, answer: Answer, effects: readonly RequestEffect[], entry: LogEntry): Promise<void> {
    let sent = answer;
    let manner: Manner | undefined;
    for (const effect of effects) {
      if (effect.kind === 'latency' && effect.when === 'after') await this.#delay(effect.delay);
      if (effect.kind === 'answerLost') {
        this.#end(entry, null);
        exchange.reset();
        return;
      }
      if (effect.kind === 'answer' && effect.when === 'after') sent = effect;
      if (effect.kind === 'truncated' || effect.kind === 'malformed' || effect.kind === 'slowBody') manner = effect;
    }
    this.#end(entry, sent.status);
    await exchange.send(sent, manner);
  }

  #turn(exchange: Exchange, operation: Operation): Promise<() => void> {
    const key = exchange.request.headers['idempotency-key'];
    const keyed = operation === 'createJournal' || operation === 'createBatch';
    if (!keyed || typeof key !== 'string' || key === '') return Promise.resolve(() => undefined);
    return this.#locks.acquire(key);
  }

  async #delay(delay: Delay): Promise<void> {
    // Unreferenced: a delayed request doesn't keep a closing process alive.
    await sleep(millisecondsOf(delay, this.#parts.faults), undefined, { ref: false });
  }

  #entry(exchange: Exchange, operation: Operation, effects: readonly Effect[]): LogEntry {
    return {
      arrivedAt: this.#parts.clock.realMilliseconds(),
      answeredAt: null,
      operation,
      path: exchange.path,
      requestId: exchange.requestId,
      idempotencyKey: exchange.request.headers['idempotency-key']?.toString() ?? null,
      status: null,
      rateLimitReset: Number(exchange.headers['X-RateLimit-Reset']),
      faults: effects.map(({ kind }) => kind),
    };
  }

  #end(entry: LogEntry, status: number | null): void {
    this.#parts.log.end(entry, status, this.#parts.clock.realMilliseconds());
  }
}

function millisecondsOf(delay: Delay, faults: FaultPlan): number {
  if ('ms' in delay) return delay.ms;
  if ('meanMs' in delay) return -Math.log(1 - faults.random()) * delay.meanMs;
  return delay.minMs + faults.random() * (delay.maxMs - delay.minMs);
}
