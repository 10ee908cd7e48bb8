import type { Readable } from 'node:stream';

import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';

import type { Instant } from '../../domain/instant.ts';

import { ApiClock, steadyNow } from '../transport/ApiClock.ts';
import type { Credentials } from '../transport/credentials.ts';
import { createConnector } from '../transport/createConnector.ts';
import { decodedContent } from '../transport/decodedContent.ts';
import { beginningOnlyIf, heldBack, NotSentError } from '../transport/exchange.ts';
import {
  CredentialsRefusedError,
  Fault,
  RateLimitedError,
  UnexpectedAnswerError,
  UpstreamUnavailableError,
} from '../../errors/faults.ts';
import { messageOf } from '../../errors/messageOf.ts';
import { RateGovernor } from '../transport/RateGovernor.ts';
import { readErrorBody } from '../transport/readErrorBody.ts';
import { readStatusStream } from './readStatusStream.ts';
import type { StatusStreamItem } from './readStatusStream.ts';
import { observeAll } from '../transport/UpstreamObserver.ts';
import type { UpstreamObserver } from '../transport/UpstreamObserver.ts';

export interface StatusEventsClientOptions {
  baseUrl: string;
  credentials: Credentials;
  /** Learns the API's time from each answer. */
  clock?: ApiClock;
  /** The rate limit, which streams share with every other call. */
  governor?: RateGovernor;
  /** Are told of every opening. */
  observers?: readonly UpstreamObserver[];
  /** Ids differ between the two: a cursor of one means nothing to the other. */
  version: 'v1' | 'v2';
  /** How long the API may take to begin a stream, in ms. Default 10,000. */
  openDeadlineMs?: number;
}

/** Both bounds take the inclusive reading; which one the API takes is undocumented. `until` needs `since`. */
export interface StatusEventRange {
  since?: Instant | undefined;
  until?: Instant | undefined;
}

export interface StatusStream {
  /** The API's clock when it began to answer, from its `Date` header: to the second. */
  readonly openedAt: Instant;
  /** Ends when the API ends the stream. @throws UpstreamUnavailableError when the connection breaks */
  readonly items: AsyncIterable<StatusStreamItem>;
  /** Closes the connection; `items` ends at once. */
  close(): void;
}

/** The Event API: `GET /v2/events/journals/status` and its v1 predecessor. */
export class StatusEventsClient {
  readonly #url: URL;
  readonly #credentials: Credentials;
  readonly #clock: ApiClock;
  readonly #governor: RateGovernor;
  readonly #openDeadlineMs: number;
  readonly #observers: readonly UpstreamObserver[];
  // A quiet stream is a healthy one: undici's own body timeout would end it. Silence is the feed's business.
  readonly #agent = new Agent({ bodyTimeout: 0, headersTimeout: 0, connect: createConnector() });

  constructor({ baseUrl, version, credentials, openDeadlineMs = 10_000, ...shared }: StatusEventsClientOptions) {
    this.#clock = shared.clock ?? new ApiClock();
    this.#governor = shared.governor ?? new RateGovernor(this.#clock);
    this.#url = new URL(`${baseUrl}/${version}/events/journals/status`);
    this.#credentials = credentials;
    this.#openDeadlineMs = openDeadlineMs;
    this.#observers = shared.observers ?? [];
  }

  /**
   * Opens a stream. Without `since` it carries only what comes; with `until` it ends there.
   *
   * @param signal gives up the opening, and closes the stream
   * @throws CredentialsRefusedError | RateLimitedError | UnexpectedAnswerError | UpstreamUnavailableError
   */
  async open(range: StatusEventRange = {}, signal?: AbortSignal): Promise<StatusStream> {
    const cancel = new AbortController();
    const close = () => {
      signal?.removeEventListener('abort', close);
      cancel.abort();
    };
    signal?.addEventListener('abort', close, { once: true });
    if (signal?.aborted) close();
    const deadline = setTimeout(close, this.#openDeadlineMs);
    try {
      const answer = await this.#requestWithRenewal(range, cancel.signal);
      if (answer.statusCode !== 200 || !isEventStream(answer)) throw await this.#refusal(answer);
      return {
        openedAt: openedAt(answer),
        items: readStatusStream(contentOf(answer), cancel.signal),
        close,
      };
    } catch (error) {
      close();
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** As for every call: a 401 may only mean that the token has ended. */
  async #requestWithRenewal(range: StatusEventRange, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const authorization = await this.#authorization(signal);
    const answer = await this.#request(range, authorization, signal);
    if (answer.statusCode !== 401) this.#credentials.confirm(authorization);
    else if (await this.#renew(authorization, signal)) {
      answer.body.destroy();
      return this.#request(range, await this.#authorization(signal), signal);
    }
    return answer;
  }

  #authorization(signal: AbortSignal): Promise<string> {
    return this.#credentials.authorization(signal).catch(asFault);
  }

  #renew(refused: string, signal: AbortSignal): Promise<boolean> {
    return this.#credentials.renew(refused, signal).catch(asFault);
  }

