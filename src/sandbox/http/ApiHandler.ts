import { setTimeout as sleep } from 'node:timers/promises';

import { type BodyEffect, type RequestEffect, type StreamEffect, isBodyEffect } from '../faults/Fault.ts';
import type { FaultPlan } from '../faults/FaultPlan.ts';
import { Refusal } from '../api/Refusal.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import type { EventHub } from '../streams/EventHub.ts';
import { readStreamRange } from '../streams/StreamRange.ts';
import type { SandboxClock } from '../values/SandboxClock.ts';
import { type Answer, methodNotAllowed, notFound, refusalAnswer } from '../api/Answer.ts';
import { idempotencyKeyOf } from '../api/ApiRequest.ts';
import type { Credentials } from '../admission/Credentials.ts';
import type { ApiRoutes } from '../routes/ApiRoutes.ts';
import type { Exchange } from '../exchange/Exchange.ts';
import { checkAdmission } from '../admission/checkAdmission.ts';
import { KeyLocks } from './KeyLocks.ts';
import { type Operation, matchOperation } from '../api/matchOperation.ts';
import type { RateLimit } from '../admission/RateLimit.ts';
import { type LogEntry, type RequestLog, createLogEntry } from '../exchange/RequestLog.ts';

export interface ApiHandlerParts {
  routes: ApiRoutes;
  hub: EventHub;
  settings: Settings;
  faults: FaultPlan;
  rateLimit: RateLimit;
  credentials: Credentials;
  log: RequestLog;
  clock: SandboxClock;
}

/** A request for a known operation, with its faults and log entry. */
interface Call {
  operation: Operation;
  id: string;
  exchange: Exchange;
  effects: readonly RequestEffect[];
  entry: LogEntry;
}

/** How a fault ends a request before it is processed: with a response or a reset. Null if no fault does. */
type EarlyEnd = { answer: Answer } | 'reset' | null;

/**
 * Handles requests to the API: checks the rate limit and credentials, applies faults, runs the operation and responds.
 */
export class ApiHandler {
  readonly #parts: ApiHandlerParts;
  readonly #locks = new KeyLocks();

  constructor(parts: ApiHandlerParts) {
    this.#parts = parts;
  }

  async handle(exchange: Exchange): Promise<void> {
    const { faults, log, rateLimit, credentials, clock } = this.#parts;
    const { method = 'GET', headers } = exchange.request;
    const match = matchOperation(method, exchange.path);
    const rate = rateLimit.take();
    exchange.addHeaders(rate.headers);
    if ('status' in match) {
      await exchange.send(match.status === 404 ? notFound() : methodNotAllowed(match.allowed));
      return;
    }
    const refusal = checkAdmission(match.operation, headers, rate.allowed, credentials);
    // No faults are drawn for a refused request: they would count as fired although they had no effect.
    const effects = refusal ? [] : faults.draw(match.operation);
    const entry = createLogEntry(exchange, match.operation, effects, clock.realMilliseconds());
    log.begin(entry);
    await this.#handleCall({ ...match, exchange, effects, entry }, refusal);
  }

  /** Sends a refusal with the rate limit headers that every response has. */
  async refuse(exchange: Exchange, refusal: Refusal): Promise<void> {
    exchange.addHeaders(this.#parts.rateLimit.take().headers);
    await exchange.send(refusalAnswer(refusal));
  }

  /** Returns the rate limit headers for the response to bytes that aren't a valid request. */
  headersOfUnreadable(): Readonly<Record<string, string>> {
    return this.#parts.rateLimit.take().headers;
  }

  async #handleCall(call: Call, refusal: Answer | null): Promise<void> {
    const { exchange, operation, entry } = call;
    try {
      const body = await bodyOf(exchange);
      if (body === null) this.#end(call, null);
      else if (refusal) await this.#send(call, refusal);
      // The lock is taken only when the body is complete, so that a client that never completes it can't hold the lock.
      else
        await this.#locks.run(idempotencyKeyOf(operation, exchange.request.headers), () => this.#process(call, body));
    } catch (error) {
      if (entry.answeredAt === null) this.#end(call, 500);
      throw error;
    }
  }

