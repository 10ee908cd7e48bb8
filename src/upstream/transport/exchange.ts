import { Readable } from 'node:stream';

import type { Dispatcher } from 'undici';

import { acceptedCodings, decodedContent } from './decodedContent.ts';
import { messageOf } from '../../errors/messageOf.ts';

/** One HTTP request, as it goes on the wire. */
export interface WireRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface WireAnswer {
  status: number;
  /** Lower-case names; a repeated header is joined by commas. */
  headers: Record<string, string>;
  /** Without its content codings. UTF-8, whatever its media type says: JSON is never anything else (RFC 8259, 8.1). */
  body: string;
  /** Why there is no body though one came: it is too long, or its coding can't be undone. */
  unreadable?: string;
}

/** The longest list that the API gives, 100,000 journals with everything said, is shorter. */
const longestBody = 268_435_456;

/** No byte of the request was written: refused connection, no address, or no time left while it waited for a socket. */
export class NotSentError extends Error {
  override readonly name = 'NeverSent';
  /** The host could not be connected to; without this the reason lies on this side. */
  readonly isFromSocket: boolean;

  constructor(message: string, options: { cause?: unknown; isFromSocket?: boolean } = {}) {
    super(message, options);
    this.isFromSocket = options.isFromSocket ?? false;
  }
}

/** The request was at least begun and no whole answer came: it may or may not have been processed. */
export class ResponseLostError extends Error {
  override readonly name = 'AnswerLost';
  /** `X-Request-ID`, when the answer had begun. */
  readonly requestId: string | null;
  /** This side stopped waiting: `time`, or `cancelled` by whom it was for. Null when the connection broke. */
  readonly gaveUp: 'time' | 'cancelled' | null;

  constructor(
    message: string,
    options: { cause?: unknown; requestId?: string | null; gaveUp?: 'time' | 'cancelled' | null } = {},
  ) {
    super(message, options);
    this.requestId = options.requestId ?? null;
    this.gaveUp = options.gaveUp ?? null;
  }
}

export interface ExchangeLimits {
  /** How long the whole exchange may take, in ms, waiting for a socket included. */
  deadlineMs: number;
  /** Gives up early. Pass one for reads only: a cancelled POST would be an outcome that nobody knows. */
  signal?: AbortSignal | undefined;
  /** Asked right before the first byte is written; when false the request ends as never sent, caused by `heldBack`. */
  mayBegin?: (() => boolean) | undefined;
  /** Takes the request back while it waits for a socket: it ends as never sent, caused by `heldBack`. */
  recall?: AbortSignal | undefined;
  /** An answer with a longer body, without its codings, can't be read. In bytes; default 268,435,456. */
  maxBodyBytes?: number | undefined;
  /** Told of an answer when its head is there, its body perhaps not yet. */
  onHead?: ((status: number, headers: WireAnswer['headers']) => void) | undefined;
}

/** Why a request was not begun: `mayBegin` said no when it had its socket, or it was recalled before. */
export const heldBack = new Error('held back before its first byte');

/** For a dispatcher whose requests ask at their first byte, too. They fail with `heldBack`. */
export function beginningOnlyIf(mayBegin: () => boolean): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        if (!mayBegin()) throw heldBack;
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (...answer) => handler.onResponseStart?.(...answer),
      onResponseData: (...chunk) => handler.onResponseData?.(...chunk),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...failure) => handler.onResponseError?.(...failure),
    });
}

/**
 * Sends one request and reads its whole answer, whatever its status.
 * undici's own `request()` doesn't tell whether a failed request was begun; its handlers do.
 *
 * @throws NeverSent | AnswerLost and nothing else
 */
export function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: WireRequest,
  limits: ExchangeLimits,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const handler = new AnswerHandler(resolve, reject, limits);
    try {
      const headers = { 'accept-encoding': acceptedCodings, ...request.headers };
      dispatcher.dispatch({ origin, ...request, headers, body: request.body ?? null }, handler);
    } catch (error) {
      handler.fail(error);
    }
  });
}

