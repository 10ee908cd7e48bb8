import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';

import { closeLater } from './closeLater.ts';

export interface StreamEvent {
  id?: string;
  event: string;
  data: string;
}

/** Reads a response as server-sent events, one by one, without a client library. */
export class EventStream {
  readonly response: Response;
  readonly #abort: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #events: EventSourceMessage[] = [];
  readonly #parser = createParser({ onEvent: (event) => this.#events.push(event) });
  readonly #decoder = new TextDecoder();
  #text = '';

  private constructor(response: Response, abort: AbortController) {
    if (!response.body) throw new Error('expected a response with a body');
    this.response = response;
    this.#abort = abort;
    this.#reader = response.body.getReader();
  }

  static async open(url: string, init: RequestInit): Promise<EventStream> {
    const abort = new AbortController();
    closeLater(() => abort.abort());
    return new EventStream(await fetch(url, { ...init, signal: abort.signal }), abort);
  }

  /** Opens the stream with a POST, as clients of the protocol do. */
  static post(url: string, query: string, variables?: Record<string, unknown>): Promise<EventStream> {
    return EventStream.open(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables }),
    });
  }

  /** Returns the next event, or null if the stream has ended. @throws if the stream was cut */
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

  /** Resolves when a block with only this id has arrived. Parsers do not report such a block as an event. */
  async untilId(id: string): Promise<void> {
    while (!this.#text.includes(`\n\nid: ${id}\n\n`)) {
      if (!(await this.#read())) throw new Error(`the stream has ended without ${id}`);
    }
  }

  /** Returns all events until the stream ends by itself. */
  async rest(): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Reads a chunk. Returns false if the stream has ended. */
  async #read(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (done) return false;
    const text = this.#decoder.decode(value, { stream: true });
    this.#text += text;
    this.#parser.feed(text);
    return true;
  }
}
