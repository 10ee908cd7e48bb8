import { type Socket, connect } from 'node:net';

export interface BenchAnswer {
  /** 0 where the connection was closed instead. */
  status: number;
  body: string;
}

/**
 * One keep-alive connection with one request under way, written on a bare socket:
 * an HTTP client would cost as much as the server that is measured.
 */
export class BenchConnection {
  /** Fulfilled when it stands, or never will. */
  readonly opened: Promise<void>;
  readonly #socket: Socket;
  #received = '';
  /** Where the body begins and where it ends, as soon as the head is there. */
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

  /** False as soon as the server has closed it, or said that it will. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends a whole request and resolves with its answer. */
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
