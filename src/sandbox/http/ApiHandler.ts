import { setTimeout as sleep } from 'node:timers/promises';

import type { RequestEffect, StreamEffect } from '../faults/Fault.ts';
import type { FaultPlan } from '../faults/FaultPlan.ts';
import { Refusal } from '../domain/Refusal.ts';
import type { EventRoutes } from '../routes/EventRoutes.ts';
import type { SandboxClock } from '../domain/SandboxClock.ts';
import { type Answer, methodNotAllowed, notFound, refused } from '../exchange/Answer.ts';
import type { ApiRequest } from '../exchange/ApiRequest.ts';
import type { Credentials } from '../exchange/Credentials.ts';
import type { Exchange } from '../exchange/Exchange.ts';
import { gate, keyOf } from '../exchange/gate.ts';
import { KeyLocks } from '../exchange/KeyLocks.ts';
import { logEntry } from './logEntry.ts';
import { type Operation, matchOperation } from '../domain/matchOperation.ts';
import type { RateLimit } from './RateLimit.ts';
import type { LogEntry, RequestLog } from '../exchange/RequestLog.ts';
import type { Manner } from '../exchange/sendAnswer.ts';

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

/** One request of a known operation on its way: who is asked, what befalls it, its line of the log. */
interface Passage {
  operation: Operation;
  id: string;
  exchange: Exchange;
  effects: readonly RequestEffect[];
  entry: LogEntry;
}

/** What becomes of a request before its route: an answer in its place, or none at all. */
type Verdict = { answer: Answer } | 'reset' | null;

/** Takes a request of the API through rate limit, credentials and faults to its route, and its answer back. */
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
    const refusal = gate(match.operation, headers, rate.allowed, credentials);
    // Whoever is turned away meets no fault: it would count as fired and have done nothing.
    const effects = refusal ? [] : faults.draw(match.operation);
    const entry = logEntry(exchange, match.operation, effects, clock.realMilliseconds());
    log.begin(entry);
    await this.#pass({ ...match, exchange, effects, entry }, refusal);
  }

  /** Refuses what is no request of the API, with the headers that every answer has. */
  async refuse(exchange: Exchange, refusal: Refusal): Promise<void> {
    exchange.addHeaders(this.#parts.rateLimit.take().headers);
    await exchange.send(refused(refusal));
  }

  /** The headers of an answer to what could not even be read as a request. */
  headersOfUnreadable(): Readonly<Record<string, string>> {
    return this.#parts.rateLimit.take().headers;
  }

  async #pass(passage: Passage, refusal: Answer | null): Promise<void> {
    const { exchange, operation, entry } = passage;
    try {
      const body = await bodyOf(exchange);
      if (body === null) this.#end(passage, null);
      else if (refusal) await this.#send(passage, refusal);
      // Only what came in whole waits for its turn: one that hangs up within its body must not hold the key.
      else await this.#inTurn(keyOf(operation, exchange.request.headers), () => this.#process(passage, body));
    } catch (error) {
      if (entry.answeredAt === null) this.#end(passage, 500);
      throw error;
    }
  }

  async #inTurn(key: string | undefined, work: () => Promise<void>): Promise<void> {
    if (key === undefined) return work();
    const release = await this.#locks.acquire(key);
    try {
      await work();
    } finally {
      release();
    }
  }

  async #process(passage: Passage, body: string | Answer): Promise<void> {
    const verdict = await this.#before(passage);
    if (verdict === 'reset') {
      this.#end(passage, null);
      passage.exchange.reset();
      return;
    }
    const early = verdict?.answer ?? (typeof body === 'string' ? null : body);
    const answer = early ?? (await this.#run(passage, typeof body === 'string' ? body : ''));
    if (answer === 'streaming') this.#end(passage, 200);
    else await this.#after(passage, answer);
  }

  async #run({ exchange, operation, id, entry }: Passage, body: string): Promise<Answer | 'streaming'> {
    const { routes, events, faults } = this.#parts;
    const request = { operation, id, query: exchange.query, headers: exchange.request.headers, body };
    try {
      if (operation !== 'eventsV1' && operation !== 'eventsV2') return await routes[operation](request);
      events.open(exchange, request, (): StreamEffect[] => {
        const drawn = faults.drawStream(operation);
        entry.faults.push(...drawn.map(({ kind }) => kind));
        return drawn;
      });
      return 'streaming';
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }

  async #before({ exchange, effects, entry }: Passage): Promise<Verdict> {
    for (const effect of effects) {
      if (effect.kind === 'latency' && effect.when === 'before') await delay(effect.ms);
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

  async #after(passage: Passage, answer: Answer): Promise<void> {
    let sent = answer;
    let manner: Manner | undefined;
    for (const effect of passage.effects) {
      if (effect.kind === 'latency' && effect.when === 'after') await delay(effect.ms);
      if (effect.kind === 'answerLost') {
        this.#end(passage, null);
        passage.exchange.reset();
        return;
      }
      if (effect.kind === 'answer' && effect.when === 'after') sent = effect;
      if (effect.kind === 'truncated' || effect.kind === 'malformed' || effect.kind === 'slowBody') manner = effect;
    }
    await this.#send(passage, sent, manner);
  }

  async #send(passage: Passage, answer: Answer, manner?: Manner): Promise<void> {
    this.#end(passage, answer.status);
    await passage.exchange.send(answer, manner);
  }

  /** @param status null when the client gets no answer; a client that is gone gets none either */
  #end({ exchange, entry }: Passage, status: number | null): void {
    this.#parts.log.end(entry, exchange.isGone ? null : status, this.#parts.clock.realMilliseconds());
  }
}

/** The body; the answer to one that is too long; null when the client went away. */
async function bodyOf(exchange: Exchange): Promise<string | Answer | null> {
  try {
    return await exchange.body();
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

async function delay(milliseconds: number): Promise<void> {
  // Unreferenced: a delayed request doesn't keep a closing process alive.
  await sleep(milliseconds, undefined, { ref: false });
}