  async #request(
    range: StatusEventRange,
    authorization: string,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const url = new URL(this.#url);
    if (range.since !== undefined) url.searchParams.set('since', range.since);
    if (range.until !== undefined) url.searchParams.set('until', range.until);
    const limits = { endsAt: performance.now() + this.#openDeadlineMs, signal };
    const permit = await this.#governor.pass(limits).catch(asFault);
    const dispatcher = this.#agent.compose(beginningOnlyIf(() => this.#governor.begin(permit)));
    const sentMs = steadyNow();
    const watch = observeAll(this.#observers, { endpoint: 'statusEvents', method: 'GET', number: 1 });
    // Compressed, events would wait until something on the way has enough of them.
    const codings = { 'accept-encoding': 'identity' };
    const headers = { ...watch.headers, ...codings, accept: 'text/event-stream', authorization };
    try {
      const answer = await request(url, { dispatcher, headers, signal });
      this.#clock.learn(String(answer.headers.date), sentMs);
      if (!isTooManyStreams(answer)) this.#governor.learn(answer.statusCode, headersOf(answer));
      const { statusCode: status } = answer;
      const requestId = headersOf(answer)['x-request-id'] ?? null;
      const refusal = status >= 500 ? 'unknown' : 'refused';
      watch.ended({ outcome: status === 200 ? 'done' : refusal, status, requestId });
      return answer;
    } catch (cause) {
      watch.ended({ outcome: cause === heldBack ? 'neverSent' : 'unknown', status: null, requestId: null });
      if (cause === heldBack) return await this.#request(range, authorization, signal);
      const reason = messageOf(cause);
      throw new UpstreamUnavailableError(`the Event API can't be reached: ${reason}`, { cause });
    } finally {
      this.#governor.end(permit);
    }
  }

  async #refusal(answer: Dispatcher.ResponseData): Promise<Error> {
    const status = answer.statusCode;
    const headers = headersOf(answer);
    const { message, said, ...details } = readErrorBody({ status, headers, body: await readStart(contentOf(answer)) });
    if (status === 429) {
      const retryAt = new Date(Date.now() + this.#governor.pauseOf(headers)).toISOString();
      return new RateLimitedError(message, { ...details, retryAt });
    }
    if (status === 401 || status === 403)
      return new CredentialsRefusedError(`the Event API refused: ${message}`, details);
    if (status >= 500) return new UpstreamUnavailableError(`the Event API: ${said}`, details);
    return new UnexpectedAnswerError(`expected an event stream, found ${said}`, details);
  }
}

/** Without a token, or before the rate limit's reset, nothing is asked. @throws Fault */
function asFault(error: unknown): never {
  if (!(error instanceof NotSentError)) throw error;
  if (error.cause instanceof Fault) throw error.cause;
  throw new UpstreamUnavailableError(`the Event API can't be reached: ${error.message}`, { cause: error });
}

/** A page of a proxy may come with status 200 too. */
function isEventStream(answer: Dispatcher.ResponseData): boolean {
  return String(answer.headers['content-type']).toLowerCase().startsWith('text/event-stream');
}

/** A 429 while calls are left is about the number of open streams: other calls are not concerned. */
function isTooManyStreams(answer: Dispatcher.ResponseData): boolean {
  return answer.statusCode === 429 && Number(answer.headers['x-ratelimit-remaining']) > 0;
}

function headersOf(answer: Dispatcher.ResponseData): Record<string, string> {
  return Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
}

/** @throws UnexpectedAnswerError for a coding that can't be undone */
function contentOf(answer: Dispatcher.ResponseData): Readable {
  const headers = headersOf(answer);
  try {
    return decodedContent(answer.body, headers['content-encoding']);
  } catch (error) {
    const message = `the Event API: HTTP ${answer.statusCode}: ${messageOf(error)}`;
    throw new UnexpectedAnswerError(message, { requestId: headers['x-request-id'] ?? null });
  }
}

const maxErrorBytes = 16_384;

/** The first bytes of an error body: it may be labelled an event stream and never end. */
async function readStart(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const deadline = setTimeout(() => body.destroy(), 1_000);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxErrorBytes) break;
    }
  } catch {
    // What came is what there is to say.
  } finally {
    clearTimeout(deadline);
    body.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

function openedAt(answer: Dispatcher.ResponseData): Instant {
  const told = Date.parse(String(answer.headers.date));
  return new Date(Number.isNaN(told) ? Date.now() : told).toISOString();
}
