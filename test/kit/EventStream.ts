import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';

import { closeLater } from './leftovers.ts';

export interface StreamEvent {
  id?: string;
  event: string;
  data: string;
}

/** An answer read as server-sent events, event by event, without a client library in between. */
export class EventStream {
  readonly response: Response;
  readonly #abort: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #events: EventSourceMessage[] = [];
  readonly #parser = createParser({ onEvent: (event) => this.#events.push(event) });
  readonly #decoder = new TextDecoder();
  #text = '';

  private constructor(response: Response, abort: AbortController) {
    if (!response.body) throw new Error('an answer without a body');
    this.response = response;
    this.#abort = abort;
    this.#reader = response.body.getReader();
  }

  static async open(url: string, init: RequestInit): Promise<EventStream> {
    const abort = new AbortController();
    closeLater(() => abort.abort());
    return new EventStream(await fetch(url, { ...init, signal: abort.signal }), abort);
  }

  /** By POST, as clients of the protocol do. */
  static post(url: string, query: string, variables?: Record<string, unknown>): Promise<EventStream> {
    return EventStream.open(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables }),
    });
  }

  /** The next event, or null when the stream has ended. @throws what cut it */
  async next(): Promise<StreamEvent | null> {
    for (;;) {
      const found = this.#events.shift();
      if (found) {
        const { id, event = 'message', data } = found;
        return id === undefined ? { event, data } : { id, event, data };
      }
      if (!(await this.#read())) return null;
    }
  }

  /** Fulfilled when a block has come that says nothing but this id, which parsers keep to themselves. */
  async untilId(id: string): Promise<void> {
    while (!this.#text.includes(`\n\nid: ${id}\n\n`)) {
      if (!(await this.#read())) throw new Error(`the stream has ended without ${id}`);
    }
  }

  /** Everything until the stream ends by itself. */
  async rest(): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  abort(): void {
    this.#abort.abort();
  }

  /** False when the stream has ended. */
  async #read(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (done) return false;
    const text = this.#decoder.decode(value, { stream: true });
    this.#text += text;
    this.#parser.feed(text);
    return true;
  }
}
