import type { IncomingMessage, ServerResponse } from 'node:http';

import { Refusal } from '../domain/Refusal.ts';
import { type Answer, json, refused } from './Answer.ts';
import { readBody } from './readBody.ts';
import { type Manner, sendAnswer } from './sendAnswer.ts';

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly path: string;
  readonly #search: string;
  readonly #headers: Record<string, string>;

  /** @param date by the sandbox's clock: clients learn a server's time from it */
  constructor(request: IncomingMessage, response: ServerResponse, requestId: string, date: string) {
    this.request = request;
    this.response = response;
    this.requestId = requestId;
    // Proxies send the absolute form.
    const target = (request.url ?? '/').replace(/^https?:\/\/[^/]*/, '');
    const mark = target.indexOf('?');
    this.path = mark === -1 ? target : target.slice(0, mark);
    this.#search = mark === -1 ? '' : target.slice(mark + 1);
    this.#headers = { 'X-Request-ID': requestId, Date: date };
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }

  /** The headers that every answer to this request has. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  addHeaders(headers: Readonly<Record<string, string>>): void {
    Object.assign(this.#headers, headers);
  }

  /** Null when the client went away before the end. @throws Refusal 413 */
  async body(): Promise<string | null> {
    return this.request.method === 'GET' ? '' : readBody(this.request);
  }

  send(answer: Answer, manner?: Manner): Promise<void> {
    return sendAnswer(this.response, answer, this.#headers, manner);
  }

  /** Resets the connection: the client learns nothing. */
  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  /** Whether the client hung up, or the connection was reset. */
  get isGone(): boolean {
    return this.request.socket.destroyed || this.response.destroyed;
  }

  /** The last resort: whatever was thrown becomes an answer, if one can still be sent. */
  fail(error: unknown): void {
    // Half an answer must not look whole, nor stay open for good.
    if (this.response.headersSent) this.response.destroy();
    if (this.isGone) return;
    void this.send(error instanceof Refusal ? refused(error) : json({ message: 'internal server error' }, 500));
  }
}
