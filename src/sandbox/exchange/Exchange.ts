import type { IncomingMessage, ServerResponse } from 'node:http';

import { Refusal } from '../api/Refusal.ts';
import { type Answer, json, refusalAnswer } from '../api/Answer.ts';
import type { BodyEffect } from '../faults/Fault.ts';
import { sendAnswer } from './sendAnswer.ts';

/** Maximum size of a request body, far above the docs' samples. The API's own limit isn't known. */
const maxBodyBytes = 16 * 1_024 * 1_024;

/** One HTTP request and its response. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly path: string;
  readonly #search: string;
  readonly #headers: Record<string, string>;

  /** @param date the value of the `Date` header, by the sandbox's clock */
  constructor(request: IncomingMessage, response: ServerResponse, requestId: string, date: string) {
    this.request = request;
    this.response = response;
    this.requestId = requestId;
    // The request target may be an absolute URL, as in requests through a proxy.
    const target = (request.url ?? '/').replace(/^https?:\/\/[^/]*/, '');
    const mark = target.indexOf('?');
    this.path = mark === -1 ? target : target.slice(0, mark);
    this.#search = mark === -1 ? '' : target.slice(mark + 1);
    this.#headers = { 'X-Request-ID': requestId, Date: date };
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }

  /** The headers of any response to this request. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  addHeaders(headers: Readonly<Record<string, string>>): void {
    Object.assign(this.#headers, headers);
  }

  /** Reads the request body. Returns null if the client disconnects before it is complete. @throws Refusal 413 */
  async body(): Promise<string | null> {
    return this.request.method === 'GET' ? '' : readBody(this.request);
  }

  send(answer: Answer, effect?: BodyEffect): Promise<void> {
    return sendAnswer(this.response, answer, this.#headers, effect);
  }

  /** Resets the connection without a response. */
  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  /** Whether the client disconnected or the connection was reset. */
  get isGone(): boolean {
    return this.request.socket.destroyed || this.response.destroyed;
  }

  /** Responds to an uncaught error, unless a response has already begun or the connection is closed. */
  fail(error: unknown): void {
    // An incomplete response must neither look complete nor stay open.
    if (this.response.headersSent) this.response.destroy();
    if (this.isGone) return;
    void this.send(error instanceof Refusal ? refusalAnswer(error) : json({ message: 'internal server error' }, 500));
  }
}

/** Reads a body as text. Returns null if the client disconnects before its end. @throws Refusal 413 above 16 MiB */
function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    // A destroyed request emits none of the events below.
    if (request.destroyed) resolve(null);
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else reject(new Refusal(413, `request body must have at most ${maxBodyBytes} bytes`));
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
