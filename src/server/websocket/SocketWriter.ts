import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { BackpressureQueue } from '../live/BackpressureQueue.ts';

/**
 * Sends messages on one socket in the order in which they were passed to the writer: protocol messages through `ws`,
 * and results past it, because `ws` needs a system call and several buffers for each frame.
 */
export class SocketWriter {
  readonly #queue: BackpressureQueue;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  #sent = Promise.resolve();

  /**
   * @param stream the connection of the socket. `ws` writes only whole frames to it, so others can be written in
   * between
   */
  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket;
    this.#stream = stream;
    // No data frame may follow a close frame.
    this.#queue = new BackpressureQueue((bytes) => socket.readyState !== socket.OPEN || stream.write(bytes, 'latin1'));
    stream.on('drain', () => this.#queue.resume());
    stream.on('close', () => this.#queue.resume());
  }

  /**
   * Queues a text frame; the frames of one tick are written together.
   *
   * @param text UTF-8, one character per byte
   * @param isWanted called just before the frame is written; if it returns false, the frame is dropped
   */
  write(text: string, isWanted: () => boolean): void {
    this.#queue.put(frameHeader(text.length) + text, isWanted);
  }

  /** Sends a protocol message. */
  send(message: string): void {
    this.#queue.flush();
    this.#sent = new Promise((resolve) => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(message, () => resolve());
      else resolve();
    });
  }

  /**
   * A promise that is fulfilled when the kernel has accepted all protocol messages so far, or the socket has closed.
   */
  get whenSent(): Promise<void> {
    return this.#sent;
  }

  /** @param reason at most 123 bytes */
  close(code?: number, reason?: string): void {
    this.#queue.flush();
    this.#socket.close(code, reason);
  }

  /** Writes the queued frames. @returns true if the kernel has accepted everything */
  flush(): boolean {
    this.#queue.flush();
    return this.#socket.bufferedAmount === 0;
  }

  /**
   * Null while there is room for more. Otherwise a promise, fulfilled when there may be room or the socket has closed.
   */
  room(): Promise<void> | null {
    return this.#queue.room();
  }

  /** Bytes written to the connection that the kernel has not accepted yet. Frames that are still queued don't count. */
  get waitingBytes(): number {
    return this.#stream.writableLength;
  }
}

/** The header of an unmasked, final text frame (RFC 6455, 5.2), one character per byte. */
function frameHeader(length: number): string {
  if (length < 126) return String.fromCharCode(0x81, length);
  if (length < 65_536) return String.fromCharCode(0x81, 126, length >> 8, length & 0xff);
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16BE(0x817f);
  bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes.toString('latin1');
}
