import type { Readable } from 'node:stream';

import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';

import { Deadline } from '../../concurrency/Deadline.ts';
import type { Instant } from '../../domain/instant.ts';
import {
  CredentialsRefusedError,
  Fault,
  RateLimitedError,
  UnexpectedResponseError,
  UpstreamUnavailableError,
} from '../../errors/faults.ts';
import { messageOf } from '../../errors/messageOf.ts';

import { ApiClock, steadyNow } from '../transport/ApiClock.ts';
import { createConnector } from '../transport/createConnector.ts';
import type { Credentials } from '../transport/credentials.ts';
import { decodedContent } from '../transport/decodedContent.ts';
import { beginOnlyIf, NotSentError, withdrawn } from '../transport/exchange.ts';
import { RateGovernor } from '../transport/RateGovernor.ts';
import { readErrorBody } from '../transport/readErrorBody.ts';
import { observeAll } from '../transport/UpstreamObserver.ts';
import type { UpstreamObserver } from '../transport/UpstreamObserver.ts';
import { readStatusStream } from './readStatusStream.ts';
import type { StatusStreamItem } from './readStatusStream.ts';

export interface StatusEventsClientOptions {
  baseUrl: string;
  credentials: Credentials;
  /** The API's clock, which is updated from the `Date` header of each response. */
  clock?: ApiClock;
  /** The rate limit, which streams share with all other calls. */
  governor?: RateGovernor;
  /** The observers that are notified of every attempt to open a stream. */
  observers?: readonly UpstreamObserver[];
  /**
   * The version of the Event API. Event ids differ between the versions, so a cursor from one is invalid in the other.
   */
  version: 'v1' | 'v2';
  /** Deadline for opening a stream, in ms. Default 10,000. */
  openDeadlineMs?: number;
}

/**
 * A range of times. The gateway assumes that both ends are included, which the API does not document. `until` can only
 * be used with `since`.
 */
export interface StatusEventRange {
  since?: Instant | undefined;
  until?: Instant | undefined;
}

