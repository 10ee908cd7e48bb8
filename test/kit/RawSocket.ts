import { once } from 'node:events';

import { WebSocket } from 'ws';

import { closeLater } from './closeLater.ts';

export interface SocketMessage {
  type: string;
  id?: string;
  payload?: unknown;
}

/** A WebSocket without a client library: the test sends and receives the messages of the protocol itself. */
export class RawSocket {
  /** Resolves with the close code when the socket has closed; 1006 if the connection was cut. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  readonly #messages: SocketMessage[] = [];
  readonly #waiting: { resolve: (message: SocketMessage) => void; reject: (error: Error) => void }[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString('utf8')) as SocketMessage));
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString('utf8') });
        for (const { reject } of this.#waiting.splice(0)) reject(new Error(`the socket has closed with ${code}`));
      });
    });
  }

  /** Opens a socket without sending anything. */
  static async open(
    url: string,
    protocol: string | undefined = 'graphql-transport-ws',
    headers: Record<string, string> = {},
  ): Promise<RawSocket> {
    return RawSocket.#connect(url, [protocol], headers);
  }

  static openWithoutProtocol(url: string): Promise<RawSocket> {
    return RawSocket.#connect(url, []);
  }

  /** Opens a socket and waits for `connection_ack`. */
  static async ready(url: string, payload?: Record<string, unknown>): Promise<RawSocket> {
    const socket = await RawSocket.open(url);
    socket.send({ type: 'connection_init', payload });
    await socket.next();
    return socket;
  }

  static async #connect(url: string, protocols: string[], headers: Record<string, string> = {}): Promise<RawSocket> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { headers });
    closeLater(() => socket.terminate());
    const raw = new RawSocket(socket);
    await once(socket, 'open');
    return raw;
  }

  /** Sends a string unchanged and any other value as JSON. */
  send(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables?: Record<string, unknown>): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** Returns the next message of the gateway. @throws if the socket closes first */
  next(): Promise<SocketMessage> {
    const message = this.#messages.shift();
    if (message) return Promise.resolve(message);
    if (this.#socket.readyState === WebSocket.CLOSED) return Promise.reject(new Error('the socket has closed'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async take(count: number): Promise<SocketMessage[]> {
    const taken: SocketMessage[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** Returns every unread message that the gateway has sent so far: sends a ping and reads until the pong. */
  async receivedSoFar(): Promise<SocketMessage[]> {
    const mark = `mark-${Math.random()}`;
    this.send({ type: 'ping', payload: { mark } });
    const received: SocketMessage[] = [];
    for (;;) {
      const message = await this.next();
      if (message.type === 'pong' && JSON.stringify(message.payload) === JSON.stringify({ mark })) return received;
      received.push(message);
    }
  }

  /** Stops reading, so that sent messages stay in the network buffers. */
  stall(): void {
    this.#socket.pause();
  }

  /** Resumes reading. */
  resume(): void {
    this.#socket.resume();
  }

  /** Resolves at the gateway's next WebSocket ping, which `ws` answers automatically. */
  async pinged(): Promise<void> {
    await once(this.#socket, 'ping');
  }

  close(code?: number): void {
    this.#socket.close(code);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #take(message: SocketMessage): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(message);
    else this.#messages.push(message);
  }
}
