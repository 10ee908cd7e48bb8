import type { Socket } from 'node:net';

import { slowestPace } from '../../events/subscription/slowestPace.ts';

interface Waiting {
  /** Bytes that the network had taken when it was last seen to take some. */
  flushed: number;
  sinceMs: number;
}

/**
 * Cuts sockets whose clients take nothing of what waits for them, whatever they say or are sent meanwhile: a stalled
 * reader holds its buffers and its place for as long as its network stands. Judged by the bytes that have left.
 */
export class StalledSockets {
  readonly #limitMs: number;
  readonly #sockets = new Map<Socket, Waiting | null>();
  readonly #checking: NodeJS.Timeout;

  /** @param limitMs how long a socket may take nothing; it is cut at most a quarter later */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#checking = setInterval(() => this.#check(), limitMs / 4).unref();
  }

  watch(socket: Socket): void {
    this.#sockets.set(socket, null);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  close(): void {
    clearInterval(this.#checking);
  }

  #check(): void {
    const now = performance.now();
    for (const [socket, waiting] of this.#sockets) {
      const { writableLength } = socket;
      const flushed = writableLength === 0 ? 0 : socket.bytesWritten - writableLength;
      if (writableLength === 0) this.#sockets.set(socket, null);
      else if (waiting?.flushed !== flushed) this.#sockets.set(socket, { flushed, sinceMs: now });
      else if (now - waiting.sinceMs >= this.#limitMs + writableLength / slowestPace) socket.destroy();
    }
  }
}
