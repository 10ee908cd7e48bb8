import { randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export type Transport = 'WebSocket' | 'SSE';

/** A typical subscription. */
export const screen =
  'subscription { journalStatusChanged { id cursor at journalId entryType statusFrom statusTo description } }';

/** A WebSocket ping without payload, and a client's pong. */
const ping = '\x89\x00';
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

export interface SubscriberOptions {
  query?: string | undefined;
  /**
   * Whether to measure latencies, which the texts of events contain. That is expensive, and a few subscribers suffice.
   */
  isTimed?: boolean;
}

/**
 * A subscriber on a bare socket, with its own operation id. It counts results and, if `isTimed`, measures their
 * latency. A client library would cost as much as the server under test.
 */
export class Subscriber {
  /** Fulfilled when the subscription has started, as far as a client can know. */
  readonly ready: Promise<void>;
  /** Milliseconds between the sending of an event and its arrival here. */
  readonly latencies: number[] = [];
  received = 0;
  /** How the subscription ended, if it has ended. */
  end: string | null = null;
  readonly #socket: Socket;
  readonly #marker: string;
  readonly #isTimed: boolean;
  readonly #query: string;
  #tail = '';

  constructor(transport: Transport, port: number, { query = screen, isTimed = false }: SubscriberOptions = {}) {
    this.#isTimed = isTimed;
    this.#query = query;
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => (this.end ??= 'cut'));
    this.#marker = transport === 'SSE' ? 'event: next\n' : '"type":"next"';
    this.ready = transport === 'SSE' ? this.#openStream() : this.#openSocket();
    void this.ready.then(() => this.#socket.on('data', (text: string) => this.#take(text)));
  }

  /** Stops reading. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Waits until the received text matches. The rest of the chunk in which it does is discarded. */
  async #said(words: string): Promise<void> {
    let text = '';
    await new Promise<void>((resolve, reject) => {
      const closed = () => reject(new Error(`closed before it said ${words}: ${text}`));
      const take = (chunk: string) => {
        text += chunk;
        if (!text.includes(words)) return;
        this.#socket.off('data', take).off('close', closed);
        resolve();
      };
      this.#socket.on('data', take).on('close', closed);
    });
  }

  async #openStream(): Promise<void> {
    const body = JSON.stringify({ query: this.#query });
    const head = [
      'POST /graphql HTTP/1.1',
      'host: bench',
      'accept: text/event-stream',
      'content-type: application/json',
      `content-length: ${body.length}`,
    ];
    this.#socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    await this.#said(':\n\n');
  }

  async #openSocket(): Promise<void> {
    const head = [
      'GET /graphql HTTP/1.1',
      'host: bench',
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
      'sec-websocket-protocol: graphql-transport-ws',
    ];
    this.#socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await this.#said('\r\n\r\n');
    this.#send({ type: 'connection_init' });
    await this.#said('connection_ack');
    this.#send({ id: randomUUID(), type: 'subscribe', payload: { query: this.#query } });
    // The protocol does not acknowledge subscriptions, but the response to a later message on the same socket does.
    this.#send({ type: 'ping' });
    await this.#said('"pong"');
  }

  /** Returns a client's text frame. Its mask is zero, so that the text is unchanged. */
  #send(message: unknown): void {
    const text = Buffer.from(JSON.stringify(message));
    const head = text.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
    head[0] = 0x81;
    head[1] = 0x80 | (text.length < 126 ? text.length : 126);
    if (text.length >= 126) head.writeUInt16BE(text.length, 2);
    this.#socket.write(Buffer.concat([head, text]));
  }

  #take(chunk: string): void {
    if (chunk.includes(ping)) this.#socket.write(pong);
    const text = this.#tail + chunk;
    let at = text.indexOf(this.#marker);
    let behind = 0;
    while (at !== -1) {
      this.received += 1;
      behind = at + this.#marker.length;
      at = text.indexOf(this.#marker, behind);
    }
    if (text.includes('SLOW_CONSUMER')) this.end = 'SLOW_CONSUMER';
    if (this.#isTimed) behind = Math.max(behind, this.#readTimes(text));
    // A marker or a time may be split at the end of the chunk.
    this.#tail = text.slice(Math.max(behind, text.length - 60));
  }

  /** @returns the position after the last one */
  #readTimes(text: string): number {
    const now = performance.now();
    let behind = 0;
    for (const { 0: words, 1: told, index } of text.matchAll(/"@([\d.]+)@/g)) {
      this.latencies.push(now - Number(told));
      behind = index + words.length;
    }
    return behind;
  }
}
