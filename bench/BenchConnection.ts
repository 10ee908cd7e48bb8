import { type Socket, connect } from 'node:net';

export interface BenchAnswer {
  /** 0 if the connection was closed without a response. */
  status: number;
  body: string;
}

/**
 * A keep-alive connection on a bare socket, with one request at a time. An HTTP client would cost as much as the server
 * under test.
 */
export class BenchConnection {
  /** Fulfilled when the connection is open or has failed. */
  readonly opened: Promise<void>;
  readonly #socket: Socket;
  #received = '';
  /** Where the body of the response begins and ends; null until the head has arrived. */
  #body: { from: number; to: number } | null = null;
  #settle: ((answer: BenchAnswer) => void) | undefined;
  #isOpen = true;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (text) => this.#take(text.toString()));
    this.#socket.on('error', () => undefined);
    this.opened = new Promise((resolve) => this.#socket.once('connect', resolve).once('close', resolve));
    this.#socket.on('close', () => {
      this.#isOpen = false;
      this.#answer({ status: 0, body: '' });
    });
  }

  /** False once the server has closed the connection or announced that it will. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends a complete request. @returns its response */
  send(request: string | Buffer): Promise<BenchAnswer> {
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
    this.#body ??= this.#findBody();
    if (!this.#body || this.#received.length < this.#body.to) return;
    const answer = { status: Number(this.#received.slice(9, 12)), body: this.#received.slice(this.#body.from) };
    this.#received = '';
    this.#body = null;
    this.#answer(answer);
  }

  #findBody() {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return null;
    const head = this.#received.slice(0, end);
    if (/\r\nconnection: close/i.test(head)) this.#isOpen = false;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    return { from: end + 4, to: end + 4 + length };
  }

  #answer(answer: BenchAnswer): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(answer);
  }
}
