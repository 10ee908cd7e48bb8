import { Notifier } from '../../concurrency/Notifier.ts';

/** When this many bytes are queued in one tick, subscribers have to wait for the next tick. */
const maxQueued = 16_384;
/** When more bytes than this are queued in one tick, all of them are written immediately. */
const maxWritten = 1_048_576;

interface Piece {
  bytes: string;
  isWanted: () => boolean;
}

/**
 * The output to one client, with backpressure: while the stream of a slow client is full, its subscriber waits for
 * `room` before it queues more. All pieces of a tick are written together, since nearly all of the cost of a small
 * write is its system call. Bytes are strings of one character per byte ("latin1"), which V8 concatenates without a
 * copy.
 */
export class BackpressureQueue {
  readonly #write: (bytes: string) => boolean;
  #pieces: Piece[] = [];
  #queued = 0;
  #isDrained = true;
  readonly #roomAgain = new Notifier();

  /** @param write returns false when the stream is full; `resume` has to be called once it has drained */
  constructor(write: (bytes: string) => boolean) {
    this.#write = write;
  }

  /** @param isWanted called just before the piece is written; if it returns false, the piece is dropped */
  put(bytes: string, isWanted: () => boolean = always): void {
    if (this.#pieces.length === 0) setImmediate(() => this.flush());
    this.#pieces.push({ bytes, isWanted });
    this.#queued += bytes.length;
    if (this.#queued > maxWritten) this.flush();
  }

  flush(): void {
    const bytes = this.#pieces.map((piece) => (piece.isWanted() ? piece.bytes : '')).join('');
    this.#pieces = [];
    this.#queued = 0;
    if (bytes !== '') this.#isDrained = this.#write(bytes);
    if (this.#isDrained) this.resume();
  }

  /** Null while there is room. Otherwise a promise, fulfilled when there may be room or the stream has closed. */
  room(): Promise<void> | null {
    return this.#isDrained && this.#queued < maxQueued ? null : this.#roomAgain.next();
  }

  /** Call it when the stream has drained or closed. */
  resume(): void {
    this.#isDrained = true;
    this.#roomAgain.notify();
  }
}

function always(): boolean {
  return true;
}
