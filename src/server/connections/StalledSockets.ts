import type { Socket } from 'node:net';

import { minBytesPerMs } from '../../events/subscription/SubscriptionProgress.ts';

interface Backlog {
  /** Bytes that the network had accepted in total at `sinceMs`; none have been accepted since. */
  flushed: number;
  sinceMs: number;
}

/**
 * Disconnects clients that don't read the data that waits for them, even if they still send. Otherwise a stalled client
 * would occupy its buffers and its connection until its network fails. Progress is measured by the bytes that have left
 * the process.
 */
export class StalledSockets {
  readonly #limitMs: number;
  readonly #sockets = new Map<Socket, Backlog | null>();
  readonly #checks: NodeJS.Timeout;

  /**
   * @param limitMs how long a client may read nothing, plus time for its waiting bytes; checked four times in this time
   */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#checks = setInterval(() => this.#check(), limitMs / 4).unref();
  }

  watch(socket: Socket): void {
    this.#sockets.set(socket, null);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  close(): void {
    clearInterval(this.#checks);
  }

  #check(): void {
    const now = performance.now();
    for (const [socket, backlog] of this.#sockets) {
      const { writableLength } = socket;
      const flushed = socket.bytesWritten - writableLength;
      if (writableLength === 0) this.#sockets.set(socket, null);
      else if (backlog?.flushed !== flushed) this.#sockets.set(socket, { flushed, sinceMs: now });
      else if (now - backlog.sinceMs >= this.#limitMs + writableLength / minBytesPerMs) socket.destroy();
    }
  }
}