export interface StatusStream {
  /** The API's time when the stream began, from the `Date` header of the response, in whole seconds. */
  readonly openedAt: Instant;
  /**
   * The items of the stream, until the API ends the stream.
   *
   * @throws UpstreamUnavailableError when the connection breaks
   */
  readonly items: AsyncIterable<StatusStreamItem>;
  /** Closes the connection; `items` ends immediately. */
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
  // undici's body timeout would end a stream without events. The feed itself detects a dead stream.
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
   * Opens a stream. Without `since`, the stream has new events only; with `until`, the stream ends at that time.
   *
   * @param signal cancels the opening of the stream, and closes the stream once it is open
   * @throws CredentialsRefusedError | RateLimitedError | UnexpectedResponseError | UpstreamUnavailableError
   */
  async open(range: StatusEventRange = {}, signal?: AbortSignal): Promise<StatusStream> {
    const deadline = new Deadline(this.#openDeadlineMs, { outer: signal });
    try {
      const response = await this.#requestWithRenewal(range, deadline.signal);
      if (response.statusCode !== 200 || !isEventStream(response)) throw await this.#errorOf(response);
      deadline.stopTimer();
      return {
        openedAt: openedAt(response),
        items: readStatusStream(contentOf(response), deadline.signal),
        close: () => deadline.abort(),
      };
    } catch (error) {
      deadline.abort();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /**
   * Sends the request. After a 401, which may only mean that the token has expired, sends it again with a new token.
   */
  async #requestWithRenewal(range: StatusEventRange, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const authorization = await this.#authorization(signal);
    const response = await this.#request(range, authorization, signal);
    if (response.statusCode !== 401) this.#credentials.confirm(authorization);
    else if (await this.#renew(authorization, signal)) {
      response.body.destroy();
      return this.#request(range, await this.#authorization(signal), signal);
    }
    return response;
  }

  async #authorization(signal: AbortSignal): Promise<string> {
    try {
      return await this.#credentials.authorization({ signal });
    } catch (error) {
      return asFault(error);
    }
  }

  #renew(refused: string, signal: AbortSignal): Promise<boolean> {
    return this.#credentials.renew(refused, { signal }).catch(asFault);
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
    const permit = await Promise.resolve(this.#governor.pass(limits)).catch(asFault);
    const dispatcher = this.#agent.compose(beginOnlyIf(() => this.#governor.begin(permit)));
    const sentMs = steadyNow();
    const watch = observeAll(this.#observers, { endpoint: 'statusEvents', method: 'GET', number: 1 });
    // A proxy that compresses the stream would buffer events.
    const codings = { 'accept-encoding': 'identity' };
    const headers = { ...watch.headers, ...codings, accept: 'text/event-stream', authorization };
    try {
      const response = await request(url, { dispatcher, headers, signal });
      this.#clock.learn(String(response.headers.date), sentMs);
      if (!isTooManyStreams(response)) this.#governor.learn(response.statusCode, headersOf(response));
      const { statusCode: status } = response;
      const requestId = headersOf(response)['x-request-id'] ?? null;
      const refusal = status >= 500 ? 'unknown' : 'refused';
      watch.ended({ outcome: status === 200 ? 'done' : refusal, status, requestId });
      return response;
    } catch (cause) {
      watch.ended({ outcome: cause === withdrawn ? 'neverSent' : 'unknown', status: null, requestId: null });
      if (cause === withdrawn) return await this.#request(range, authorization, signal);
      throw new UpstreamUnavailableError(`the Event API cannot be reached: ${messageOf(cause)}`, { cause });
    } finally {
      this.#governor.end(permit);
    }
  }

  async #errorOf(response: Dispatcher.ResponseData): Promise<Error> {
    const status = response.statusCode;
    const headers = headersOf(response);
    const { message, summary, ...details } = readErrorBody({
      status,
      headers,
      body: await readStart(contentOf(response)),
    });
    if (status === 429) {
      const retryAt = new Date(Date.now() + this.#governor.pauseOf(headers)).toISOString();
      return new RateLimitedError(message, { ...details, retryAt });
    }
    if (status === 401 || status === 403)
      return new CredentialsRefusedError(`the Event API refused: ${message}`, details);
    if (status >= 500) return new UpstreamUnavailableError(`the Event API: ${summary}`, details);
    return new UnexpectedResponseError(`expected an event stream, found ${summary}`, details);
  }
}

/** Throws the fault for a request that was not sent, for lack of a token or because of the rate limit. @throws Fault */
function asFault(error: unknown): never {
  if (!(error instanceof NotSentError)) throw error;
  if (error.cause instanceof Fault) throw error.cause;
  throw new UpstreamUnavailableError(`the Event API cannot be reached: ${error.message}`, { cause: error });
}

/** Whether the response is an event stream: a proxy may send a page with status 200. */
function isEventStream(response: Dispatcher.ResponseData): boolean {
  return String(response.headers['content-type']).toLowerCase().startsWith('text/event-stream');
}

/**
 * Whether a 429 means that too many streams are open: calls are left in the rate limit, so other calls are not limited.
 */
function isTooManyStreams(response: Dispatcher.ResponseData): boolean {
  return response.statusCode === 429 && Number(response.headers['x-ratelimit-remaining']) > 0;
}

function headersOf(response: Dispatcher.ResponseData): Record<string, string> {
  return Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
}

/** @throws UnexpectedResponseError for an unsupported content coding */
function contentOf(response: Dispatcher.ResponseData): Readable {
  const headers = headersOf(response);
  try {
    return decodedContent(response.body, headers['content-encoding']);
  } catch (error) {
    const message = `the Event API: HTTP ${response.statusCode}: ${messageOf(error)}`;
    throw new UnexpectedResponseError(message, { requestId: headers['x-request-id'] ?? null });
  }
}

const maxErrorBytes = 16_384;

/** Reads the first bytes of an error body, which may be an event stream that never ends. */
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
    // The bytes received so far are used.
  } finally {
    clearTimeout(deadline);
    body.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

function openedAt(response: Dispatcher.ResponseData): Instant {
  const dateMs = Date.parse(String(response.headers.date));
  return new Date(Number.isNaN(dateMs) ? Date.now() : dateMs).toISOString();
}
