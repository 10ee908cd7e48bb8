import { createParser } from 'eventsource-parser';
import type { Dispatcher } from 'undici';

import type { WireStatusEvent } from '../../../src/upstream/wire/apiBodies.ts';

/** Reads one event stream: its events, its comments, and how it ended. */
export class EventReader {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly events: WireStatusEvent[] = [];
  readonly comments: string[] = [];
  /** Resolves when the stream has ended, with whether it was complete or cut. */
  readonly ended: Promise<'complete' | 'cut'>;
  readonly #body: Dispatcher.ResponseData['body'];
  #waiting: (() => void)[] = [];

  constructor(answer: Dispatcher.ResponseData) {
    this.status = answer.statusCode;
    this.headers = answer.headers;
    this.#body = answer.body;
    this.ended = this.#read();
  }

  /** Resolves when the condition is true. It is checked whenever something arrives. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves with the first events, when there are this many. */
  async first(count: number): Promise<WireStatusEvent[]> {
    await this.until(() => this.events.length >= count);
    return this.events.slice(0, count);
  }

  comment(pattern: RegExp): Promise<void> {
    return this.until(() => this.comments.some((text) => pattern.test(text)));
  }

  pause(): void {
    this.#body.pause();
  }

  resume(): void {
    this.#body.resume();
  }

  close(): void {
    this.#body.destroy();
  }

  async #read(): Promise<'complete' | 'cut'> {
    const parser = createParser({
      onEvent: ({ data }) => this.events.push(JSON.parse(data) as WireStatusEvent),
      onComment: (text) => this.comments.push(text.trim()),
    });
    const decoder = new TextDecoder();
    this.#body.on('data', (chunk: Buffer) => {
      parser.feed(decoder.decode(chunk, { stream: true }));
      this.#wake();
    });
    return new Promise((resolve) => {
      this.#body.on('end', () => resolve('complete'));
      this.#body.on('error', () => resolve('cut'));
      this.#body.on('close', () => resolve('cut'));
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
