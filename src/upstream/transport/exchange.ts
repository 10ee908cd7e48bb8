import { Readable } from 'node:stream';

import type { Dispatcher } from 'undici';

import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import { messageOf } from '../../errors/messageOf.ts';

import { decodedContent } from './decodedContent.ts';

/** One HTTP request, as it is sent. */
export interface WireRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  path: string;
  /** Must contain `accept-encoding: acceptedCodings`. */
  headers: Record<string, string>;
  body?: string;
  /**
   * Called when the head of a 2xx arrives. The returned sink gets the body piece by piece, and the `body` of the
   * response stays empty.
   */
  openBody?: (() => BodySink) | undefined;
}

/** Receives the decompressed pieces of a body as they arrive. Must not throw. */
export type BodySink = (piece: Buffer) => void;

export interface WireResponse {
  status: number;
  /** Names are in lower case; the values of a repeated header are joined by commas. */
  headers: Record<string, string>;
  /** The decompressed body, read as UTF-8 whatever the media type is: JSON has no other encoding (RFC 8259, 8.1). */
  body: string;
  /** Why `body` does not contain the received body: the body is too long or cannot be decompressed. */
  unreadable?: string;
}

/**
 * The default limit of a body, in bytes: more than the API's longest list, which is 100,000 journals with every field.
 */
const defaultMaxBodyBytes = 268_435_456;

/** No byte of the request was written: connecting to the host failed, or the request was ended before it began. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
  /** True if connecting to the host failed; false if the gateway itself held the request back. */
  readonly isFromSocket: boolean;

  constructor(message: string, options: { cause?: unknown; isFromSocket?: boolean } = {}) {
    super(message, options);
    this.isFromSocket = options.isFromSocket ?? false;
  }
}

type AbortedBy = 'deadline' | 'caller' | null;

/** The request was begun and no complete response arrived: the API may or may not have processed the request. */
export class ResponseLostError extends Error {
  override readonly name = 'ResponseLostError';
  /** `X-Request-ID`, when the head of the response had arrived. */
  readonly requestId: string | null;
  /** Null if the connection broke. */
  readonly abortedBy: AbortedBy;

  constructor(message: string, options: { cause?: unknown; requestId: string | null; abortedBy: AbortedBy }) {
    super(message, options);
    this.requestId = options.requestId;
    this.abortedBy = options.abortedBy;
  }
}

export interface ExchangeLimits {
  /** Time for the whole exchange, including the wait for a socket, in ms. */
  deadlineMs: number;
  /** Cancels the exchange. Only for reads: the outcome of a cancelled POST would be unknown. */
  signal?: CancelSignal | undefined;
  /** Called before the first byte is written. If false, the exchange throws `NotSentError` caused by `withdrawn`. */
  mayBegin?: (() => boolean) | undefined;
  /** If aborted before the request gets a socket, the exchange throws `NotSentError` caused by `withdrawn`. */
  recall?: CancelSignal | undefined;
  /** A response with a longer decompressed body is unreadable. In bytes; default 268,435,456. */
  maxBodyBytes?: number | undefined;
  /** Called when the head of the response has arrived, before its body is complete. */
  onHead?: ((status: number, headers: WireResponse['headers']) => void) | undefined;
  /** Called when the response is complete. */
  onEnd?: (() => void) | undefined;
}

/** The cause of a `NotSentError` when `mayBegin` returned false or `recall` was aborted. */
export const withdrawn = new Error('the request was withdrawn before its first byte');

/** An undici interceptor: requests for which `mayBegin` returns false before their first byte fail with `withdrawn`. */
export function beginOnlyIf(mayBegin: () => boolean): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        if (!mayBegin()) throw withdrawn;
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (...head) => handler.onResponseStart?.(...head),
      onResponseData: (...chunk) => handler.onResponseData?.(...chunk),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...failure) => handler.onResponseError?.(...failure),
    });
}

/**
 * Sends one request and reads its whole response, whatever its status.
 * Uses a handler, since undici's own `request()` does not reveal whether a failed request was begun.
 *
 * @throws NotSentError | ResponseLostError and nothing else
 */
export function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: WireRequest,
  limits: ExchangeLimits,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const { method, path, headers, body = null, openBody } = request;
    const handler = new ResponseHandler(resolve, reject, limits, openBody);
    try {
      dispatcher.dispatch({ origin, method, path, headers, body }, handler);
    } catch (error) {
      handler.fail(error);
    }
  });
}

