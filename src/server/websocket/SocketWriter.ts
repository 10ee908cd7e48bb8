import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { Outbox } from '../live/Outbox.ts';

/** Text frames of one WebSocket, written beside `ws`, which would spend a system call on each. */
export class SocketWriter {
  readonly #outbox: Outbox;
  readonly #stream: Duplex;

  /** @param stream what the socket was made of: between two of its frames others may stand */
  constructor(socket: WebSocket, stream: Duplex) {
    this.#stream = stream;
    // A socket that is closing says nothing more.
    this.#outbox = new Outbox((bytes) => socket.readyState !== socket.OPEN || stream.write(bytes, 'latin1'));
    stream.on('drain', () => this.#outbox.relieve());
    stream.on('close', () => this.#outbox.relieve());
  }

  /**
   * Leaves with everything else of this tick.
   *
   * @param text UTF-8, a character per byte
   * @param isWanted asked when it is about to leave
   */
  write(text: string, isWanted: () => boolean): void {
    this.#outbox.put(frameHeader(text.length) + text, isWanted);
  }

  /** To be called before anything else is sent on the socket, so that it comes behind what was written. */
  flush(): void {
    this.#outbox.flush();
  }

  /** Null while there is room for more; else fulfilled when there may be, or when the socket has closed. */
  room(): Promise<void> | null {
    return this.#outbox.room();
  }

  /** Bytes that wait for the client to take them, whoever wrote them. */
  get waitingBytes(): number {
    return this.#stream.writableLength;
  }
}

/** Of an unmasked, final text frame (RFC 6455, 5.2), a character per byte. */
function frameHeader(length: number): string {
  if (length < 126) return String.fromCharCode(0x81, length);
  if (length < 65_536) return String.fromCharCode(0x81, 126, length >> 8, length & 0xff);
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16BE(0x817f);
  bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes.toString('latin1');
}
