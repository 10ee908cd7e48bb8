import { type Socket, connect } from 'node:net';

/**
 * One keep-alive connection with one request under way, written on a bare socket:
 * an HTTP client would cost as much as the server that is measured.
 */
export class BenchConnection {
  readonly #socket: Socket;
  #received = '';
  #settle: ((body: string) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (text) => this.#take(text.toString()));
  }

  /** Sends a whole request and resolves with the body of its answer. */
  send(request: string): Promise<string> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1] ?? 0);
    if (this.#received.length < headEnd + 4 + length) return;
    if (!this.#received.startsWith('HTTP/1.1 200')) throw new Error(`the sandbox said ${this.#received}`);
    const body = this.#received.slice(headEnd + 4);
    this.#received = '';
    this.#settle?.(body);
  }
}
