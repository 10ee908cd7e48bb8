import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { BackpressureQueue } from '../live/BackpressureQueue.ts';

/** Writes text frames to a socket's stream without `ws`, which needs a system call and several buffers for each frame. */
export class SocketWriter {
  readonly #queue: BackpressureQueue;
  readonly #stream: Duplex;

  /** @param stream of the socket; `ws` writes whole frames, so others may be written between them */
  constructor(socket: WebSocket, stream: Duplex) {
    this.#stream = stream;
    // No data frame may follow a close frame.
    this.#queue = new BackpressureQueue((bytes) => socket.readyState !== socket.OPEN || stream.write(bytes, 'latin1'));
    stream.on('drain', () => this.#queue.resume());
    stream.on('close', () => this.#queue.resume());
  }

  /**
   * Queues a frame; the frames of one tick are written together.
   *
   * @param text UTF-8, one character per byte
   * @param isWanted called just before the frame is written; if it returns false, the frame is dropped
   */
  write(text: string, isWanted: () => boolean): void {
    this.#queue.put(frameHeader(text.length) + text, isWanted);
  }

  /** To be called before `ws` sends anything, to keep the order. */
  flush(): void {
    this.#queue.flush();
  }

  /** Null while there is room for more; otherwise fulfilled when there may be, or when the socket has closed. */
  room(): Promise<void> | null {
    return this.#queue.room();
  }

  /** Bytes that the client has not received yet, including those that `ws` has written. */
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