class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: WireAnswer) => void;
  readonly #reject: (error: NotSentError | ResponseLostError) => void;
  readonly #limits: ExchangeLimits;
  readonly #timer: NodeJS.Timeout;
  readonly #cancel = () => this.#giveUp('cancelled', 'the operation was cancelled');
  readonly #takeBack = () => this.fail(heldBack);
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #content: Readable | null = null;

  constructor(
    resolve: (answer: WireAnswer) => void,
    reject: (error: NotSentError | ResponseLostError) => void,
    limits: ExchangeLimits,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#limits = limits;
    const { deadlineMs, signal, recall } = limits;
    this.#timer = setTimeout(() => this.#giveUp('time', `no answer within ${Math.round(deadlineMs)} ms`), deadlineMs);
    signal?.addEventListener('abort', this.#cancel, { once: true });
    recall?.addEventListener('abort', this.#takeBack, { once: true });
    if (signal?.aborted) this.#cancel();
    if (recall?.aborted) this.#takeBack();
  }

  /**
   * undici calls this when the request has its socket, right before the first byte is written.
   * Throwing takes the request back and leaves the socket to the next one; aborting would destroy it.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { mayBegin = () => true, recall } = this.#limits;
    if (this.#settled || !mayBegin()) throw heldBack;
    recall?.removeEventListener('abort', this.#takeBack);
    this.#controller = controller;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // An interim answer (1xx) is not the answer, and its headers are not the answer's.
    if (status < 200) return;
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) this.#headers[name] = String(value);
    this.#limits.onHead?.(status, this.#headers);
    if (status !== 204) return;
    // It ends with its head, whatever length that claims. What follows would pass for the next answer of the connection:
    // undici sees to it where the head has a content-length, and only there.
    this.#answer('');
    if ('transfer-encoding' in headers) controller.abort(new Error('a 204 that claims a body'));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    const { maxBodyBytes = longestBody } = this.#limits;
    if (this.#bytes <= maxBodyBytes) return;
    const tooLong = longerThan(maxBodyBytes);
    this.#answer('', tooLong.message);
    controller.abort(tooLong);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    const coding = this.#headers['content-encoding'];
    if (coding === undefined || bytes.length === 0) this.#answer(bytes.toString('utf8'));
    else void this.#decode(bytes, coding);
  }

  /** What came whole and can't be decoded is an answer that can't be read, and no lost one. */
  async #decode(bytes: Buffer, coding: string): Promise<void> {
    const { maxBodyBytes = longestBody } = this.#limits;
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      this.#content = decodedContent(Readable.from([bytes]), coding);
      for await (const chunk of this.#content as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > maxBodyBytes) throw longerThan(maxBodyBytes);
        chunks.push(chunk);
      }
      this.#answer(Buffer.concat(chunks).toString('utf8'));
    } catch (error) {
      this.#answer('', messageOf(error));
    }
  }

  #answer(body: string, unreadable?: string): void {
    const answer = { status: this.#status, headers: this.#headers, body };
    this.#settle(() => this.#resolve(unreadable === undefined ? answer : { ...answer, unreadable }));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(cause: unknown, gaveUp: ResponseLostError['gaveUp'] = null): void {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    const requestId = this.#headers['x-request-id'] ?? null;
    this.#settle(() =>
      this.#reject(
        this.#controller
          ? new ResponseLostError(reason, { cause, requestId, gaveUp })
          : new NotSentError(reason, { cause, isFromSocket: gaveUp === null && isOfTheSocket(cause) }),
      ),
    );
  }

  #giveUp(why: 'time' | 'cancelled', message: string): void {
    const reason = new Error(message);
    const controller = this.#controller;
    this.fail(reason, why);
    controller?.abort(reason);
  }

  #settle(settle: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#content?.destroy();
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener('abort', this.#cancel);
    this.#limits.recall?.removeEventListener('abort', this.#takeBack);
    settle();
  }
}

function longerThan(maxBodyBytes: number): Error {
  return new Error(`expected an answer of at most ${maxBodyBytes} bytes, found more`);
}

/** A request that undici finds impossible, a key that can be no header, never comes near a socket. */
function isOfTheSocket(cause: unknown): boolean {
  return cause !== heldBack && (cause as { code?: unknown } | null)?.code !== 'UND_ERR_INVALID_ARG';
}
