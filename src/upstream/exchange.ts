import type { Dispatcher } from 'undici';

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
  body: string;
}

/** No byte of the request was written: refused connection, no address, or no time left while it waited for a socket. */
export class NeverSent extends Error {
  override readonly name = 'NeverSent';
}

/** The request was at least begun and no whole answer came: it may or may not have been processed. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
  /** `X-Request-ID`, when the answer had begun. */
  readonly requestId: string | null;

  constructor(message: string, options: { cause?: unknown; requestId?: string | null } = {}) {
    super(message, options);
    this.requestId = options.requestId ?? null;
  }
}

export interface ExchangeLimits {
  /** How long the whole exchange may take, in ms, waiting for a socket included. */
  deadlineMs: number;
  /** Gives up early. Pass one for reads only: a cancelled POST would be an outcome that nobody knows. */
  signal?: AbortSignal | undefined;
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
      dispatcher.dispatch({ origin, ...request, body: request.body ?? null }, handler);
    } catch (error) {
      handler.fail(error);
    }
  });
}

class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: WireAnswer) => void;
  readonly #reject: (error: NeverSent | AnswerLost) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #giveUp = () => this.#abort(new Error('the operation was cancelled'));
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];

  constructor(
    resolve: (answer: WireAnswer) => void,
    reject: (error: NeverSent | AnswerLost) => void,
    { deadlineMs, signal }: ExchangeLimits,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    this.#timer = setTimeout(() => this.#abort(new Error(`no answer within ${Math.round(deadlineMs)} ms`)), deadlineMs);
    signal?.addEventListener('abort', this.#giveUp, { once: true });
    if (signal?.aborted) this.#giveUp();
  }

  /** undici calls this when the request has its socket, right before the first byte is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) controller.abort(new Error('given up while waiting for a socket'));
    else this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) this.#headers[name] = String(value);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    // An informational answer (1xx) is not the answer.
    if (this.#status < 200) return;
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#settle(() => this.#resolve({ status: this.#status, headers: this.#headers, body: bytes.toString('utf8') }));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    const requestId = this.#headers['x-request-id'] ?? null;
    this.#settle(() =>
      this.#reject(this.#controller ? new AnswerLost(reason, { cause, requestId }) : new NeverSent(reason, { cause })),
    );
  }

  #abort(reason: Error): void {
    const controller = this.#controller;
    this.fail(reason);
    controller?.abort(reason);
  }

  #settle(settle: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#giveUp);
    settle();
  }
}