  async #process(call: Call, body: string | Answer): Promise<void> {
    const earlyEnd = await this.#applyEarlyFaults(call);
    if (earlyEnd === 'reset') {
      this.#end(call, null);
      call.exchange.reset();
      return;
    }
    const early = earlyEnd?.answer ?? (typeof body === 'string' ? null : body);
    const answer = early ?? (await this.#run(call, typeof body === 'string' ? body : ''));
    if (answer === 'streaming') this.#end(call, 200);
    else await this.#applyLateFaults(call, answer);
  }

  async #run({ exchange, operation, id, entry }: Call, body: string): Promise<Answer | 'streaming'> {
    const { routes, faults, hub, clock, settings } = this.#parts;
    const request = { operation, id, query: exchange.query, headers: exchange.request.headers, body };
    try {
      if (operation !== 'eventsV1' && operation !== 'eventsV2') return await routes[operation](request);
      const version = operation === 'eventsV1' ? 'v1' : 'v2';
      const range = readStreamRange(request.query, version, settings.sinceIdInclusive);
      const { response, headers } = exchange;
      hub.open({ clock, settings, response, headers, version, range }, (): StreamEffect[] => {
        const drawn = faults.drawStream(operation);
        entry.faults.push(...drawn.map(({ kind }) => kind));
        return drawn;
      });
      return 'streaming';
    } catch (error) {
      if (error instanceof Refusal) return refusalAnswer(error);
      throw error;
    }
  }

  async #applyEarlyFaults({ exchange, effects, entry }: Call): Promise<EarlyEnd> {
    for (const effect of effects) {
      if (effect.kind === 'latency' && effect.when === 'before') await delay(effect.ms);
      if (effect.kind === 'reset') return 'reset';
      if (effect.kind === 'answer' && effect.when === 'before') return { answer: effect };
      if (effect.kind === 'rateLimited') {
        exchange.addHeaders(this.#parts.rateLimit.refuseFor(effect.resetMs, effect.retryAfter).headers);
        entry.rateLimitReset = Number(exchange.headers['X-RateLimit-Reset']);
        return { answer: refusalAnswer(new Refusal(429, 'rate limit exceeded')) };
      }
    }
    return null;
  }

  async #applyLateFaults(call: Call, answer: Answer): Promise<void> {
    let sent = answer;
    let bodyEffect: BodyEffect | undefined;
    for (const effect of call.effects) {
      if (effect.kind === 'latency' && effect.when === 'after') await delay(effect.ms);
      if (effect.kind === 'answerLost') {
        this.#end(call, null);
        call.exchange.reset();
        return;
      }
      if (effect.kind === 'answer' && effect.when === 'after') sent = effect;
      if (isBodyEffect(effect)) bodyEffect = effect;
    }
    await this.#send(call, sent, bodyEffect);
  }

  async #send(call: Call, answer: Answer, bodyEffect?: BodyEffect): Promise<void> {
    this.#end(call, answer.status);
    await call.exchange.send(answer, bodyEffect);
  }

  /** Completes the log entry. @param status null if no response is sent; also logged as null if the client has left */
  #end({ exchange, entry }: Call, status: number | null): void {
    this.#parts.log.end(entry, exchange.isGone ? null : status, this.#parts.clock.realMilliseconds());
  }
}

/** Returns the body, the response that refuses it if it is too long, or null if the client disconnected. */
async function bodyOf(exchange: Exchange): Promise<string | Answer | null> {
  try {
    return await exchange.body();
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error);
    throw error;
  }
}

async function delay(milliseconds: number): Promise<void> {
  // Unreferenced, so that a delayed request doesn't keep the process alive.
  await sleep(milliseconds, undefined, { ref: false });
}
