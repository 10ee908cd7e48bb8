import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

import { closeLater } from './closeLater.ts';

/** A range of round trips, in ms. */
export interface RoundTrip {
  fromMs: number;
  toMs: number;
}

/**
 * A TCP proxy that delays what it forwards but keeps its order, like a distant server. It is closed when the test ends.
 */
export class SlowLink {
  /** The range of round-trip times of data that arrives from now on. */
  roundTrip: RoundTrip = { fromMs: 0, toMs: 0 };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(targetPort: number) {
    this.#server = createServer((client) => {
      const target = connect(targetPort, '127.0.0.1');
      this.#forward(client, target);
      this.#forward(target, client);
    });
  }

  static async start(targetPort: number): Promise<SlowLink> {
    const link = new SlowLink(targetPort);
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve));
    closeLater(() => link.#close());
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    let dueAt = 0;
    const waiting: (() => void)[] = [];
    /**
     * Calls a function after half a round trip. Timers that are due together may fire in any order, so each timer calls
     * the function that has waited longest.
     */
    const later = (act: () => void) => {
      waiting.push(act);
      const { fromMs, toMs } = this.roundTrip;
      const delayMs = (fromMs + Math.random() * (toMs - fromMs)) / 2;
      dueAt = Math.max(dueAt, performance.now() + delayMs);
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        waiting.shift()?.();
      }, dueAt - performance.now());
      this.#timers.add(timer);
    };
    from.on('data', (chunk: Buffer) => later(() => to.write(chunk)));
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      later(() => to.destroy());
    });
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