class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (response: WireResponse) => void;
  readonly #reject: (error: NotSentError | ResponseLostError) => void;
  readonly #limits: ExchangeLimits;
  readonly #openBody: WireRequest['openBody'];
  readonly #maxBodyBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = () => this.#end();
  readonly #withdraw = () => this.fail(withdrawn);
  #controller: Dispatcher.DispatchController | null = null;
  #isSettled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #sink: BodySink | null = null;
  #bytes = 0;
  #content: Readable | null = null;

  constructor(
    resolve: (response: WireResponse) => void,
    reject: (error: NotSentError | ResponseLostError) => void,
    limits: ExchangeLimits,
    openBody: WireRequest['openBody'],
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#limits = limits;
    this.#openBody = openBody;
    this.#maxBodyBytes = limits.maxBodyBytes ?? defaultMaxBodyBytes;
    const { deadlineMs, signal, recall } = limits;
    this.#timer = setTimeout(this.#abort, deadlineMs);
    signal?.addEventListener('abort', this.#abort);
    recall?.addEventListener('abort', this.#withdraw);
    if (signal?.aborted) this.#abort();
    else if (recall?.aborted) this.#withdraw();
  }

  /**
   * undici calls this when the request has its socket, right before the first byte is written. An error thrown here
   * withdraws the request and keeps the socket for the next request; an abort would destroy the socket.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { mayBegin = () => true, recall } = this.#limits;
    if (this.#isSettled || !mayBegin()) throw withdrawn;
    recall?.removeEventListener('abort', this.#withdraw);
    this.#controller = controller;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // A 1xx is the head of an interim response: the head of the final response follows.
    if (status < 200) return;
    this.#status = status;
    this.#headers = joinValues(headers);
    this.#limits.onHead?.(status, this.#headers);
    if (status < 300) this.#sink = this.#openBody?.() ?? null;
    if (status !== 204) return;
    // A 204 has no body, whatever its headers claim. Bytes that follow the head would be read as the next response on
    // this connection. undici prevents that for a content-length, but not for a transfer-encoding.
    this.#respond('');
    if ('transfer-encoding' in headers) controller.abort(new Error('a response with status 204 announced a body'));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#sink && this.#headers['content-encoding'] === undefined) this.#sink(chunk);
    else this.#chunks.push(chunk);
    if (this.#bytes <= this.#maxBodyBytes) return;
    const tooLong = bodyTooLong(this.#maxBodyBytes);
    this.#respond('', tooLong.message);
    controller.abort(tooLong);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    const coding = this.#headers['content-encoding'];
    if (coding === undefined || bytes.length === 0) this.#respond(bytes.toString('utf8'));
    else void this.#decode(bytes, coding);
  }

  /** Decompresses the body. A complete response that cannot be decompressed is unreadable, not lost. */
  async #decode(bytes: Buffer, coding: string): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      this.#content = decodedContent(Readable.from([bytes]), coding);
      for await (const chunk of this.#content as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > this.#maxBodyBytes) throw bodyTooLong(this.#maxBodyBytes);
        if (this.#sink) this.#sink(chunk);
        else chunks.push(chunk);
      }
      this.#respond(Buffer.concat(chunks).toString('utf8'));
    } catch (error) {
      this.#respond('', messageOf(error));
    }
  }

  #respond(body: string, unreadable?: string): void {
    if (!this.#settle()) return;
    const response = { status: this.#status, headers: this.#headers, body };
    this.#limits.onEnd?.();
    this.#resolve(unreadable === undefined ? response : { ...response, unreadable });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(cause: unknown, abortedBy: AbortedBy = null): void {
    if (!this.#settle()) return;
    const reason = messageOf(cause) || (cause as Error).name;
    const requestId = this.#headers['x-request-id'] ?? null;
    this.#reject(
      this.#controller
        ? new ResponseLostError(reason, { cause, requestId, abortedBy })
        : new NotSentError(reason, { cause, isFromSocket: abortedBy === null && isFromSocket(cause) }),
    );
  }

  /** Called at the deadline, and when the caller cancels the exchange. */
  #end(): void {
    const { signal, deadlineMs } = this.#limits;
    const isCancelled = signal?.aborted ?? false;
    const reason = new Error(
      isCancelled ? 'the operation was cancelled' : `no response within ${Math.round(deadlineMs)} ms`,
    );
    this.fail(reason, isCancelled ? 'caller' : 'deadline');
    this.#controller?.abort(reason);
  }

  /** Ends the exchange. Returns false if it had already ended. */
  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#content?.destroy();
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener('abort', this.#abort);
    this.#limits.recall?.removeEventListener('abort', this.#withdraw);
    return true;
  }
}

/** Joins the values of repeated headers. Changes the object in place, since most responses repeat no header. */
function joinValues(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') headers[name] = String(value);
  }
  return headers as Record<string, string>;
}

function bodyTooLong(maxBodyBytes: number): Error {
  return new Error(`expected a response of at most ${maxBodyBytes} bytes, found more`);
}

/**
 * Whether the socket caused the failure: not if the request was withdrawn, or if undici rejects it as invalid, for
 * example because the idempotency key has characters that no header may contain.
 */
function isFromSocket(cause: unknown): boolean {
  return cause !== withdrawn && (cause as { code?: unknown } | null)?.code !== 'UND_ERR_INVALID_ARG';
}
