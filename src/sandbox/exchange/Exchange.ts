import type { IncomingMessage, ServerResponse } from 'node:http';

import { Refusal } from '../api/Refusal.ts';
import { type Answer, json, refusalAnswer } from '../api/Answer.ts';
import type { BodyEffect } from '../faults/Fault.ts';
import { sendAnswer } from './sendAnswer.ts';

/** Far above any sample. The API's own limit isn't known. */
const maxBytes = 16 * 1_024 * 1_024;

/** One HTTP request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly path: string;
  readonly #search: string;
  readonly #headers: Record<string, string>;

  /** @param date the `Date` header, by the sandbox's clock */
  constructor(request: IncomingMessage, response: ServerResponse, requestId: string, date: string) {
    this.request = request;
    this.response = response;
    this.requestId = requestId;
    // Proxies send absolute URLs.
    const target = (request.url ?? '/').replace(/^https?:\/\/[^/]*/, '');
    const mark = target.indexOf('?');
    this.path = mark === -1 ? target : target.slice(0, mark);
    this.#search = mark === -1 ? '' : target.slice(mark + 1);
    this.#headers = { 'X-Request-ID': requestId, Date: date };
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }

  /** The headers of every answer to this request. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  addHeaders(headers: Readonly<Record<string, string>>): void {
    Object.assign(this.#headers, headers);
  }

  /** Returns null if the client disconnected before the end. @throws Refusal 413 */
  async body(): Promise<string | null> {
    return this.request.method === 'GET' ? '' : readBody(this.request);
  }

  send(answer: Answer, effect?: BodyEffect): Promise<void> {
    return sendAnswer(this.response, answer, this.#headers, effect);
  }

  /** Resets the connection without an answer. */
  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  /** Whether the client disconnected or the connection was reset. */
  get isGone(): boolean {
    return this.request.socket.destroyed || this.response.destroyed;
  }

  /** Turns an uncaught error into an answer, if one can still be sent. */
  fail(error: unknown): void {
    // An incomplete answer must not look complete or stay open.
    if (this.response.headersSent) this.response.destroy();
    if (this.isGone) return;
    void this.send(error instanceof Refusal ? refusalAnswer(error) : json({ message: 'internal server error' }, 500));
  }
}

/** Reads the body as text. Returns null if the client disconnects before its end. @throws Refusal 413 above 16 MiB */
function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    // A destroyed request emits none of the events below.
    if (request.destroyed) resolve(null);
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(new Refusal(413, `request body must have at most ${maxBytes} bytes`));
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
