import { setTimeout as wait } from 'node:timers/promises';

import { createParser } from 'eventsource-parser';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

import type { Transport } from '../../kit/subscribe.ts';

function queryOf(copies: number): string {
  const more = Array.from({ length: copies }, (_, index) => `copy${index}: cursor`).join(' ');
  return `subscription ($after: String) {
    journalStatusChanged(after: $after) { id cursor journalId statusTo ${more} }
  }`;
}

/** The fields of an event that a screen shows. */
export interface Shown {
  id: string;
  cursor: string;
  journalId: string;
  statusTo: string;
}

interface Result {
  data?: { journalStatusChanged: Shown } | null;
  errors?: { message: string; extensions?: { code?: string; cursor?: string | null } }[];
}

/** Equal events of all screens are one object: a hundred screens with 60,000 events each would not fit into memory. */
const sharedEvents = new Map<string, Shown>();

function shared({ id, cursor, journalId, statusTo }: Shown): Shown {
  const key = [id, cursor, journalId, statusTo].join(' ');
  const event = sharedEvents.get(key) ?? { id, cursor, journalId, statusTo };
  sharedEvents.set(key, event);
  return event;
}

/** An open connection that can be paused and closed. */
interface Line {
  pause(): void;
  resume(): void;
  close(): void;
}

export interface ScreenOptions {
  transport: Transport;
  url: string;
  after: string;
  /** The longest pause before a reconnect, in ms. */
  pauseMs?: number;
  /** The number of extra copies of each cursor, so that fewer events fill the socket buffers. Default 0. */
  copiesOverSse?: number;
}

/**
 * A client that follows events forever, as the docs recommend: it records each event and, whenever its subscription
 * ends, resumes after the last cursor that it has received.
 */
export class Screen {
  readonly transport: Transport;
  readonly shown: Shown[] = [];
  /** How often its subscriptions ended, by error code or `cut`. */
  readonly ends = new Map<string, number>();
  readonly #url: string;
  readonly #pauseMs: number;
  readonly #copiesOverSse: number;
  readonly #running: Promise<void>;
  readonly #waiting = new Set<() => void>();
  readonly #closing = new AbortController();
  #after: string;
  #line: Line | null = null;
  #isPaused = false;

  constructor({ transport, url, after, pauseMs = 100, copiesOverSse = 0 }: ScreenOptions) {
    this.transport = transport;
    this.#url = url;
    this.#after = after;
    this.#pauseMs = pauseMs;
    this.#copiesOverSse = copiesOverSse;
    this.#running = this.#follow();
  }

  /** Resolves when a condition is true. The condition is checked after every event. */
  async until(condition: (screen: this) => boolean): Promise<void> {
    while (!condition(this) && !this.#closing.signal.aborted)
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  pause(): void {
    this.#isPaused = true;
    this.#line?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#line?.resume();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#line?.close();
    this.#wake();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const end = await new Promise<string>((resolve) => {
        this.#line = this.transport === 'WebSocket' ? this.#openSocket(resolve) : this.#openStream(resolve);
        if (this.#isPaused) this.#line.pause();
      });
      this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
      this.#wake();
      await wait(Math.random() * this.#pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #openSocket(end: (reason: string) => void): Line {
    const socket = new WebSocket(this.#url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('error', () => undefined);
    socket.on('close', () => end('cut'));
    socket.on('message', (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString('utf8')) as { type: string; payload?: unknown };
      if (type === 'connection_ack') {
        const payload = { query: queryOf(0), variables: { after: this.#after } };
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      }
      if (type === 'ping') this.#after = (payload as { cursor?: string } | undefined)?.cursor ?? this.#after;
      const failed = type === 'error' ? { errors: payload as Result['errors'] & object } : null;
      const code = type === 'next' ? this.#take(payload as Result) : failed && this.#take(failed);
      if (code === null) return;
      end(code);
      socket.close();
    });
    return { pause: () => socket.pause(), resume: () => socket.resume(), close: () => socket.terminate() };
  }

  #openStream(end: (reason: string) => void): Line {
    let answer: IncomingMessage | null = null;
    const url = `${this.#url}?${new URLSearchParams({ query: queryOf(this.#copiesOverSse) }).toString()}`;
    // These are the headers that a browser sends for an EventSource on a page of the gateway's own origin.
    const headers = { accept: 'text/event-stream', 'last-event-id': this.#after, 'sec-fetch-site': 'same-origin' };
    const request = get(url, { agent: false, headers }, (response) => {
      answer = response;
      if (this.#isPaused) response.pause();
      const parser = createParser({
        onEvent: ({ id, event, data }) => {
          const code = event === 'next' ? this.#take(JSON.parse(data) as Result) : null;
          // Like a browser, use the id of the stream, not a field of the event.
          if (id !== undefined) this.#after = id;
          if (code === null) return;
          end(code);
          request.destroy();
        },
      });
      const decoder = new TextDecoder();
      response.on('data', (chunk: Buffer) => parser.feed(decoder.decode(chunk, { stream: true })));
      response.on('error', () => undefined);
      response.on('close', () => end('cut'));
    });
    request.on('error', () => end('cut'));
    return { pause: () => answer?.pause(), resume: () => answer?.resume(), close: () => request.destroy() };
  }

  /** @returns the code of the error that ended the subscription, or null while it continues */
  #take({ data, errors }: Result): string | null {
    const [error] = errors ?? [];
    if (error) {
      this.#after = error.extensions?.cursor ?? this.#after;
      return error.extensions?.code ?? error.message;
    }
    if (!data) return 'no data';
    this.shown.push(shared(data.journalStatusChanged));
    this.#after = data.journalStatusChanged.cursor;
    this.#wake();
    return null;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
